//! Allocation: shares are exact, as few slots as possible move, the newest move first, and growing shares keep their units.

use std::collections::{BTreeMap, BTreeSet};

use feats::bucketing::allocation::{self, Shares, has_shares, initial, moves, overlay, reallocate};
use feats::model::{Percent, SLOTS, SlotRange};
use proptest::prelude::*;

use super::generators::{allocation, shares};
use super::interpreter::{ends, owner};
use super::world::{NAMES, VERSION, cases};

/// Returns the number of slots of an implementation.
pub(crate) fn owned(shares: &Shares, name: &str) -> u32 {
    shares.get(name).copied().unwrap_or(0)
}

/// Splits two allocations into stretches of slots with the same owners: start, end, owner before, owner after.
pub(crate) fn stretches<'r>(before: &'r [SlotRange], after: &'r [SlotRange]) -> Vec<(u32, u32, &'r str, &'r str)> {
    let mut start = 0;
    let stretch = |end| {
        let from = std::mem::replace(&mut start, end);
        (from, end, owner(before, from), owner(after, from))
    };
    ends(before, after).into_iter().map(stretch).collect()
}

/// Returns the slots of one implementation as maximal ranges.
pub(crate) fn slots_of(runs: &[SlotRange], name: &str) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut start = 0;
    for SlotRange { implementation: owner, length, .. } in runs {
        let end = start + length;
        match ranges.last_mut() {
            Some(last) if owner == name && last.1 == start => last.1 = end,
            _ if owner == name => ranges.push((start, end)),
            _ => {}
        }
        start = end;
    }
    ranges
}

fn since(runs: &[SlotRange], slot: u32) -> u64 {
    let mut end = 0;
    let found = runs.iter().find(|run| {
        end += run.length;
        slot < end
    });
    found.unwrap().since
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn a_new_allocation_is_one_run_each_in_order_of_name(shares in shares()) {
        let runs = initial(&shares, VERSION);
        prop_assert!(has_shares(&runs, &shares));
        prop_assert!(runs.iter().all(|run| run.length > 0 && run.since == VERSION));
        prop_assert!(runs.is_sorted_by(|a, b| a.implementation < b.implementation));
    }

    #[test]
    fn shares_are_exact_in_slots(before in allocation(0..8), shares in shares()) {
        let after = reallocate(&before, &shares, VERSION);
        prop_assert!(has_shares(&after, &shares), "{after:?}");
        prop_assert!(after.iter().all(|run| run.length > 0), "a range is empty");
        prop_assert!(after.is_sorted_by(|a, b| (&a.implementation, a.since) != (&b.implementation, b.since)), "adjacent ranges are equal");
    }

    #[test]
    fn as_few_slots_as_possible_move(before in allocation(0..8), shares in shares()) {
        let old = allocation::shares(&before);
        let least: u32 = NAMES.iter().map(|name| owned(&shares, name).saturating_sub(owned(&old, name))).sum();
        let moved = moves(&before, &reallocate(&before, &shares, VERSION));
        prop_assert_eq!(moved.values().sum::<u32>(), least);
        for (from, to) in moved.keys() {
            prop_assert!(owned(&shares, from) < owned(&old, from), "{} does not shrink", from);
            prop_assert!(owned(&shares, to) > owned(&old, to), "{} does not grow", to);
        }
    }

    #[test]
    fn growing_shares_lose_no_slot_and_shrinking_shares_gain_none(before in allocation(0..8), shares in shares()) {
        let after = reallocate(&before, &shares, VERSION);
        let old = allocation::shares(&before);
        for (_, _, from, to) in stretches(&before, &after) {
            prop_assert!(from == to || owned(&shares, from) < owned(&old, from), "{} loses a slot", from);
            prop_assert!(from == to || owned(&shares, to) > owned(&old, to), "{} gains a slot", to);
        }
    }

    #[test]
    fn the_newest_slots_move_first_to_growing_shares_in_order_of_name(before in allocation(0..8), shares in shares()) {
        let after = reallocate(&before, &shares, VERSION);
        let mut kept: BTreeMap<&str, (u64, u32)> = BTreeMap::new();
        let mut freed: BTreeMap<&str, (u64, u32)> = BTreeMap::new();
        let mut takers = Vec::new();
        for (start, end, from, to) in stretches(&before, &after) {
            let age = since(&before, start);
            if from == to {
                let newest = kept.entry(from).or_default();
                *newest = (*newest).max((age, end - 1));
                prop_assert_eq!(since(&after, start), age, "a slot that stays keeps its version");
            } else {
                let oldest = freed.entry(from).or_insert((u64::MAX, u32::MAX));
                *oldest = (*oldest).min((age, start));
                takers.push(to);
                prop_assert_eq!(since(&after, start), VERSION, "a slot that moves gets the new version");
            }
        }
        for (name, oldest_freed) in freed {
            let newest_kept = kept.get(name);
            prop_assert!(newest_kept.is_none_or(|newest| *newest < oldest_freed), "{} gave up an older slot", name);
        }
        prop_assert!(takers.is_sorted(), "{takers:?}");
    }

    /// This holds for moves between any implementations.
    #[test]
    fn shrinking_after_growing_returns_exactly_the_newest_slots(before in allocation(0..8), shares in shares()) {
        let old = allocation::shares(&before);
        let there = reallocate(&before, &shares, VERSION);
        let back = reallocate(&there, &old, VERSION + 1);
        for name in NAMES.iter().filter(|name| owned(&shares, name) > owned(&old, name)) {
            prop_assert_eq!(slots_of(&back, name), slots_of(&before, name), "{}", name);
        }
    }

    #[test]
    fn with_two_implementations_a_change_and_its_reversal_move_no_unit(percent in 0..=100_u32, other in 0..=100_u32) {
        let shares = |percent: u32| {
            let slots = percent * (SLOTS / 100);
            Shares::from([("acme".to_owned(), SLOTS - slots), ("aperture".to_owned(), slots)])
        };
        let before = initial(&shares(percent), 1);
        let there = reallocate(&before, &shares(other), 2);
        let back = reallocate(&there, &shares(percent), 3);
        prop_assert_eq!(moves(&before, &back), BTreeMap::new());
    }

    #[test]
    fn equal_shares_and_an_implementation_at_0_percent_move_no_unit(before in allocation(0..8)) {
        let mut shares = allocation::shares(&before);
        prop_assert_eq!(moves(&before, &reallocate(&before, &shares, VERSION)), BTreeMap::new());
        shares.insert("newcomer".to_owned(), 0);
        let after = reallocate(&before, &shares, VERSION);
        prop_assert_eq!(moves(&before, &after), BTreeMap::new());
        prop_assert!(after.iter().all(|run| run.since <= 5), "a slot has moved");
    }

    #[test]
    fn an_overlay_covers_all_slots_with_their_owners_and_ranks(from in allocation(0..8), to in allocation(0..8)) {
        let mut end = 0;
        let mut ranks: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for stretch in overlay(&from, &to) {
            for slot in [end, end + stretch.length - 1] {
                prop_assert_eq!((&*stretch.from.implementation, &*stretch.to.implementation), (owner(&from, slot), owner(&to, slot)));
            }
            let rank = ranks.entry((&stretch.from.implementation, &stretch.to.implementation)).or_default();
            prop_assert_eq!(stretch.rank, *rank);
            *rank += stretch.length;
            end += stretch.length;
        }
        prop_assert_eq!(end, SLOTS);
    }

    #[test]
    fn weights_convert_exactly_to_slots(slots in 0..=SLOTS) {
        prop_assert_eq!(Percent::from_slots(slots).slots(), Some(slots));
        let written = serde_json::to_string(&Percent::from_slots(slots)).unwrap();
        prop_assert_eq!(Percent(written.parse().unwrap()).slots(), Some(slots), "{}", written);
        prop_assert_eq!(written.contains('.'), slots % (SLOTS / 100) != 0, "{}", written);
    }

    #[test]
    fn a_weight_with_a_fifth_decimal_is_invalid(slots in 0..SLOTS, fifth in 1..10_u32) {
        let percent = f64::from(slots * 10 + fifth) / 100_000.0;
        prop_assert_eq!(Percent(percent).slots(), None, "{}", percent);
    }
}

