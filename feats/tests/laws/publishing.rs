//! Publishing: every published state can be used, the seed is the identity, and reshuffles need confirmation.

use feats::bucketing::allocation::{Shares, has_shares, moves};
use feats::model::{Condition, Operator, Override, Rollout, Rule, SLOTS, Selector};
use feats::{Attributes, ErrorKind, Reason, State, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::desk::{Desk, by_user, canary, moves_of_rule};
use super::generators::{any_json, damaged, shares};
use super::world::{cases, only, state, wait};

fn half() -> Shares {
    Shares::from([("acme".to_owned(), SLOTS / 2), ("premium".to_owned(), SLOTS / 2)])
}

fn everyone(name: &str) -> Selector {
    Selector::Static(name.to_owned())
}

/// Generates the rule "canary" in forms that feats does not write.
fn odd_state() -> impl Strategy<Value = Json> {
    let length = prop_oneof![Just(0), Just(SLOTS), 0..SLOTS, Just(u32::MAX)];
    let run = (prop_oneof!["acme", "premium", "gone"], length, prop_oneof![0..9_u64, Just(u64::MAX)]);
    let runs = || vec(run.clone(), 0..4).prop_map(|runs| json!(runs));
    (runs(), prop::option::of(runs())).prop_map(|(slots, from)| {
        let ramp = from.map(|from| json!({ "start": "2026-12-01T08:00:00Z", "duration": "2h", "from": from }));
        let rollout = json!({
            "by": "UserId", "seed": "odd", "weights": { "acme": 50, "gone": 50 }, "slots": slots, "ramp": ramp
        });
        json!({ "rules": [{ "name": "canary", "select": { "rollout": rollout } }] })
    })
}

proptest! {
    #![proptest_config(cases(40))]

    /// This holds for every current state, even one that feats did not write.
    #[test]
    fn every_published_state_can_be_used(odd in odd_state(), shares in shares(), inherits in any::<bool>()) {
        let desk = Desk::open();
        desk.append_unchecked(&odd);
        let rollout = Rollout { seed: (!inherits).then(|| "new".to_owned()), ..by_user(&shares) };
        let mut new = State::default();
        new.rules = vec![Rule::new("canary", Condition::always(), rollout.into())];
        wait(desk.feature.edit().replace(new).allow_reshuffle().publish()).unwrap();
        prop_assert_eq!(desk.app.status().quarantined, []);
        prop_assert!(has_shares(&desk.allocation(), &shares));
        prop_assert!(desk.replace(desk.feature.state()).unwrap().impact().is_empty());
    }

    /// The kill switch and the rollback always work.
    #[test]
    fn every_state_can_be_pinned_replaced_and_rolled_back(odd in prop_oneof![any_json(), damaged()]) {
        let desk = Desk::open();
        desk.append_unchecked(&odd);
        wait(desk.feature.pin("zeta").author("ada").publish()).unwrap();
        prop_assert_eq!(desk.feature.explain(&Attributes::new()).value(), "zeta");
        wait(desk.feature.unpin().author("ada").publish()).unwrap();
        desk.roll_back(0).unwrap();
        prop_assert_eq!(desk.feature.explain(&Attributes::new()).reason(), Reason::Default);
        desk.append_unchecked(&odd);
        desk.replace(only(everyone("premium"))).unwrap();
        prop_assert_eq!(desk.feature.explain(&Attributes::new()).value(), "premium");
    }
}

#[test]
fn every_new_rollout_has_its_own_seed() {
    let desk = Desk::open();
    let mut new = State::default();
    new.rules = vec![
        Rule::new("canary", Condition::always(), by_user(&half()).into()),
        Rule::new("other", Condition::always(), by_user(&half()).into()),
    ];
    new.otherwise = Some(by_user(&half()).into());
    desk.replace(new).unwrap();
    let published = desk.feature.state();
    let selectors = published.rules.iter().map(|rule| &rule.select).chain(&published.otherwise);
    let mut seeds: Vec<_> = selectors.filter_map(|selector| selector.rollout()?.seed.clone()).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 3);
    assert!(seeds.iter().all(|seed| seed.len() == 16));
}

/// The renamed rule keeps its seed; a new rule with the old name gets another one.
#[test]
fn a_new_rule_of_an_old_name_does_not_take_the_seed_of_the_renamed_one() {
    let desk = Desk::open();
    desk.roll_out(by_user(&half())).unwrap();
    let mut renamed = desk.feature.state();
    renamed.rules[0].name = "renamed".to_owned();
    renamed.rules.push(Rule::new("canary", Condition::always(), by_user(&half()).into()));
    wait(desk.feature.edit().replace(renamed).allow_reshuffle().publish()).unwrap();
    let state = desk.feature.state();
    assert_ne!(state.rules[0].select.rollout().unwrap().seed, canary(&state).seed);
    desk.replace(state).unwrap();
}

