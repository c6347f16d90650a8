//! The planner in buckets: any history of weights moves as few slots as possible, and the impact counts the moves.

use feats::bucketing::allocation::{self, Shares, has_shares, moves, reallocate_buckets};
use feats::model::{BucketFunction, Rollout};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::allocations::{owned, slots_of, stretches};
use crate::desk::{Desk, Moves, by_user, moves_of_rule};
use crate::generators::{allocation, bucket_function, shares};
use crate::interpreter::owner;
use crate::world::{NAMES, VERSION, cases};

fn bucketed(function: BucketFunction, shares: &Shares) -> Rollout {
    Rollout { bucketing: Some(function.into()), ..by_user(shares) }
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn as_few_slots_as_possible_move_between_buckets(before in allocation(0..8), shares in shares()) {
        let old = allocation::shares(&before);
        let after = reallocate_buckets(&before, &shares, NAMES[0], VERSION);
        prop_assert!(has_shares(&after, &shares), "{after:?}");
        prop_assert!(after.iter().all(|run| run.length > 0), "a range is empty");
        for (start, _, from, to) in stretches(&before, &after) {
            prop_assert!(from == to || owned(&shares, from) < owned(&old, from), "{} loses slot {}", from, start);
            prop_assert!(from == to || owned(&shares, to) > owned(&old, to), "{} gains slot {}", to, start);
        }
    }

    #[test]
    fn shrinking_after_growing_returns_exactly_the_newest_slots_of_buckets(before in allocation(0..8), shares in shares()) {
        let old = allocation::shares(&before);
        let there = reallocate_buckets(&before, &shares, NAMES[0], VERSION);
        let back = reallocate_buckets(&there, &old, NAMES[0], VERSION + 1);
        for name in NAMES.iter().filter(|name| owned(&shares, name) > owned(&old, name)) {
            prop_assert_eq!(slots_of(&back, name), slots_of(&before, name), "{}", name);
        }
    }
}

proptest! {
    #![proptest_config(cases(25))]

    #[test]
    fn the_impact_of_any_history_counts_the_moves(
        function in bucket_function(), first in shares(), all in vec(shares(), 1..8),
    ) {
        let desk = Desk::open();
        desk.roll_out(bucketed(function, &first)).unwrap();
        let seed = desk.canary().seed;
        for (before_shares, shares) in std::iter::once(&first).chain(&all).zip(&all) {
            let (before, users) = (desk.canary().slots, desk.users(0..50));
            let published = desk.roll_out(bucketed(function, shares)).unwrap();
            let after = desk.canary();
            prop_assert_eq!(&after.seed, &seed);
            let moved = moves(&before, &after.slots);
            prop_assert_eq!(&moves_of_rule(published.impact(), "canary"), &(moved.clone(), Moves::new()));
            let lost = before_shares.iter().map(|(name, slots)| slots.saturating_sub(owned(shares, name)));
            prop_assert_eq!(moved.values().sum::<u32>(), lost.sum::<u32>());
            for ((was, slot), (is, same_slot)) in users.into_iter().zip(desk.users(0..50)) {
                let slot = slot.unwrap();
                prop_assert_eq!(same_slot, Some(slot));
                prop_assert_eq!((&*was, &*is), (owner(&before, slot), owner(&after.slots, slot)));
            }
        }
    }

    /// A rollout with another function, or with none, has other units.
    #[test]
    fn another_function_reassigns_every_unit(function in bucket_function(), shares in shares()) {
        let desk = Desk::open();
        desk.roll_out(bucketed(function, &shares)).unwrap();
        let other = match function {
            BucketFunction::Flipper => BucketFunction::Flypper,
            BucketFunction::Flypper => BucketFunction::Flipper,
        };
        for rollout in [by_user(&shares), bucketed(other, &shares)] {
            let error = desk.roll_out(rollout).unwrap_err();
            prop_assert_eq!(error.kind(), feats::ErrorKind::NeedsConfirmation);
        }
    }
}