proptest! {
    #![proptest_config(cases(6))]

    #[test]
    fn moves_match_a_count_slot_by_slot(before in allocation(0..12), after in allocation(0..12)) {
        let each = |runs: &[SlotRange]| -> Vec<usize> {
            let position = |run: &SlotRange| NAMES.iter().position(|name| *name == run.implementation).unwrap();
            runs.iter().flat_map(|run| std::iter::repeat_n(position(run), run.length as usize)).collect()
        };
        let mut counted = [[0_u32; NAMES.len()]; NAMES.len()];
        for (from, to) in each(&before).into_iter().zip(each(&after)) {
            counted[from][to] += 1;
        }
        let moved = moves(&before, &after);
        for (from, row) in NAMES.iter().zip(counted) {
            for (to, slots) in NAMES.iter().zip(row) {
                let expected = if from == to { 0 } else { slots };
                let key = ((*from).to_owned(), (*to).to_owned());
                prop_assert_eq!(moved.get(&key).copied().unwrap_or(0), expected);
            }
        }
    }
}

/// The allocation is exact at each step, and small enough for a store.
#[test]
fn a_long_history_stays_exact() {
    let names: BTreeSet<&str> = NAMES.into();
    let mut runs = vec![SlotRange::new("acme", SLOTS, 1)];
    for version in 2..200_u32 {
        let first = version * 7_919 % SLOTS;
        let second = (SLOTS - first) / (version % 5 + 1);
        let [a, b, c] = [0, 1, 2].map(|step| NAMES[(version as usize + step) % NAMES.len()].to_owned());
        let shares = Shares::from([(a, first), (b, second), (c, SLOTS - first - second)]);
        runs = reallocate(&runs, &shares, version.into());
        assert!(has_shares(&runs, &shares));
    }
    assert!(runs.iter().all(|run| names.contains(&*run.implementation)));
    assert!(runs.len() < 2_000, "{} runs", runs.len());
}
