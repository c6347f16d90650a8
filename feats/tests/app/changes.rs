//! Every kind of change.

use feats::model::{Condition, Rollout, Selector, State, Test, Value};
use feats::{Name, Reason, attributes};

use crate::fixture::app;

fn country(code: &str) -> Condition {
    Condition::segment("Country", Test::Eq(Value::from(code.to_owned())))
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
async fn a_rollout_inherits_its_slots_and_says_who_moves() {
    let app = app().await;
    let payments = app.feature_named("Payments").expect("declared");
    let canary = |percent: f64| Rollout::new("UserId", [("aperture", percent), ("acme", 100.0 - percent)]);
    payments.edit().rule("canary", country("US"), canary(5.0)).publish().await.expect("published");
    let before = payments.state();
    let impact = payments.edit().rule("canary", country("US"), canary(10.0)).publish().await.expect("published");
    assert_eq!(impact.impact().moved("canary", Name::from("acme"), Name::from("aperture")), 5.0);
    let after = payments.state();
    let rollout = |state: &State| match &state.rules[0].select {
        Selector::Rollout(rollout) => rollout.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rollout(&before).seed, rollout(&after).seed);
    assert!(payments.explain(&attributes! { "Country" => "US", "UserId" => 42 }).slot().is_some());
}

#[tokio::test]
async fn a_pin_decides_before_all_rules_and_survives_a_rollback() {
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