#[test]
fn another_seed_or_another_unit_needs_confirmation() {
    let desk = Desk::open();
    desk.roll_out(by_user(&half())).unwrap();
    let before = desk.feature.state();
    let other_seed = Rollout { seed: Some("other".to_owned()), ..by_user(&half()) };
    let other_unit = Rollout { by: "Country".into(), ..by_user(&half()) };
    let same_seed = Rollout { by: "Country".into(), seed: desk.canary().seed, ..by_user(&half()) };
    for rollout in [other_seed, other_unit, same_seed] {
        let version = desk.feature.version();
        let error = desk.roll_out(rollout.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NeedsConfirmation);
        assert_eq!(desk.feature.version(), version, "nothing is written");
        let change = desk.feature.edit().rule("canary", Condition::always(), rollout).allow_reshuffle();
        assert!(wait(change.publish()).unwrap().impact().reshuffles());
        let back = desk.roll_back(version).unwrap();
        assert!(back.impact().reshuffles(), "a rollback reports the reshuffle but needs no confirmation");
        assert_eq!(desk.feature.state(), before);
    }
}

#[test]
fn given_slots_are_kept_if_they_agree_with_the_weights() {
    let desk = Desk::open();
    desk.roll_out(by_user(&half())).unwrap();
    let before = desk.canary();
    let mut given = before.clone();
    given.slots.reverse();
    let published = desk.roll_out(given.clone()).unwrap();
    assert_eq!(desk.canary().slots, given.slots);
    assert_eq!(moves_of_rule(published.impact(), "canary").0, moves(&before.slots, &given.slots));
    given.slots[0].length -= 1;
    desk.roll_out(given).unwrap();
    assert!(has_shares(&desk.canary().slots, &half()), "slots that do not agree are computed again");
}

#[test]
fn a_rollback_keeps_the_pin_and_reports_it() {
    let desk = Desk::open();
    desk.roll_out(by_user(&half())).unwrap();
    let unpinned = desk.feature.state();
    wait(desk.feature.pin("zeta").author("ada").publish()).unwrap();
    desk.roll_out(by_user(&Shares::from([("acme".to_owned(), SLOTS)]))).unwrap();
    let published = desk.roll_back(1).unwrap();
    assert_eq!(published.impact().still_pinned.as_deref(), Some("zeta"));
    let mut expected = unpinned;
    expected.pinned = Some("zeta".to_owned());
    assert_eq!(desk.feature.state(), expected);
    assert_eq!(desk.feature.explain(&Attributes::new()).value(), "zeta");
}

#[test]
fn versions_have_no_gaps_across_equal_states_rollbacks_and_tombstones() {
    let desk = Desk::open();
    desk.replace(State::default()).unwrap();
    desk.replace(State::default()).unwrap();
    desk.roll_back(0).unwrap();
    wait(desk.feature.remove_state().author("ada").publish()).unwrap();
    let published = desk.roll_out(by_user(&half())).unwrap();
    assert_eq!(published.version(), 5);
    let history = wait(desk.feature.history()).unwrap();
    let versions: Vec<u64> = history.iter().map(feats::model::Revision::version).collect();
    assert_eq!(versions, [5, 4, 3, 2, 1]);
    assert!(history.windows(2).all(|pair| pair[0].previous() == pair[1].hash()), "the chain is broken");
}

/// JSON cannot represent these numbers, so a stored state would be unreadable.
#[test]
fn a_number_that_json_cannot_represent_is_refused() {
    let desk = Desk::open();
    desk.replace(state(r#"{"otherwise": {"static": "premium"}}"#)).unwrap();
    let score = |test| Rule::new("rule", Condition::segment("Score", test), everyone("zeta"));
    let user = |test| Rule::new("rule", Condition::segment("UserId", test), everyone("zeta"));
    let shard = |test| Rule::new("rule", Condition::attribute("Shard", test), everyone("zeta"));
    let values = |value: Value<'static>| vec![Value::from(1), value];
    let infinite = Value::from(f64::INFINITY);
    for (rule, path) in [
        (score(Operator::Gt(Value::from(f64::NAN))), "rules[0].when.gt"),
        (score(Operator::Eq(infinite.clone())), "rules[0].when.eq"),
        (score(Operator::In(values(infinite.clone()))), "rules[0].when.in[1]"),
        (user(Operator::NotIn(values(Value::Integer(1 << 64)))), "rules[0].when.not_in[1]"),
        (user(Operator::Lt(Value::Integer(-(1 << 64)))), "rules[0].when.lt"),
    ] {
        let mut new = State::default();
        new.rules = vec![rule];
        let error = desk.replace(new).unwrap_err();
        let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path()).collect();
        assert_eq!(paths, [path]);
    }
    let mut new = State::default();
    new.rules = vec![shard(Operator::Eq(infinite))];
    assert!(desk.replace(new).is_err());
    let mut new = State::default();
    new.overrides = vec![Override::new("UserId", values(Value::Integer(1 << 64)), "zeta")];
    let error = desk.replace(new).unwrap_err();
    assert_eq!(error.problems()[0].path(), "overrides[0].values[1]");
    assert_eq!(desk.feature.version(), 1);
}
