//! Allocations of slots to implementations, and their changes by new weights or by ramps.
//!
//! An allocation is a list of [`SlotRange`]s that covers all slots in order. All functions move as few slots as the new shares
//! require, and only from shrinking implementations to growing ones.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Ramp, Rollout, SLOTS, SlotRange, Timestamp, Weights};

/// The number of slots of each implementation, by name.
pub type Shares = BTreeMap<String, u32>;

/// Creates a new allocation with one range for each implementation, ordered by name.
pub fn initial(shares: &Shares, version: u64) -> Vec<SlotRange> {
    let owned = shares.iter().filter(|(_, slots)| **slots > 0);
    owned.map(|(name, slots)| SlotRange::new(name.clone(), *slots, version)).collect()
}

/// Returns the number of slots that each implementation owns in an allocation.
pub fn shares(ranges: &[SlotRange]) -> Shares {
    let mut shares = Shares::new();
    for SlotRange { implementation: name, length, .. } in ranges {
        let owned = shares.entry(name.clone()).or_default();
        *owned = length.saturating_add(*owned);
    }
    shares
}

/// Converts weights to numbers of slots; 0 for a weight that is not a share.
pub fn shares_by_weight(weights: &Weights) -> Shares {
    weights.iter().map(|(name, weight)| (name.clone(), weight.slots().unwrap_or(0))).collect()
}

/// Returns `true` if the ranges cover all slots exactly. Only such ranges are an allocation.
pub fn is_whole(ranges: &[SlotRange]) -> bool {
    ranges.iter().map(|range| u64::from(range.length)).sum::<u64>() == u64::from(SLOTS)
}

/// Returns `true` if the ranges are an allocation with these shares.
pub fn has_shares(ranges: &[SlotRange], shares: &Shares) -> bool {
    let owned = self::shares(ranges);
    is_whole(ranges)
        && owned.iter().all(|(name, slots)| shares.get(name).copied().unwrap_or(0) == *slots)
        && shares.iter().all(|(name, slots)| owned.get(name).copied().unwrap_or(0) == *slots)
}

/// Returns the allocation with new shares that moves the fewest slots.
///
/// A shrinking implementation gives up its newest slots first (highest version, then highest slot); the freed slots go, in slot
/// order, to the growing implementations, ordered by name. So when an implementation grows, all its units keep it; when it
/// shrinks back, exactly the units that came last leave.
pub fn reallocate(before: &[SlotRange], shares: &Shares, version: u64) -> Vec<SlotRange> {
    reallocate_from(before, shares, version, |_| FreedEnd::Last)
}

/// Like [`reallocate`], but frees slots in the order of [buckets](super#buckets-of-other-systems): the default implementation gives
/// up its first slots, every other one its last ones. So an implementation that grows from the default's share owns the first
/// buckets, however often its share changes.
pub fn reallocate_buckets(before: &[SlotRange], shares: &Shares, default: &str, version: u64) -> Vec<SlotRange> {
    let end = |name: &str| if name == default { FreedEnd::First } else { FreedEnd::Last };
    reallocate_from(before, shares, version, end)
}

/// Creates a new allocation of [buckets](super#buckets-of-other-systems), with one range for each implementation, ordered by name;
/// the default implementation owns the last slots.
pub fn initial_buckets(shares: &Shares, default: &str, version: u64) -> Vec<SlotRange> {
    reallocate_buckets(&[SlotRange::new(default, SLOTS, version)], shares, default, version)
}

/// The end of an implementation's newest slots at which it gives up slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FreedEnd {
    First,
    Last,
}

fn reallocate_from(
    before: &[SlotRange],
    shares: &Shares,
    version: u64,
    end: impl Fn(&str) -> FreedEnd,
) -> Vec<SlotRange> {
    let owned = self::shares(before);
    let mut surplus = Shares::new();
    for (name, slots) in &owned {
        let wanted = shares.get(name).copied().unwrap_or(0);
        surplus.insert(name.clone(), slots.saturating_sub(wanted));
    }
    let freed = freed_by_range(before, surplus, &end);
    let mut growing = shares
        .iter()
        .map(|(name, wanted)| (name, wanted.saturating_sub(owned.get(name).copied().unwrap_or(0))))
        .filter(|(_, missing)| *missing > 0)
        .collect::<Vec<_>>()
        .into_iter();
    let mut receiver = growing.next();
    let mut after = Builder::default();
    for (SlotRange { implementation: name, length, since }, freed) in before.iter().zip(freed) {
        let kept = length - freed;
        if end(name) == FreedEnd::Last {
            after.push(name, kept, *since);
        }
        let mut freed = freed;
        while let Some((name, missing)) = receiver.as_mut().filter(|_| freed > 0) {
            let taken = freed.min(*missing);
            after.push(name, taken, version);
            freed -= taken;
            *missing -= taken;
            if *missing == 0 {
                receiver = growing.next();
            }
        }
        if end(name) == FreedEnd::First {
            after.push(name, kept, *since);
        }
    }
    after.ranges
}

/// Returns the number of slots that each range gives up.
fn freed_by_range(before: &[SlotRange], mut surplus: Shares, end: &impl Fn(&str) -> FreedEnd) -> Vec<u32> {
    let mut newest_first: Vec<(usize, &SlotRange)> = before.iter().enumerate().collect();
    newest_first.sort_by_key(|(index, range)| {
        let distance = match end(&range.implementation) {
            FreedEnd::First => *index,
            FreedEnd::Last => before.len() - index,
        };
        (Reverse(range.since), distance)
    });
    let mut freed = vec![0; before.len()];
    for (index, SlotRange { implementation: name, length, .. }) in newest_first {
        let Some(freed) = freed.get_mut(index) else { continue };
        if let Some(surplus) = surplus.get_mut(name) {
            *freed = (*surplus).min(*length);
            *surplus -= *freed;
        }
    }
    freed
}

