//! A state that this program cannot use hurts its own feature only, and can be replaced, pinned and rolled back.

use feats::model::{Declaration, State};
use feats::store::Memory;
use feats::{App, Reason, attributes};

use crate::fixture::app_on;

/// Two programs on one store: the newer one knows an implementation more.
async fn older_and_newer() -> (App, App) {
    let store = Memory::new();
    let newer = Declaration::new("Payments", ["acme", "premium", "aperture", "stripe"]);
    let other = Declaration::new("Search", ["plain", "fuzzy"]);
    let newer = App::builder().store(store.clone()).program("newer", "2").declare(newer).declare(other).detached();
    (app_on(store).await, newer.start().await.expect("started"))
}

#[tokio::test]
async fn publishing_what_a_running_program_does_not_know_needs_a_consent() {
    let (older, newer) = older_and_newer().await;
    let payments = newer.feature_named("Payments").expect("declared");
    let error = payments.pin("stripe").publish().await.expect_err("refused");
    assert!(error.needs_confirmation() && error.to_string().contains("stripe"), "{error}");
    assert_eq!(payments.history().await.expect("read").len(), 0);
    payments.pin("stripe").allow_incompatible().publish().await.expect("published");
    drop(older);
}

#[tokio::test]
async fn a_quarantined_feature_keeps_its_last_good_route_and_others_go_on() {
    let (older, newer) = older_and_newer().await;
    let at_newer = newer.feature_named("Payments").expect("declared");
    let at_older = older.feature_named("Payments").expect("declared");
    at_newer.edit().otherwise("premium").publish().await.expect("published");
    // A watch may leave out what was overtaken; the older program has to have seen this one.
    older.refresh().await.expect("refreshed");
    at_newer.edit().otherwise("stripe").allow_incompatible().publish().await.expect("published");
    newer.feature_named("Search").expect("declared").pin("fuzzy").publish().await.expect("published");
    older.refresh().await.expect("refreshed");

    let decision = at_older.explain(&attributes! {});
    assert_eq!((decision.value().as_ref(), decision.version()), ("premium", Some(1)));
    assert_eq!(older.feature_named("Search").expect("in the catalog").explain(&attributes! {}).value(), "fuzzy");
    let quarantined = older.status().quarantined;
    assert_eq!((quarantined[0].version, quarantined[0].serving), (2, Some(1)));
    assert_eq!(quarantined[0].problems[0].path(), "otherwise.static");

    let edit = at_older.edit().otherwise("acme").publish().await.expect_err("not editable");
    assert!(edit.to_string().contains("quarantined"), "{edit}");
    at_older.pin("aperture").publish().await.expect("a kill switch works on anything");
    assert_eq!(at_older.explain(&attributes! {}).reason(), Reason::Pinned);
    at_older.unpin().publish().await.expect("published");
    assert_eq!(at_older.explain(&attributes! {}).value(), "premium", "the last good route, not the pin of before");
    newer.refresh().await.expect("refreshed");
    assert_eq!(at_newer.explain(&attributes! {}).value(), "stripe", "pinning kept what it could not read");

    at_older.rollback_to(1).publish().await.expect("rolled back");
    assert!(older.status().quarantined.is_empty());
}

#[tokio::test]
async fn a_quarantined_state_can_be_replaced() {
    let (older, newer) = older_and_newer().await;
    let at_newer = newer.feature_named("Payments").expect("declared");
    at_newer.pin("stripe").allow_incompatible().publish().await.expect("published");
    older.refresh().await.expect("refreshed");
    let at_older = older.feature_named("Payments").expect("declared");
    assert_eq!(at_older.explain(&attributes! {}).reason(), Reason::Quarantined);
    let state: State = r#"{"otherwise": {"static": "premium"}}"#.parse().expect("JSON");
    at_older.edit().replace(state).publish().await.expect("replaced");
    assert_eq!(at_older.explain(&attributes! {}).value(), "premium");
}

#[tokio::test]
async fn who_has_only_seen_what_cannot_be_used_looks_for_the_last_good_one_in_history() {
    let store = Memory::new();
    let newer = Declaration::new("Payments", ["acme", "premium", "aperture", "stripe"]);
    let newer = App::builder().store(store.clone()).program("newer", "2").declare(newer).detached();
    let newer = newer.start().await.expect("started");
    let at_newer = newer.feature_named("Payments").expect("declared");
    at_newer.edit().otherwise("premium").publish().await.expect("published");
    for _ in 0..20 {
        at_newer.edit().otherwise("stripe").publish().await.expect("published");
    }
    let older = app_on(store.clone()).await;
    let at_older = older.feature_named("Payments").expect("declared");
    let decision = at_older.explain(&attributes! {});
    assert_eq!((decision.value().as_ref(), decision.version()), ("premium", Some(1)));
    let quarantined = older.status().quarantined;
    assert_eq!((quarantined[0].version, quarantined[0].serving), (21, Some(1)));

    // A removal is good as well: after it, what came before does not count.
    at_newer.remove_state().publish().await.expect("removed");
    at_newer.edit().otherwise("stripe").allow_incompatible().publish().await.expect("published");
    let late = app_on(store).await;
    assert_eq!(late.feature_named("Payments").expect("declared").explain(&attributes! {}).value(), "acme");
    assert_eq!(late.status().quarantined[0].serving, None);
}
