//! Arbitrary states, subjects and instants. Values are close to each other, so that equal, contained and adjacent values are
//! frequent.

mod nasty;
mod values;

use std::ops::Range;

use feats::bucketing::allocation;
use feats::model::{
    BucketFunction, Bucketing, By, Condition, Declaration, Experiment, Gate, MissingAttribute, Operator, Override,
    Percent, Predicate, Ramp, RampFrom, Reassigned, ReassignedKind, Rollout, Rule, SLOTS, Selector, SlotRange, Source,
    Weights,
};
use feats::{Attributes, State};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) use self::nasty::{any_json, damaged};
use self::values::pattern;
pub(crate) use self::values::{operand, range, text, time, timelike, value, version};
use super::world::{NAMES, START, feature};

/// Generates a feature with its implementations in any order and any of them as default.
pub(crate) fn declaration() -> impl Strategy<Value = Declaration> {
    (Just(NAMES.to_vec()).prop_shuffle(), select(&NAMES[..])).prop_map(|(names, default)| {
        Declaration { inputs: feature().inputs, segments: feature().segments, ..Declaration::new("Feature", names) }
            .default_to(default)
    })
}

pub(crate) fn name() -> impl Strategy<Value = String> {
    select(&NAMES[..]).prop_map(str::to_owned)
}

/// Generates milliseconds around [`START`], often exactly [`START`].
pub(crate) fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![Just(START), (-4_000_000..20_000_000_i64).prop_map(|millis| START + millis), any::<i64>()]
}