/// Consecutive slots with one owner before and one owner after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<'a> {
    /// The number of slots.
    pub length: u32,
    /// The range of the old allocation that contains them.
    pub from: &'a SlotRange,
    /// The range of the new allocation that contains them.
    pub to: &'a SlotRange,
    /// The number of earlier slots that move between the same two implementations.
    pub rank: u32,
}

/// Overlays two allocations, in slot order.
pub fn overlay<'a>(from: &'a [SlotRange], to: &'a [SlotRange]) -> Vec<Stretch<'a>> {
    let mut stretches = Vec::new();
    let mut ranks: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let (mut froms, mut tos) = (from.iter(), to.iter());
    let (mut left, mut right) = (froms.next().map(|run| (run, run.length)), tos.next().map(|run| (run, run.length)));
    while let (Some((from, from_length)), Some((to, to_length))) = (left, right) {
        let length = from_length.min(to_length);
        let rank = ranks.entry((&from.implementation, &to.implementation)).or_default();
        if length > 0 {
            stretches.push(Stretch { length, from, to, rank: *rank });
            *rank = length.saturating_add(*rank);
        }
        left =
            if from_length > length { Some((from, from_length - length)) } else { froms.next().map(|r| (r, r.length)) };
        right = if to_length > length { Some((to, to_length - length)) } else { tos.next().map(|r| (r, r.length)) };
    }
    stretches
}

/// Returns the number of slots that move, by old and new implementation.
pub fn moves(from: &[SlotRange], to: &[SlotRange]) -> BTreeMap<(String, String), u32> {
    let mut moves = BTreeMap::new();
    for stretch in overlay(from, to).iter().filter(|stretch| stretch.from.implementation != stretch.to.implementation) {
        let moved: &mut u32 =
            moves.entry((stretch.from.implementation.clone(), stretch.to.implementation.clone())).or_default();
        *moved = stretch.length.saturating_add(*moved);
    }
    moves
}

/// The progress of a ramp: `elapsed` of `duration`, both in milliseconds, in steps of `step` slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The time since the start; the constructor clamps it to `duration`.
    pub elapsed: u64,
    /// The time from start to end.
    pub duration: u64,
    /// The number of slots that move at once, at least 1.
    pub step: u32,
}

impl Progress {
    /// Returns the progress of a ramp at an instant, with slots that move one by one; all values are in milliseconds.
    #[inline]
    pub fn new(now: i64, start: i64, duration: u64) -> Self {
        // A ramp without duration is over at its start, but not before.
        let duration = if now < start { duration.max(1) } else { duration };
        let elapsed = u64::try_from(now.saturating_sub(start)).unwrap_or(0).min(duration);
        Self { elapsed, duration, step: 1 }
    }

    /// Sets the number of slots that move at once.
    #[inline]
    #[must_use]
    pub fn in_steps(self, step: u32) -> Self {
        Self { step: step.max(1), ..self }
    }

    /// Returns how many of `total` slots that move between the same two implementations have moved: the one of rank r, counted
    /// from 1, moves at `start + duration · r / total`; with steps, together with the last one of its step.
    #[inline]
    pub fn moved(self, total: u32) -> u32 {
        if self.elapsed >= self.duration {
            return total;
        }
        let moved = u128::from(self.elapsed) * u128::from(total) / u128::from(self.duration);
        let moved = u32::try_from(moved).unwrap_or(total);
        if self.step > 1 { moved - moved % self.step } else { moved }
    }
}

/// Returns the allocation in the middle of a ramp.
pub fn interpolate(from: &[SlotRange], to: &[SlotRange], progress: Progress) -> Vec<SlotRange> {
    let totals = moves(from, to);
    let mut allocation = Builder::default();
    for stretch in overlay(from, to) {
        let (
            SlotRange { implementation: from, since: from_since, .. },
            SlotRange { implementation: to, since: to_since, .. },
        ) = (stretch.from, stretch.to);
        if from == to {
            allocation.push(to, stretch.length, *to_since);
            continue;
        }
        let total = totals.get(&(from.clone(), to.clone())).copied().unwrap_or(0);
        let moved = progress.moved(total).saturating_sub(stretch.rank).min(stretch.length);
        allocation.push(to, moved, *to_since);
        allocation.push(from, stretch.length - moved, *from_since);
    }
    allocation.ranges
}

impl Rollout {
    /// Returns the allocation of a published rollout at an instant: that of its ramp while there is one, else its own.
    pub fn allocation_at(&self, now: Timestamp) -> Vec<SlotRange> {
        match (self.ramp.as_ref().and_then(Ramp::span), self.ramp_slots()) {
            (Some((start, end)), Some(from)) if is_whole(from) && is_whole(&self.slots) => {
                let duration = u64::try_from(end.since(start).as_millis()).unwrap_or(u64::MAX);
                let step = self.ramp.as_ref().and_then(|ramp| ramp.step).unwrap_or(1);
                let progress = Progress::new(now.as_millis(), start.as_millis(), duration).in_steps(step);
                interpolate(from, &self.slots, progress)
            }
            _ => self.slots.clone(),
        }
    }
}

/// A builder of an allocation that merges adjacent ranges of the same owner and version.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) ranges: Vec<SlotRange>,
}

impl Builder {
    pub(super) fn push(&mut self, name: &str, length: u32, since: u64) {
        match self.ranges.last_mut() {
            _ if length == 0 => {}
            Some(last) if last.implementation == name && last.since == since => {
                last.length = last.length.saturating_add(length)
            }
            _ => self.ranges.push(SlotRange::new(name, length, since)),
        }
    }
}
