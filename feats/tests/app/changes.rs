//! Tests of every kind of change.

use feats::model::{Condition, Operator, Rollout, Selector, State, Value};
use feats::{ImplementationName, Reason, attributes};

use crate::fixture::app;

fn country(code: &str) -> Condition {
    Condition::segment("Country", Operator::Eq(Value::from(code.to_owned())))
}

#[tokio::test]
async fn a_rule_of_the_same_name_is_replaced_in_place() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    let edit = payments.edit().rule("a", country("CA"), "premium").rule("b", country("US"), "aperture");
    assert_eq!(edit.publish().await.expect("published").version(), 1);
    payments.edit().rule("a", country("CA"), "aperture").publish().await.expect("published");
    let state = payments.state();
    assert_eq!(state.rules.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(payments.explain(&attributes! { "Country" => "CA" }).value(), "aperture");
    assert_eq!(payments.version(), 2);
}

#[tokio::test]
async fn a_rollout_inherits_its_slots_and_reports_the_units_that_move() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    let canary = |percent: f64| Rollout::new("UserId", [("aperture", percent), ("acme", 100.0 - percent)]);
    payments.edit().rule("canary", country("US"), canary(5.0)).publish().await.expect("published");
    let before = payments.state();
    let impact = payments.edit().rule("canary", country("US"), canary(10.0)).publish().await.expect("published");
    assert_eq!(
        impact.impact().moved("canary", ImplementationName::from("acme"), ImplementationName::from("aperture")),
        5.0
    );
    let after = payments.state();
    let rollout = |state: &State| match &state.rules[0].select {
        Selector::Rollout(rollout) => rollout.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rollout(&before).seed, rollout(&after).seed);
    assert!(payments.explain(&attributes! { "Country" => "US", "UserId" => 42 }).slot().is_some());
}

#[tokio::test]
async fn a_pin_takes_precedence_over_rules_and_survives_a_rollback() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    payments.edit().otherwise("premium").publish().await.expect("published");
    payments.pin("aperture").publish().await.expect("published");
    assert_eq!(payments.explain(&attributes! {}).reason(), Reason::Pinned);
    let published = payments.rollback_to(0).publish().await.expect("published");
    assert!(published.impact().to_string().contains("stays pinned to aperture"), "{}", published.impact());
    assert_eq!(payments.explain(&attributes! {}).value(), "aperture");
    payments.unpin().publish().await.expect("published");
    assert_eq!(payments.explain(&attributes! {}).value(), "acme");
}

#[tokio::test]
async fn only_a_rollback_can_also_unpin() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    payments.edit().otherwise("premium").publish().await.expect("published");
    payments.pin("aperture").publish().await.expect("published");
    let change = payments.rollback_to(1).with_unpin();
    let impact = change.preview().await.expect("previewed").impact;
    assert!(impact.still_pinned.is_none() && !impact.is_empty(), "{impact}");
    change.publish().await.expect("published");
    assert_eq!(payments.explain(&attributes! {}).value(), "premium");
    for mixed in [payments.edit().with_unpin(), payments.pin("acme").with_unpin(), payments.remove_state().with_unpin()]
    {
        assert_eq!(mixed.publish().await.expect_err("refused").kind(), feats::ErrorKind::Invalid);
    }
}

/// A tombstone counts as an empty state for readers and as the base of changes.
#[tokio::test]
async fn a_removed_feature_accepts_every_change_as_if_never_published() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    let initial = State::from_json(&serde_json::json!({ "otherwise": { "static": "premium" } }));
    for number in 0..6 {
        payments.edit().replace(initial.clone()).publish().await.expect("published");
        let removed = payments.remove_state().publish().await.expect("removed").version();
        assert_eq!(payments.state(), State::default());
        assert_eq!(payments.revision().expect("a revision").state(), State::default());
        assert_eq!(payments.explain(&attributes! {}).value(), "acme");
        let change = match number {
            0 => payments.edit().rule("a", country("CA"), "aperture"),
            1 => payments.edit().clear(),
            2 => payments.pin("aperture"),
            3 => payments.unpin(),
            4 => payments.rollback_to(removed - 1),
            _ => payments.rollback_to(removed),
        };
        let after = change.preview().await.expect("previewed").state;
        assert_eq!(after.problems(), [], "{number}");
        change.publish().await.expect("published");
        assert_eq!(payments.state(), after, "{number}");
        payments.unpin().publish().await.expect("unpinned");
    }
}
