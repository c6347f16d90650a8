//! Allocation: who owns which slots, and who moves when weights change or time passes.
//!
//! A allocation is a list of [`Run`]s that covers all slots in order. Every function here moves exactly as few slots as
//! the new shares need, and only from implementations that shrink to ones that grow.

use std::collections::BTreeMap;

use crate::model::{Ramp, Rollout, SLOTS, SlotRange, Timestamp, Weights};

/// How many slots each implementation owns, by name.
pub type Shares = BTreeMap<String, u32>;

/// A new allocation: one run each, in order of name.
pub fn initial(shares: &Shares, version: u64) -> Vec<SlotRange> {
    let owned = shares.iter().filter(|(_, slots)| **slots > 0);
    owned.map(|(name, slots)| SlotRange::new(name.clone(), *slots, version)).collect()
}

/// How many slots each implementation owns in a allocation.
pub fn shares(runs: &[SlotRange]) -> Shares {
    let mut shares = Shares::new();
    for SlotRange { implementation: name, length, .. } in runs {
        let owned = shares.entry(name.clone()).or_default();
        *owned = length.saturating_add(*owned);
    }
    shares
}

/// How many slots each implementation has by its weight; none where a weight is no share.
pub fn weighted(weights: &Weights) -> Shares {
    weights.iter().map(|(name, weight)| (name.clone(), weight.slots().unwrap_or(0))).collect()
}

/// Whether these runs cover all slots, no fewer and no more. Only such runs are a allocation.
pub fn is_whole(runs: &[SlotRange]) -> bool {
    runs.iter().map(|run| u64::from(run.length)).sum::<u64>() == u64::from(SLOTS)
}

/// Whether a allocation covers all slots and gives everyone these shares.
pub fn agrees(runs: &[SlotRange], shares: &Shares) -> bool {
    let owned = self::shares(runs);
    is_whole(runs)
        && owned.iter().all(|(name, slots)| shares.get(name).copied().unwrap_or(0) == *slots)
        && shares.iter().all(|(name, slots)| owned.get(name).copied().unwrap_or(0) == *slots)
}

/// The allocation with new shares that moves the fewest slots.
///
/// An implementation that shrinks gives up its newest slots first (highest version, then highest slot); freed slots
/// go, in slot order, to the growing ones in order of name. So growing keeps everyone who was in, and shrinking back
/// returns exactly the ones who came last.
pub fn reallocate(before: &[SlotRange], shares: &Shares, version: u64) -> Vec<SlotRange> {
    let owned = self::shares(before);
    let mut surplus = Shares::new();
    for (name, slots) in &owned {
        let wanted = shares.get(name).copied().unwrap_or(0);
        surplus.insert(name.clone(), slots.saturating_sub(wanted));
    }
    let freed = freed_by_run(before, surplus);
    let mut growing = shares
        .iter()
        .map(|(name, wanted)| (name, wanted.saturating_sub(owned.get(name).copied().unwrap_or(0))))
        .filter(|(_, missing)| *missing > 0)
        .collect::<Vec<_>>()
        .into_iter();
    let mut grower = growing.next();
    let mut after = Builder::default();
    for (SlotRange { implementation: name, length, since }, freed) in before.iter().zip(freed) {
        after.push(name, length - freed, *since);
        let mut freed = freed;
        while let Some((name, missing)) = grower.as_mut().filter(|_| freed > 0) {
            let taken = freed.min(*missing);
            after.push(name, taken, version);
            freed -= taken;
            *missing -= taken;
            if *missing == 0 {
                grower = growing.next();
            }
        }
    }
    after.runs
}

/// How many slots at its end each run gives up.
fn freed_by_run(before: &[SlotRange], mut surplus: Shares) -> Vec<u32> {
    let mut newest_first: Vec<usize> = (0..before.len()).collect();
    newest_first.sort_by_key(|&at| std::cmp::Reverse((before.get(at).map(|run| run.since), at)));
    let mut freed = vec![0; before.len()];
    for at in newest_first {
        let (Some(SlotRange { implementation: name, length, .. }), Some(freed)) = (before.get(at), freed.get_mut(at))
        else {
            continue;
        };
        if let Some(surplus) = surplus.get_mut(name) {
            *freed = (*surplus).min(*length);
            *surplus -= *freed;
        }
    }
    freed
}

/// Consecutive slots that have one owner before and one after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch<'a> {
    /// How many slots.
    pub length: u32,
    /// The run that they are part of before.
    pub from: &'a SlotRange,
    /// The run that they are part of after.
    pub to: &'a SlotRange,
    /// How many slots that move between the same two implementations lie before these.
    pub rank: u32,
}

/// Two allocations laid over each other, in slot order.
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

/// How many slots move from which implementation to which.
pub fn moves(from: &[SlotRange], to: &[SlotRange]) -> BTreeMap<(String, String), u32> {
    let mut moves = BTreeMap::new();
    for stretch in overlay(from, to).iter().filter(|stretch| stretch.from.implementation != stretch.to.implementation) {
        let moved: &mut u32 =
            moves.entry((stretch.from.implementation.clone(), stretch.to.implementation.clone())).or_default();
        *moved = stretch.length.saturating_add(*moved);
    }
    moves
}

/// How far a ramp is: `elapsed` of `duration`, both in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Since the start; clamped to `duration` by its user.
    pub elapsed: u64,
    /// From start to end.
    pub duration: u64,
}

impl Progress {
    /// The progress of a ramp at an instant, all in milliseconds.
    #[inline]
    pub fn new(now: i64, start: i64, duration: u64) -> Self {
        // A ramp that takes no time is over at its start, but not before.
        let duration = if now < start { duration.max(1) } else { duration };
        let elapsed = u64::try_from(now.saturating_sub(start)).unwrap_or(0).min(duration);
        Self { elapsed, duration }
    }

    /// Of `total` slots that move between the same two implementations, how many have moved: the one of rank r of n,
    /// counted from 1, moves at `start + duration · r / n`.
    #[inline]
    pub fn moved(self, total: u32) -> u32 {
        if self.elapsed >= self.duration {
            return total;
        }
        let moved = u128::from(self.elapsed) * u128::from(total) / u128::from(self.duration);
        u32::try_from(moved).unwrap_or(total)
    }
}

/// The allocation in the middle of a ramp, as exact runs.
pub fn ramped(from: &[SlotRange], to: &[SlotRange], progress: Progress) -> Vec<SlotRange> {
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
    allocation.runs
}

impl Rollout {
    /// Who owns which slots of a published rollout at an instant, as exact runs: those of its ramp while there is one,
    /// else its own.
    pub fn allocation_at(&self, now: Timestamp) -> Vec<SlotRange> {
        match (self.ramp.as_ref().and_then(Ramp::span), self.ramp_slots()) {
            (Some((start, end)), Some(from)) if is_whole(from) && is_whole(&self.slots) => {
                let duration = u64::try_from(end.since(start).as_millis()).unwrap_or(u64::MAX);
                let progress = Progress::new(now.as_millis(), start.as_millis(), duration);
                ramped(from, &self.slots, progress)
            }
            _ => self.slots.clone(),
        }
    }
}

/// Puts runs together, joining neighbours of the same owner and age.
#[derive(Default)]
struct Builder {
    runs: Vec<SlotRange>,
}

impl Builder {
    fn push(&mut self, name: &str, length: u32, since: u64) {
        match self.runs.last_mut() {
            _ if length == 0 => {}
            Some(last) if last.implementation == name && last.since == since => {
                last.length = last.length.saturating_add(length)
            }
            _ => self.runs.push(SlotRange::new(name, length, since)),
        }
    }
}
