//! Imports: a flag of another system decides here as it does there, whatever its percentage, its gates and its ramp.

use std::time::Duration;

use feats::flags::{ForeignFlag, ImportOutcome, ImportReport, flipper, flypper};
use feats::model::{BucketFunction, ENABLED};
use feats::{Attributes, Value};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value as Json, json};

use super::predicates::{admits, percentage};
use crate::flags::{Program, percentage as percent, rollout, slots, state};
use crate::generators::value;
use crate::interpreter::{bucket, python_pairs};
use crate::world::{START, cases, wait};

const KEYS: [&str; 3] = ["user_id", "plan", "Größe"];

/// Generates a subject with some of the keys, and another attribute.
fn subject() -> impl Strategy<Value = Attributes<'static>> {
    (vec(option::weighted(0.8, value()), KEYS.len()), option::of(value())).prop_map(|(values, other)| {
        let named = KEYS.into_iter().zip(values).chain([("other", other)]);
        named.filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

/// Returns the bucket in Flipper of a subject, by these keys.
fn flipper_bucket(keys: &[&str], subject: &Attributes<'_>) -> u32 {
    let pairs = subject.iter().filter(|(name, _)| keys.is_empty() || keys.contains(name));
    bucket(BucketFunction::Flipper, python_pairs(pairs).as_bytes())
}

fn item(percentage: Json, keys: &[&str]) -> flipper::Item {
    let bucketer = json!({"type": "ConsistentHashPercentageBucketer", "percentage": percentage, "key_whitelist": keys});
    let item = json!({"feature_name": "F", "is_enabled": true, "meta": {"created_date": 1, "bucketer": bucketer}});
    flipper::Item::from_json(&item.to_string()).unwrap()
}

/// Imports a flag, and then again, which writes nothing.
fn import(program: &Program, foreign: impl Into<ForeignFlag>) -> ImportReport {
    let foreign = foreign.into();
    let report = wait(program.flags.import(foreign.clone())).unwrap();
    assert_eq!(report.outcome(), ImportOutcome::Created);
    let again = wait(program.flags.import(foreign.clone())).unwrap();
    assert_eq!((again.outcome(), again.share()), (ImportOutcome::Unchanged, report.share()));
    assert_eq!(again.decisions(), report.decisions());
    assert_eq!(wait(program.flags.get(foreign.name()).history()).unwrap().len(), 1);
    report
}

/// Returns the value of Flipper's ramp at an instant, in the order of its operations.
fn ramp_value(from: f64, to: f64, duration: f64, millis: i64) -> f64 {
    to.min((to - from) / duration * (millis as f64 / 1_000.0) + from)
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn an_imported_flag_of_flipper_decides_like_its_predicate(
        percentage in percentage(), keys in subsequence(&KEYS[..], 0..=KEYS.len()).prop_shuffle(),
        subjects in vec(subject(), 12),
    ) {
        let program = Program::start();
        let report = import(&program, item(json!({"type": "Percentage", "value": percentage}), &keys));
        let admits = |bucket| admits(BucketFunction::Flipper, percentage, bucket);
        prop_assert_eq!(report.share(), Some((0..100).filter(|bucket| admits(*bucket)).count() as f64));
        for subject in subjects {
            let expected = admits(flipper_bucket(&keys, &subject));
            prop_assert_eq!(program.flags.is_enabled("F", &subject), expected, "{:?} at {}", subject, percentage);
        }
    }

    #[test]
    fn an_imported_flag_of_flypper_decides_like_its_gates(
        actors in option::of((select(&KEYS[..]), btree_set("[0-9]", 0..10))),
        percentage in option::of((select(&KEYS[..]), percentage())),
        ids in vec(vec(option::weighted(0.8, "[0-9]|[0-9]{4}|\\PC{0,3}"), KEYS.len()), 12),
        (enabled, deleted) in (prop::bool::weighted(0.9), prop::bool::weighted(0.1)),
    ) {
        let gate = |gate: Option<Json>| gate.unwrap_or(Json::Null);
        let flag = json!({
            "name": "F", "deleted": deleted, "enabled": enabled, "updated_at": 1.5, "version": 1,
            "enabled_for_actors": gate(actors.as_ref().map(|(key, ids)| json!({"actor_key": key, "actor_ids": ids}))),
            "enabled_for_percentage_of_actors":
                gate(percentage.map(|(key, percentage)| json!({"actor_key": key, "percentage": percentage}))),
        });
        let program = Program::start();
        import(&program, flypper::Flag::from_json(&flag.to_string()).unwrap());
        for ids in ids {
            let id = |key: &str| KEYS.iter().position(|known| *known == key).and_then(|index| ids[index].as_deref());
            let by_actors = actors.as_ref().is_none_or(|(key, listed)| id(key).is_some_and(|id| listed.contains(id)));
            let admits = |percentage: f64, id: &str| {
                admits(BucketFunction::Flypper, percentage, bucket(BucketFunction::Flypper, id.as_bytes()))
            };
            let by_percentage = percentage.is_none_or(|(key, percentage)| {
                percentage == 100.0 || id(key).is_some_and(|id| admits(percentage, id))
            });
            let named = KEYS.into_iter().zip(&ids);
            let subject: Attributes<'_> = named.filter_map(|(key, id)| Some((key, Value::from(id.as_deref()?)))).collect();
            let expected = enabled && !deleted && by_actors && by_percentage;
            prop_assert_eq!(program.flags.is_enabled("F", &subject), expected, "{:?}: {}", subject, flag);
        }
        let state = state(&program.flags.get("F"));
        let (exported, lost) = flypper::Flag::from_state("F", &state, program.now()).unwrap();
        prop_assert!(lost.is_empty(), "{:?}", lost);
        let again = wait(program.flags.import(exported).preview()).unwrap();
        prop_assert_eq!(again.outcome(), ImportOutcome::Unchanged, "{}", flag);
    }

    /// Each bucket joins within a millisecond of its instant in Flipper, and as a whole.
    #[test]
    fn an_imported_ramp_follows_flipper_in_whole_buckets(
        from in -0.5..1.0_f64, more in 0.01..1.0_f64, rounds in any::<bool>(),
        duration in prop_oneof![1..10_000_u32, Just(1_800)], start in -2_000..2_000_i64,
        instants in vec((0..10_000_000_u64, 0..100_u32, any::<bool>()), 1..12), subjects in vec(subject(), 6),
    ) {
        let (from, to) = (from, from + more);
        let [from, to] = [from, to].map(|share| if rounds { (share * 100.0).round() / 100.0 } else { share });
        prop_assume!(from < to);
        let ramp = json!({
            "type": "LinearRampPercentage", "initial_value": from, "final_value": to, "ramp_duration": duration,
            "initial_time": START / 1_000 + start,
        });
        let program = Program::start();
        import(&program, item(ramp, &["user_id"]));
        let duration = f64::from(duration);
        let mut instants: Vec<u64> = instants
            .into_iter()
            .map(|(any, bucket, near)| {
                let joins = ((f64::from(bucket) / 100.0 - from) / (to - from) * duration) + start as f64;
                if near { ((joins * 1_000.0).round().max(0.0) as u64).saturating_add(any % 5) } else { any }
            })
            .collect();
        instants.sort_unstable();
        for millis in instants {
            program.set_elapsed(Duration::from_millis(millis));
            let elapsed = i64::try_from(millis).unwrap() - start * 1_000;
            for subject in &subjects {
                let bucket = flipper_bucket(&["user_id"], subject);
                let at = |millis| admits(BucketFunction::Flipper, ramp_value(from, to, duration, millis), bucket);
                let near = [elapsed - 1, elapsed, elapsed + 1].map(at);
                let is = program.flags.is_enabled("F", subject);
                prop_assert!(near.contains(&is), "bucket {} is {} at {}", bucket, is, elapsed);
            }
            let allocation = rollout(&program.flags.get("F")).unwrap().allocation_at(program.now());
            prop_assert!(allocation.iter().all(|range| range.length % 10_000 == 0), "{:?}", allocation);
            prop_assert!(allocation.iter().skip(1).all(|range| range.implementation != ENABLED), "{:?}", allocation);
        }
    }

    /// The exported item admits the same buckets, and its import changes nothing.
    #[test]
    fn an_imported_flag_can_be_exported_again(
        percentage in percentage(), keys in subsequence(&KEYS[..], 0..=KEYS.len()),
        path in vec(prop_oneof![2 => (0..=100_u32).prop_map(|buckets| 10_000 * buckets), 1 => slots()], 0..4),
    ) {
        let program = Program::start();
        import(&program, item(json!({"type": "Percentage", "value": percentage}), &keys));
        let flag = program.flags.get("F");
        let mut enabled = (0..100).filter(|bucket| admits(BucketFunction::Flipper, percentage, *bucket)).count() as u32 * 10_000;
        for slots in &path {
            enabled = *slots;
            wait(flag.set_percentage(percent(enabled))).unwrap();
        }
        let now = program.now();
        let (exported, lost) = flipper::Item::from_state("F", &state(&flag), now).unwrap();
        prop_assert_eq!(lost.len(), usize::from(!enabled.is_multiple_of(10_000)), "{:?}", lost);
        for bucket in 0..100_u32 {
            let admitted = exported.admits(f64::from(bucket) / 100.0, now);
            prop_assert_eq!(admitted, (bucket + 1) * 10_000 <= enabled, "bucket {} at {} slots", bucket, enabled);
        }
        let outcome = wait(program.flags.import(exported).replace().preview()).unwrap().outcome();
        let expected = if path.is_empty() { ImportOutcome::Unchanged } else { ImportOutcome::Updated };
        prop_assert_eq!(outcome, expected);
    }

    /// What Flipper reads from its own text is what it wrote.
    #[test]
    fn the_text_of_an_item_is_read_as_the_same_item(
        data in crate::generators::any_json(), percentage in percentage(), name in "\\PC{1,8}",
    ) {
        let bucketer = json!({"type": "PercentageBucketer", "percentage": {"type": "Percentage", "value": percentage}});
        let meta = json!({"created_date": percentage, "client_data": {"data": data}, "bucketer": bucketer});
        let text = json!({"feature_name": name, "is_enabled": false, "meta": meta}).to_string();
        let Ok(item) = flipper::Item::from_json(&text) else { return Ok(()) };
        let written = item.to_json();
        prop_assert!(written.is_ascii());
        prop_assert_eq!(&flipper::Item::from_json(&written).unwrap(), &item);
        prop_assert_eq!(written.parse::<Json>().unwrap()["meta"]["client_data"]["data"].clone(), data);
    }
}
