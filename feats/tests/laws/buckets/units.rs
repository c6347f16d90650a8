//! The slot of every subject is that of a naive interpreter, which writes Python's JSON and hashes it by itself.

use feats::bucketing::buckets;
use feats::model::{BucketFunction, By, DISABLED, Declaration, ENABLED, Rollout, SLOTS, SlotRange, State};
use feats::{Attributes, Value, attributes};
use proptest::collection::{btree_map, vec};
use proptest::num::f64 as float;
use proptest::prelude::*;
use proptest::sample::select;

use crate::generators::{bucket_function, maps, value};
use crate::interpreter::Interpreter;
use crate::world::{START, cases, choose_of_flag, enabled_flag, program};

/// Returns the state of a flag for half of the buckets.
pub(super) fn halves(function: BucketFunction, by: &By, seed: &str) -> State {
    let slots = [ENABLED, DISABLED].map(|name| SlotRange::new(name, SLOTS / 2, 1));
    let rollout = Rollout::new(by.clone(), [(ENABLED, 50.0), (DISABLED, 50.0)]);
    let seed = Some(seed.to_owned());
    enabled_flag(Rollout { bucketing: Some(function.into()), seed, slots: slots.into(), ..rollout })
}

/// Returns the slot of a subject in the buckets of another system.
pub(super) fn slot(function: BucketFunction, by: &By, seed: &str, subject: &Attributes<'_>) -> Option<u32> {
    choose_of_flag(&halves(function, by, seed), subject).slot
}

fn naive_slot(state: &State, subject: &Attributes<'_>) -> Option<u32> {
    let flag = Declaration::flag("Flag");
    Interpreter { declaration: &flag, program: &program(), subject, now: START, draw: 0 }.decide(state).slot
}

/// Generates text whose characters are escaped in different ways.
fn nasty_text() -> impl Strategy<Value = String> {
    let special = select(vec![
        '"',
        '\\',
        '/',
        '\'',
        '\0',
        '\u{8}',
        '\t',
        '\n',
        '\u{b}',
        '\u{c}',
        '\r',
        '\u{1f}',
        ' ',
        '~',
        '\u{7f}',
        '\u{80}',
        '\u{ff}',
        '\u{2028}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{fffd}',
        '\u{ffff}',
        '\u{10000}',
        '😀',
        '\u{10ffff}',
    ]);
    let char = prop_oneof![3 => special, 2 => any::<char>(), 2 => proptest::char::range(' ', '~')];
    prop_oneof![
        9 => vec(char, 0..12).prop_map(String::from_iter),
        1 => (vec(any::<char>(), 1..4), 1_usize..200).prop_map(|(chars, count)| String::from_iter(chars).repeat(count)),
    ]
}

/// Generates floats of all magnitudes: random bits, powers of two and their neighbors, and short decimal numbers. Some are halfway
/// between two of the shortest decimal numbers.
fn any_float() -> impl Strategy<Value = f64> {
    let power = (-1_074..1_024_i32, -1..=1_i64, any::<bool>()).prop_map(|(exponent, step, negative)| {
        let power = 2_f64.powi(exponent.max(-1_022)) * 2_f64.powi((exponent + 1_022).min(0));
        let near = f64::from_bits(power.to_bits().saturating_add_signed(step));
        if negative { -near } else { near }
    });
    let quarter = ((1_i64 << 48)..(1 << 53)).prop_map(|quarters| quarters as f64 / 4.0);
    let decimal =
        (any::<i32>(), -20..25_i32).prop_map(|(digits, exponent)| format!("{digits}e{exponent}").parse().unwrap());
    prop_oneof![3 => float::ANY, 2 => power, 2 => quarter, 3 => decimal, 1 => any::<i32>().prop_map(f64::from)]
}

fn any_value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        3 => nasty_text().prop_map(Value::from),
        3 => any_float().prop_map(Value::from),
        3 => value(),
        1 => prop_oneof![any::<i64>().prop_map(Value::from), any::<u64>().prop_map(Value::from)],
    ]
}

