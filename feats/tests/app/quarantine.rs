//! Tests of quarantine: a state that a program cannot use affects only its own feature, and can be replaced, pinned and rolled
//! back.

use feats::model::{Declaration, State};
use feats::store::Memory;
use feats::{App, Reason, attributes};

use crate::fixture::app_on;

/// Starts two programs on one store. The newer one knows one more implementation.
async fn older_and_newer() -> (App, App) {
    let store = Memory::new();
    let newer = Declaration::new("Payments", ["acme", "premium", "aperture", "stripe"]);
    let other = Declaration::new("Search", ["plain", "fuzzy"]);
    let newer = App::builder().store(store.clone()).program("newer", "2").declare(newer).declare(other).detached();
    (app_on(store).await, newer.start().await.expect("started"))
}

#[tokio::test]
async fn publishing_a_state_that_a_running_instance_does_not_know_needs_a_confirmation() {
    let (older, newer) = older_and_newer().await;
    let payments = newer.feature_named("Payments").expect("declared");
    let error = payments.pin("stripe").publish().await.expect_err("refused");
    assert!(error.needs_confirmation() && error.to_string().contains("stripe"), "{error}");
    assert_eq!(payments.history().await.expect("read").len(), 0);
    payments.pin("stripe").allow_incompatible().publish().await.expect("published");
    drop(older);
}

#[tokio::test]
async fn a_quarantined_feature_keeps_its_last_valid_route_and_other_features_are_not_affected() {
    let (older, newer) = older_and_newer().await;
    let at_newer = newer.feature_named("Payments").expect("declared");
    let at_older = older.feature_named("Payments").expect("declared");
    at_newer.edit().otherwise("premium").publish().await.expect("published");
    // A watch may skip an outdated revision, but the older program must have this one.
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
    at_older.pin("aperture").publish().await.expect("a quarantined state can be pinned");
    assert_eq!(at_older.explain(&attributes! {}).reason(), Reason::Pinned);
    at_older.unpin().publish().await.expect("published");
    assert_eq!(at_older.explain(&attributes! {}).value(), "premium", "the last valid route, not the previous pin");
    newer.refresh().await.expect("refreshed");
    assert_eq!(
        at_newer.explain(&attributes! {}).value(),
        "stripe",
        "the pin kept the parts that the older program does not know"
    );

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
async fn a_program_that_starts_with_a_quarantined_revision_finds_the_last_valid_one_in_the_history() {
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

    // A removal is a valid revision too: the search stops there.
    at_newer.remove_state().publish().await.expect("removed");
    at_newer.edit().otherwise("stripe").allow_incompatible().publish().await.expect("published");
    let latest = app_on(store).await;
    assert_eq!(latest.feature_named("Payments").expect("declared").explain(&attributes! {}).value(), "acme");
    assert_eq!(latest.status().quarantined[0].serving, None);
}
