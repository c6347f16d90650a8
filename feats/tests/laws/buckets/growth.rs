//! Growth from an imported percentage: exactly the difference moves, every unit inside stays inside, and the slots that join are
//! the next ones in the order of buckets.

use std::collections::BTreeSet;

use feats::bucketing::allocation::moves;
use feats::flags::Flag;
use feats::model::{BucketFunction, By, DISABLED, ENABLED, Percent, Rollout, SLOTS, SlotRange};
use feats::{Attributes, attributes};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::desk::Moves;
use crate::flags::{Program, percentage, rollout, slots};
use crate::generators::bucket_function;
use crate::world::{cases, wait};

/// Creates a flag whose first slots are enabled, like one that was imported.
fn imported(program: &Program, function: BucketFunction, enabled: u32) -> Flag {
    let shares =
        [(ENABLED, enabled), (DISABLED, SLOTS - enabled)].map(|(name, slots)| (name, Percent::from_slots(slots)));
    let mut rollout = Rollout::new(By::from("user"), shares);
    (rollout.bucketing, rollout.slots) = (Some(function.into()), prefix(enabled));
    let flag = wait(program.flags.create("HALF").enabled()).unwrap();
    wait(flag.edit().unwrap().otherwise(rollout).author("ada").allow_reshuffle().publish()).unwrap();
    flag
}

/// Returns an allocation whose first slots are enabled.
fn prefix(enabled: u32) -> Vec<SlotRange> {
    let ranges = [(ENABLED, enabled), (DISABLED, SLOTS - enabled)].into_iter().filter(|(_, length)| *length > 0);
    ranges.map(|(name, length)| SlotRange::new(name, length, 1)).collect()
}

fn inside(flag: &Flag) -> BTreeSet<u32> {
    let subject = |id: u32| -> Attributes<'static> {
        attributes! { "user" => id }
    };
    (0..200).filter(|id| flag.is_enabled(&subject(*id))).collect()
}

fn move_between(before: u32, after: u32) -> Moves {
    let [enabled, disabled] = [ENABLED, DISABLED].map(str::to_owned);
    match after.cmp(&before) {
        std::cmp::Ordering::Equal => Moves::new(),
        std::cmp::Ordering::Greater => [((disabled, enabled), after - before)].into(),
        std::cmp::Ordering::Less => [((enabled, disabled), before - after)].into(),
    }
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn the_enabled_slots_stay_the_first_ones(
        function in bucket_function(), start in slots(), path in vec(slots(), 1..8), disables in any::<bool>(),
    ) {
        let program = Program::start();
        let flag = imported(&program, function, start);
        let (mut enabled, mut allocated, mut served) = (start, rollout(&flag).unwrap(), inside(&flag));
        prop_assert_eq!(moves(&prefix(start), &allocated.slots), Moves::new());
        for next in path {
            if disables {
                wait(flag.disable()).unwrap();
                wait(flag.enable()).unwrap();
            }
            wait(flag.set_percentage(percentage(next))).unwrap();
            let (now_allocated, now_served) = (rollout(&flag).unwrap(), inside(&flag));
            prop_assert_eq!(&now_allocated.seed, &allocated.seed);
            prop_assert_eq!(now_allocated.bucketing, Some(function.into()));
            prop_assert_eq!(moves(&allocated.slots, &now_allocated.slots), move_between(enabled, next));
            prop_assert_eq!(moves(&prefix(next), &now_allocated.slots), Moves::new(), "{:?}", now_allocated.slots);
            let (fewer, more) = if next < enabled { (&now_served, &served) } else { (&served, &now_served) };
            prop_assert!(fewer.is_subset(more), "{:?} is not within {:?}", fewer, more);
            (enabled, allocated, served) = (next, now_allocated, now_served);
        }
    }
}

/// A flag without users in the other system grows from the first bucket as well.
#[test]
fn a_flag_at_0_percent_grows_from_the_first_bucket() {
    for function in [BucketFunction::Flipper, BucketFunction::Flypper] {
        let program = Program::start();
        let flag = imported(&program, function, 0);
        for percent in [5.0, 0.0, 30.5, 0.0, 100.0, 12.0] {
            wait(flag.set_percentage(percent)).unwrap();
            let enabled = Percent(percent).slots().unwrap();
            assert_eq!(moves(&prefix(enabled), &rollout(&flag).unwrap().slots), Moves::new(), "{percent}%");
        }
    }
}

/// Growing by half a percentage divides a bucket, and moves exactly half of its slots.
#[test]
fn growth_by_half_a_percentage_divides_a_bucket_of_flipper() {
    let program = Program::start();
    let flag = imported(&program, BucketFunction::Flipper, 310_000);
    let before = inside(&flag);
    wait(flag.set_percentage(31.5)).unwrap();
    let after = rollout(&flag).unwrap();
    assert_eq!(moves(&prefix(310_000), &after.slots), move_between(310_000, 315_000));
    let in_bucket_31 = |id: &u32| {
        let slot = flag.explain(&attributes! { "user" => *id }).unwrap().slot().unwrap();
        (310_000..320_000).contains(&slot)
    };
    let joined: Vec<u32> = inside(&flag).difference(&before).copied().collect();
    assert!(joined.iter().all(in_bucket_31));
}
