//! Ramps: linear for each pair of implementations, at most one move per unit, exact at any instant, up and down.

use std::collections::BTreeMap;
use std::time::Duration;

use feats::bucketing::allocation::{self, Progress, interpolate, moves};
use feats::bucketing::scale;
use feats::compile::Route;
use feats::model::{Ramp, RampFrom, Rollout, SLOTS, SlotRange};
use feats::{Attributes, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use super::generators::{allocation, step, weights};
use super::interpreter::{ends, owner};
use super::world::{NAMES, START, cases, choose, feature, only, route};

/// Returns a random rollout with a ramp that starts at [`START`].
fn ramping(from: &[SlotRange], to: &[SlotRange], millis: u64, step: Option<u32>) -> Rollout {
    Rollout {
        by: "random".into(),
        input: None,
        bucketing: None,
        seed: Some("seed".to_owned()),
        weights: weights(&allocation::shares(to)),
        slots: to.to_vec(),
        ramp: Some(Ramp {
            start: Timestamp::from_millis(START).to_string(),
            duration: format!("{millis}ms"),
            from: Some(RampFrom::Slots(from.to_vec())),
            step,
        }),
    }
}

/// Returns the owner of a slot by evaluation, with a random draw that selects this slot.
fn evaluated(route: &Route, slot: u32, now: i64) -> String {
    let bits = (u128::from(slot) << 64).div_ceil(SLOTS.into());
    let draw = u64::try_from(bits).unwrap();
    assert_eq!(scale(draw), slot);
    let feature = feature();
    let outcome = choose(route, &feature, &Attributes::new(), now, draw);
    assert_eq!(outcome.slot, Some(slot));
    feature.implementation(outcome.choice).to_owned()
}

/// Generates a duration, and instants before, within and after it, in order.
fn instants() -> impl Strategy<Value = (u64, Vec<i64>)> {
    (0..10_000_000_u64).prop_flat_map(|duration| {
        let end = i64::try_from(duration).unwrap();
        let instant = prop_oneof![2 => 0..=end, 1 => Just(-1), 1 => Just(0), 1 => Just(end), 1 => end..=end + 1_000];
        (Just(duration), vec(instant, 1..6)).prop_map(|(duration, mut instants)| {
            instants.sort_unstable();
            (duration, instants)
        })
    })
}

fn at(elapsed: i64, from: &[SlotRange], to: &[SlotRange], duration: u64) -> Vec<SlotRange> {
    in_steps(elapsed, from, to, duration, None)
}

fn in_steps(elapsed: i64, from: &[SlotRange], to: &[SlotRange], duration: u64, step: Option<u32>) -> Vec<SlotRange> {
    interpolate(from, to, Progress::new(START + elapsed, START, duration).in_steps(step.unwrap_or(1)))
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn the_allocation_of_an_instant_matches_evaluation_slot_by_slot(
        from in allocation(0..6), to in allocation(0..6), (duration, instants) in instants(), step in step(),
        slots in vec(0..SLOTS, 8),
    ) {
        let route = route(&only(ramping(&from, &to, duration, step)), &feature());
        for elapsed in instants {
            let runs = in_steps(elapsed, &from, &to, duration, step);
            // At each boundary of owners, and in between.
            let edges = ends(&runs, &from).into_iter().chain(ends(&runs, &to));
            let edges = edges.flat_map(|end| [end - 1, end]).filter(|slot| *slot < SLOTS);
            for slot in edges.chain(slots.iter().copied()) {
                prop_assert_eq!(evaluated(&route, slot, START + elapsed), owner(&runs, slot), "{} at {}", slot, elapsed);
            }
        }
    }

    #[test]
    fn a_unit_moves_at_most_once_and_never_back(
        from in allocation(0..6), to in allocation(0..6), (duration, instants) in instants(), step in step(),
        slots in vec(0..SLOTS, 16),
    ) {
        for slot in slots {
            let (first, last) = (owner(&from, slot), owner(&to, slot));
            let mut moved = false;
            for elapsed in &instants {
                let now = in_steps(*elapsed, &from, &to, duration, step);
                let is = owner(&now, slot);
                prop_assert!(is == last || (is == first && !moved), "{} is {}", slot, is);
                moved = is == last;
            }
        }
    }

    #[test]
    fn each_pair_of_implementations_moves_linearly_in_whole_steps(
        from in allocation(0..6), to in allocation(0..6), (duration, instants) in instants(), step in step(),
    ) {
        for elapsed in instants {
            let now = in_steps(elapsed, &from, &to, duration, step);
            let (gone, left) = (moves(&from, &now), moves(&now, &to));
            for (pair, all) in moves(&from, &to) {
                let clamped = u64::try_from(elapsed).unwrap_or(0).min(duration);
                let over = elapsed >= 0 && clamped == duration;
                let step = u64::from(step.unwrap_or(1));
                let moved = if over { all.into() } else { u64::from(all) * clamped / duration.max(1) / step * step };
                prop_assert_eq!(gone.get(&pair).map_or(0, |slots| u64::from(*slots)), moved);
                prop_assert_eq!(left.get(&pair).map_or(0, |slots| u64::from(*slots)), u64::from(all) - moved);
            }
            prop_assert!(gone.keys().all(|pair| moves(&from, &to).contains_key(pair)), "other units move");
        }
    }

    #[test]
    fn a_ramp_does_not_move_before_its_start_and_after_its_end(
        from in allocation(0..6), to in allocation(0..6), duration in 0..10_000_000_u64, far in 1..i64::MAX / 2,
        step in step(),
    ) {
        let none = BTreeMap::new();
        let end = i64::try_from(duration).unwrap();
        let at = |elapsed| in_steps(elapsed, &from, &to, duration, step);
        prop_assert_eq!(&moves(&from, &at(-far)), &none);
        prop_assert_eq!(&moves(&at(end), &to), &none);
        prop_assert_eq!(&moves(&at(end.saturating_add(far)), &to), &none);
    }

    /// The slot of rank r of n, counted from 1, moves at `start + duration · r / n` and not a millisecond before. With steps, it
    /// moves together with the last slot of its step.
    #[test]
    fn the_slot_of_rank_r_moves_at_its_instant(
        from in allocation(0..4), to in allocation(0..4), duration in 1..10_000_000_u64, slot in 0..SLOTS, step in step(),
    ) {
        let pair = (owner(&from, slot), owner(&to, slot));
        prop_assume!(pair.0 != pair.1);
        let all = moves(&from, &to)[&(pair.0.to_owned(), pair.1.to_owned())];
        let rank = rank(&from, &to, slot).next_multiple_of(step.unwrap_or(1)).min(all);
        let instant = i64::try_from((duration * u64::from(rank)).div_ceil(all.into())).unwrap();
        let [before, then] = [instant - 1, instant].map(|elapsed| in_steps(elapsed, &from, &to, duration, step));
        prop_assert_eq!((owner(&before, slot), owner(&then, slot)), pair);
    }

    /// In the middle of a ramp, as many slots have moved up as would have moved down.
    #[test]
    fn down_is_as_up(from in allocation(0..6), to in allocation(0..6), half in 1..1_000_000_u64) {
        let middle = i64::try_from(half).unwrap();
        let up = moves(&from, &at(middle, &from, &to, 2 * half));
        let down = moves(&to, &at(middle, &to, &from, 2 * half));
        let mirrored: BTreeMap<_, _> = down.into_iter().map(|((from, to), slots)| ((to, from), slots)).collect();
        prop_assert_eq!(up, mirrored);
    }
}

/// Returns the rank of a slot among those that move between the same two implementations.
fn rank(from: &[SlotRange], to: &[SlotRange], slot: u32) -> u32 {
    let pair = |slot| (owner(from, slot), owner(to, slot));
    let mut start = 0;
    let mut rank = 0;
    for end in ends(from, to) {
        if start <= slot && pair(start) == pair(slot) {
            rank += end.min(slot + 1) - start;
        }
        start = end;
    }
    rank
}

#[test]
fn a_ramp_of_no_duration_switches_at_its_start_and_not_before() {
    let [from, to] = ["acme", "premium"].map(|name| vec![SlotRange::new(name, SLOTS, 1)]);
    let route = route(&only(ramping(&from, &to, 0, None)), &feature());
    assert_eq!(evaluated(&route, 0, START - 1), "acme");
    assert_eq!(evaluated(&route, 0, START), "premium");
}

#[test]
fn a_ramp_of_ten_years_is_as_exact_as_one_of_a_second() {
    let [from, to] = ["acme", "premium"].map(|name| vec![SlotRange::new(name, SLOTS, 1)]);
    let millis = u64::try_from(Duration::from_secs(3_653 * 86_400).as_millis()).unwrap();
    let route = route(&only(ramping(&from, &to, millis, None)), &feature());
    let half = START + i64::try_from(millis / 2).unwrap();
    assert_eq!(evaluated(&route, SLOTS / 2 - 1, half), "premium");
    assert_eq!(evaluated(&route, SLOTS / 2, half), "acme");
}

/// Quadratic time in the number of ranges would be noticed here.
#[test]
fn a_ramp_of_many_runs_compiles() {
    let alternating = |first: usize| -> Vec<SlotRange> {
        (0..SLOTS / 25).map(|at| SlotRange::new(NAMES[(first + at as usize) % 2], 25, 1)).collect()
    };
    let (from, to) = (alternating(0), alternating(1));
    let route = route(&only(ramping(&from, &to, 1_000, None)), &feature());
    for slot in [0, 25, SLOTS - 1] {
        assert_eq!(evaluated(&route, slot, START), owner(&from, slot));
        assert_eq!(evaluated(&route, slot, START + 1_000), owner(&to, slot));
    }
}