/// Generates a name of an attribute: visible text, within the limits of names.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["user", "user_id", "User", "é", "日本語", "😀", "a\"b", "a\\b", "\u{ffff}", "a b", "random"])
            .prop_map(str::to_owned),
        "[\\PC&&[^ ]]{1,6}",
    ]
    .prop_filter("a valid name", |name| feats::text::check_name(name).is_ok())
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn the_slot_in_buckets_is_that_of_the_interpreter(
        function in bucket_function(),
        all in btree_map(name(), any_value(), 0..8), absent in btree_map(name(), Just(()), 0..2),
        listed in vec(any::<bool>(), 8), reverse in any::<bool>(), seed in "\\PC{0,16}",
    ) {
        let mut names: Vec<&str> = all.keys().zip(listed).filter(|(_, listed)| *listed).map(|(name, _)| name.as_str()).collect();
        names.extend(absent.keys().map(String::as_str).filter(|name| !all.contains_key(*name)));
        if reverse {
            names.reverse();
        }
        let by: By = match function {
            BucketFunction::Flipper => names.into_iter().collect(),
            BucketFunction::Flypper => [*names.first().unwrap_or(&"user")].into(),
        };
        prop_assert!(maps(function, &by));
        let subject: Attributes<'_> = all.iter().map(|(name, value)| (name.as_str(), value.borrowed())).collect();
        let seed = if seed.is_empty() { "s" } else { &seed };
        let state = halves(function, &by, seed);
        let slot = choose_of_flag(&state, &subject).slot;
        prop_assert_eq!(slot, naive_slot(&state, &subject), "by {} of {:?}", by, subject);
        prop_assert!(slot.is_some() || function == BucketFunction::Flypper, "Flipper gives every subject a bucket");
    }

    /// A bucket is decided by the other system's function alone, whatever the seed.
    #[test]
    fn a_seed_changes_no_bucket(
        function in bucket_function(), subject in any_value(), one in "[a-z]{1,9}", other in "[a-z]{1,9}",
    ) {
        let subject = attributes! { "user" => subject };
        let bucket = |seed| Some(slot(function, &"user".into(), seed, &subject)? / (SLOTS / function.buckets()));
        prop_assert_eq!(bucket(&one), bucket(&other));
    }

    #[test]
    fn the_order_of_the_attributes_of_flipper_changes_no_slot(
        names in Just(vec!["b", "a", "é", "Z"]).prop_shuffle(), values in vec(any_value(), 4),
    ) {
        let sorted = ["Z", "a", "b", "é"];
        let subject: Attributes<'_> = sorted.into_iter().zip(values).collect();
        let slot = |by: By| slot(BucketFunction::Flipper, &by, "s", &subject);
        let expected = slot(sorted.into());
        prop_assert_eq!(slot(names.iter().copied().collect()), expected);
        prop_assert_eq!(slot([""; 0].into()), expected, "all attributes");
    }

    /// A bucket is whole, and buckets are in order.
    #[test]
    fn slots_divide_into_buckets(buckets in 1..=SLOTS, bucket in any::<prop::sample::Index>(), hash in any::<u64>()) {
        let bucket = u32::try_from(bucket.index(buckets as usize)).unwrap();
        let slots = buckets::slots(bucket, buckets);
        let first = |bucket: u32| (u128::from(bucket) * 1_000_000 / u128::from(buckets)) as u32;
        prop_assert_eq!(&slots, &(first(bucket)..first(bucket + 1)));
        prop_assert!(slots.contains(&buckets::slot(bucket, buckets, hash)));
    }
}

#[test]
fn values_of_different_kinds_are_different_units_of_flipper() {
    let slot =
        |value: Value<'static>| slot(BucketFunction::Flipper, &"user".into(), "s", &attributes! { "user" => value });
    let values = [Value::from(1), Value::from(1.0), Value::from("1"), Value::from(true), Value::from("true")];
    let slots: std::collections::BTreeSet<_> = values.map(slot).into();
    assert_eq!(slots.len(), 5);
}

#[test]
fn a_subject_without_the_attributes_is_in_bucket_32_of_flipper_and_in_none_of_flypper() {
    for subject in [attributes! {}, attributes! { "other" => 1 }] {
        let slot = |function| slot(function, &"user".into(), "s", &subject);
        assert_eq!(slot(BucketFunction::Flipper).map(|slot| slot / 10_000), Some(32));
        assert_eq!(slot(BucketFunction::Flypper), None);
    }
}