/// Generates a subject with some values of any type.
pub(crate) fn attributes() -> impl Strategy<Value = Attributes<'static>> {
    let names = ["Country", "Plan", "UserId", "Score", "Tester", "Zip", "billing.Zip", "shipping.Zip", "Environment"];
    vec(option::weighted(0.7, value()), names.len()).prop_map(move |values| {
        let present = names.into_iter().zip(values);
        present.filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

pub(crate) fn test() -> impl Strategy<Value = Operator> {
    prop_oneof![
        3 => vec(operand(), 0..9).prop_map(Operator::In),
        2 => vec(operand(), 0..9).prop_map(Operator::NotIn),
        3 => operand().prop_map(Operator::Eq),
        1 => operand().prop_map(Operator::Ne),
        1 => operand().prop_map(Operator::Gt),
        1 => operand().prop_map(Operator::Gte),
        1 => operand().prop_map(Operator::Lt),
        1 => operand().prop_map(Operator::Lte),
        1 => text().prop_map(Operator::StartsWith),
        1 => text().prop_map(Operator::EndsWith),
        1 => text().prop_map(Operator::Contains),
        1 => pattern().prop_map(Operator::Matches),
        1 => range().prop_map(Operator::Semver),
        1 => time().prop_map(Operator::Before),
        1 => time().prop_map(Operator::After),
    ]
}

fn segment() -> impl Strategy<Value = (String, Option<String>)> {
    let plain = select(vec!["Country", "Plan", "UserId", "Score", "Tester"]).prop_map(|name| (name.to_owned(), None));
    let zip = select(vec!["billing", "shipping"]).prop_map(|of| ("Zip".to_owned(), Some(of.to_owned())));
    prop_oneof![4 => plain, 1 => zip]
}

pub(crate) fn condition() -> impl Strategy<Value = Condition> {
    let attribute = select(vec!["Environment", "Shard", "Region"]);
    let source = prop_oneof![
        6 => segment().prop_map(|(segment, input)| Source::Segment { segment, input }),
        1 => attribute.prop_map(|attribute| Source::Attribute { attribute: attribute.to_owned() }),
    ];
    let check = (source, test()).prop_map(|(source, test)| Condition::Predicate(Predicate { source, operator: test }));
    check.prop_recursive(4, 12, 4, |part| {
        prop_oneof![
            vec(part.clone(), 0..4).prop_map(|all| Condition::All { all }),
            vec(part.clone(), 0..4).prop_map(|any| Condition::Any { any }),
            part.prop_map(|part| !part),
        ]
    })
}

/// Generates an allocation of at most `pieces` ranges, with versions up to 5.
pub(crate) fn allocation(pieces: Range<usize>) -> impl Strategy<Value = Vec<SlotRange>> {
    let owners = vec((name(), 1..=5_u64), pieces.end);
    (btree_set(1..SLOTS, pieces), owners).prop_map(|(cuts, owners)| {
        let ends = cuts.iter().copied().chain([SLOTS]);
        let starts = [0].into_iter().chain(cuts.iter().copied());
        let lengths = ends.zip(starts).map(|(end, start)| end - start);
        lengths.zip(owners).map(|(length, (name, since))| SlotRange::new(name, length, since)).collect()
    })
}

/// Generates the number of slots of each implementation: often whole percentages, sometimes none.
pub(crate) fn shares() -> impl Strategy<Value = allocation::Shares> {
    let cut = prop_oneof![1..SLOTS, (0..=100_u32).prop_map(|percent| percent * (SLOTS / 100))];
    let owners = Just(NAMES.to_vec()).prop_shuffle();
    (vec(cut, 0..NAMES.len()), owners).prop_map(|(mut cuts, owners)| {
        cuts.sort_unstable();
        cuts.push(SLOTS);
        let mut start = 0;
        let lengths = cuts.into_iter().map(|end| end - std::mem::replace(&mut start, end));
        owners.into_iter().map(str::to_owned).zip(lengths).collect()
    })
}

pub(crate) fn weights(shares: &allocation::Shares) -> Weights {
    shares.iter().map(|(name, slots)| (name.clone(), Percent::from_slots(*slots))).collect()
}

pub(crate) fn ramp() -> impl Strategy<Value = Ramp> {
    let start = select(vec!["2026-12-01T09:00:00Z", "2026-12-01T08:30:00.5Z", "2026-12-01t10:00:00z"]);
    let duration = select(vec!["3h", "0s", "1ms", "90m", "1h 30m 7s", "PT2H", "1000ms"]);
    (start, duration, allocation(0..6), step()).prop_map(|(start, duration, from, step)| Ramp {
        start: start.to_owned(),
        duration: duration.to_owned(),
        from: Some(RampFrom::Slots(from)),
        step,
    })
}

/// Generates a number of slots that move at once: none, a bucket of another system, or any.
pub(crate) fn step() -> impl Strategy<Value = Option<u32>> {
    option::of(prop_oneof![Just(10_000), Just(100), Just(1), 1..=SLOTS])
}

/// Generates a list of segments whose values are one unit: one, or several.
fn several_units() -> impl Strategy<Value = (By, Option<String>)> {
    let names = Just(vec!["Country", "Plan", "UserId", "Tester"]).prop_shuffle();
    (names, 1..=4_usize).prop_map(|(names, count)| (names.into_iter().take(count).collect(), None))
}

/// Generates a stored rollout with seed and slots. Some have an empty range of an implementation that no longer exists.
pub(crate) fn rollout() -> impl Strategy<Value = Rollout> {
    let one = segment().prop_filter("a unit is not a float", |(name, _)| name != "Score");
    let one = one.prop_map(|(name, of)| (By::One(name), of));
    let random = Just((By::from("random"), None));
    let gone = option::weighted(0.1, Just(SlotRange::new("gone", 0, 1)));
    (
        prop_oneof![4 => one, 1 => random, 2 => several_units()],
        option::weighted(0.3, bucket_function()),
        "[a-z]{1,16}",
        allocation(0..8),
        gone,
        option::of(ramp()),
    )
        .prop_map(|((by, of), function, seed, mut slots, gone, ramp)| {
            let weights = weights(&allocation::shares(&slots));
            slots.extend(gone);
            let bucketing = function.filter(|function| maps(*function, &by)).map(Bucketing::from);
            Rollout { by, input: of, bucketing, seed: Some(seed), weights, slots, ramp }
        })
}

pub(crate) fn bucket_function() -> impl Strategy<Value = BucketFunction> {
    select(vec![BucketFunction::Flipper, BucketFunction::Flypper])
}

/// Returns `true` if the function of another system maps units of this kind to buckets.
pub(crate) fn maps(function: BucketFunction, by: &By) -> bool {
    match function {
        BucketFunction::Flipper => !by.is_random(),
        BucketFunction::Flypper => by.names().len() == 1,
    }
}

/// Generates a stored experiment. Its reassigned ranges may overlap.
pub(crate) fn experiment() -> impl Strategy<Value = Experiment> {
    let units = rollout().prop_filter("an experiment is by one segment", |rollout| matches!(rollout.by.names(), [_]));
    let share = prop_oneof![Just(SLOTS), 0..=SLOTS].prop_map(Percent::from_slots);
    let touch = (select(vec![ReassignedKind::Slot, ReassignedKind::Entry]), 0..SLOTS, 0..SLOTS / 4)
        .prop_map(|(touch, first, count)| Reassigned::new(touch, first, count.min(SLOTS - first)));
    (units, share, vec(touch, 0..5)).prop_map(|(rollout, share, reassigned)| {
        let rollout = Rollout { bucketing: None, ramp: None, ..rollout };
        Experiment { rollout, share, reassigned }
    })
}

fn gate() -> impl Strategy<Value = Gate> {
    let missing = select(vec![MissingAttribute::Skip, MissingAttribute::Fail]);
    (vec(condition(), 0..4), missing, option::of(name()), name()).prop_map(|(conditions, missing, pass, fail)| {
        let mut gate = Gate::new(pass.as_deref(), &fail);
        (gate.conditions, gate.missing) = (conditions, missing);
        gate
    })
}

pub(crate) fn selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        name().prop_map(Selector::Static),
        rollout().prop_map(Selector::from),
        experiment().prop_map(Selector::from),
        gate().prop_map(Selector::from),
    ]
}

fn unit_override() -> impl Strategy<Value = Override> {
    (segment(), vec(operand(), 0..7), name()).prop_map(|((segment, of), values, choice)| {
        let mut unit_override = Override::new(segment, values, choice);
        unit_override.input = of;
        unit_override
    })
}

/// Generates a stored state that compiles without problems. Many start with rules that compare the same segment.
pub(crate) fn state() -> impl Strategy<Value = State> {
    let mostly_country = prop_oneof![9 => Just("Country"), 1 => Just("UserId")];
    let equality = (mostly_country, operand()).prop_map(|(name, value)| Condition::segment(name, Operator::Eq(value)));
    let leading = vec((equality, selector()), 0..8);
    let rules = (leading, vec((condition(), selector()), 0..6));
    let pinned = option::weighted(0.05, name());
    (pinned, vec(unit_override(), 0..4), rules, option::of(selector())).prop_map(
        |(pinned, overrides, (leading, rules), otherwise)| {
            let rules = leading.into_iter().chain(rules).zip(1..);
            let mut state = State::default();
            state.pinned = pinned;
            state.overrides = overrides;
            state.rules = rules.map(|((when, select), at)| Rule::new(format!("rule {at}"), when, select)).collect();
            state.otherwise = otherwise;
            state
        },
    )
}
