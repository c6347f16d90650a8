//! Extreme numbers: a state with any numbers is refused or evaluated, without overflow.

use feats::bucketing::allocation;
use feats::describe;
use feats::model::{Rollout, State, Timestamp};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::desk::Desk;
use super::generators::{attributes, declaration};
use super::world::{NAMES, cases, choose, stored, to_publish, wait};

/// Generates integers at the limits of all numeric types.
fn integer() -> impl Strategy<Value = Json> {
    let unsigned = select(vec![0, 1, 999_999, 1_000_000, 1_000_001, u64::from(u32::MAX), u64::from(u32::MAX) + 1]);
    let edges = select(vec![i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX - 1, u64::MAX]);
    prop_oneof![
        3 => unsigned.prop_map(Json::from),
        3 => edges.prop_map(Json::from),
        1 => select(vec![i64::MIN, -1]).prop_map(Json::from),
        1 => select(vec![1e300, -1e300, f64::MIN_POSITIVE, 0.5]).prop_map(Json::from),
    ]
}

fn name() -> impl Strategy<Value = Json> {
    select(NAMES.to_vec()).prop_map(Json::from)
}

fn run() -> impl Strategy<Value = Json> {
    (name(), integer(), integer()).prop_map(|(name, length, since)| json!([name, length, since]))
}

fn runs() -> impl Strategy<Value = Json> {
    let whole = (name(), integer()).prop_map(|(name, since)| json!([[name, 1_000_000, since]]));
    prop_oneof![2 => vec(run(), 0..4).prop_map(Json::from), 3 => whole]
}

fn weights() -> impl Strategy<Value = Json> {
    let any = vec((name(), integer()), 0..4).prop_map(|weights| {
        weights
            .into_iter()
            .map(|(name, weight)| (name.as_str().unwrap().to_owned(), weight))
            .collect::<serde_json::Map<_, _>>()
    });
    prop_oneof![2 => any.prop_map(Json::Object), 3 => name().prop_map(|name| json!({ name.as_str().unwrap(): 100 }))]
}

fn ramp() -> impl Strategy<Value = Json> {
    let start =
        select(vec!["-9999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-12-01T09:00:00Z"]);
    let duration = select(vec!["0s", "1ms", "3650d", "87600h", "18446744073709551615ms", "99999999999999999999h"]);
    (start, duration, option::of(runs()))
        .prop_map(|(start, duration, from)| json!({ "start": start, "duration": duration, "from": from }))
}

fn reassigned() -> impl Strategy<Value = Json> {
    let one = (select(vec!["slot", "entry"]), integer(), integer());
    vec(one.prop_map(|(touch, first, count)| json!([touch, first, count])), 0..4).prop_map(Json::from)
}

fn selector() -> impl Strategy<Value = Json> {
    let by = select(vec!["UserId", "Country", "random"]);
    let rollout = (by, weights(), runs(), option::of(ramp())).prop_map(|(by, weights, slots, ramp)| {
        json!({ "rollout": { "by": by, "seed": "s", "weights": weights, "slots": slots, "ramp": ramp } })
    });
    let experiment = (weights(), runs(), integer(), reassigned()).prop_map(|(weights, slots, share, reassigned)| {
        json!({ "experiment": { "by": "UserId", "seed": "s", "weights": weights, "slots": slots, "share": share, "reassigned": reassigned } })
    });
    prop_oneof![rollout, experiment]
}

fn document() -> impl Strategy<Value = Json> {
    let rule = (integer(), select(vec!["eq", "gt", "lte"]), selector()).prop_map(|(operand, operator, select)| {
        json!({ "name": "rule", "when": { "segment": "UserId", operator: operand }, "select": select })
    });
    let overrides =
        vec(integer(), 0..3).prop_map(|values| json!([{ "segment": "UserId", "values": values, "use": "acme" }]));
    (overrides, option::of(rule), selector()).prop_map(|(overrides, rule, otherwise)| {
        json!({ "overrides": overrides, "rules": rule.into_iter().collect::<Vec<_>>(), "otherwise": otherwise })
    })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_state_with_extreme_numbers_is_refused_or_decides(
        json in document(), declaration in declaration(), subject in attributes(), now in any::<i64>(), draw in any::<u64>(),
    ) {
        let state = State::from_json(&json);
        to_publish(&state, &declaration);
        let compiled = stored(&state, &declaration);
        if let Some(route) = &compiled.route {
            let outcome = choose(route, &declaration, &subject, now, draw);
            prop_assert!(usize::from(outcome.choice) < declaration.implementations.len());
        }
    }

    #[test]
    fn a_state_with_extreme_numbers_can_be_described(before in document(), after in document(), now in any::<i64>()) {
        let now = Timestamp::from_millis(now);
        let states = [before, after].map(|json| State::from_json(&json));
        for state in &states {
            describe::parts(state, now);
        }
        describe::differences(&states[0], &states[1], now);
    }

    #[test]
    fn a_change_between_states_with_extreme_numbers_has_an_impact(before in document(), after in document()) {
        let (before, after) = (State::from_json(&before), State::from_json(&after));
        let slots = |state: &State| {
            let rollout = state.otherwise.as_ref().and_then(|otherwise| otherwise.rollout()).cloned();
            rollout.map_or_else(Vec::new, |rollout: Rollout| rollout.slots)
        };
        let (from, to) = (slots(&before), slots(&after));
        allocation::moves(&from, &to);
        allocation::overlay(&from, &to);
        allocation::interpolate(&from, &to, allocation::Progress::new(i64::MAX, i64::MIN, u64::MAX));
        allocation::interpolate(&from, &to, allocation::Progress::new(i64::MIN, i64::MAX, 0));
        allocation::reallocate(&from, &allocation::shares(&to), u64::MAX);
        allocation::initial(&allocation::shares(&from), u64::MAX);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_change_of_stored_extreme_numbers_can_be_previewed(before in document(), after in document()) {
        let desk = Desk::open();
        desk.append_unchecked(&before);
        let preview = |json: &Json| wait(desk.feature.edit().replace(State::from_json(json)).author("ada").preview());
        let _ = (preview(&after), preview(&before), wait(desk.feature.rollback_to(0).author("ada").preview()));
        let _ = desk.replace(State::from_json(&after));
        let _ = wait(desk.feature.rollback_to(1).author("ada").preview());
    }
}
