//! The compiled ownership of slots, static or by the progress of a ramp.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::bucketing::allocation::{Progress, Stretch};

use crate::model::{SlotRange, Timestamp};

/// The owners of slots: the end of each range and its owner.
#[derive(Clone, Debug)]
pub(crate) struct Owners(Arc<[(u32, u16)]>);

/// A ramp from one allocation to another.
#[derive(Debug)]
pub(crate) struct Ramp {
    pub(crate) start: Timestamp,
    /// The duration in milliseconds.
    pub(crate) duration: u64,
    /// The number of slots that move at once.
    step: u32,
    stretches: Box<[RampStretch]>,
}

/// Slots from `start` to before `end` that move from one owner to another.
#[derive(Debug)]
struct RampStretch {
    start: u32,
    end: u32,
    from: u16,
    to: u16,
    /// The number of earlier slots that move between the same two owners, and the total number of these.
    rank: u32,
    total: u32,
}

/// The owners of a slot before and after a ramp, and when it moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotMove {
    pub(crate) from: u16,
    pub(crate) to: u16,
    /// The instant at which the new owner takes over.
    pub(crate) moves_at: Timestamp,
}

impl Owners {
    /// Creates the owners of slot ranges. `position` returns the index of an implementation.
    pub(crate) fn new(ranges: &[SlotRange], position: impl Fn(&str) -> Option<u16>) -> Option<Self> {
        let mut end = 0_u32;
        let owned = ranges.iter().map(|SlotRange { implementation: name, length, .. }| {
            end = end.checked_add(*length)?;
            Some((end, position(name)?))
        });
        owned.collect::<Option<Arc<[_]>>>().map(Self)
    }

    #[inline]
    pub(crate) fn owner(&self, slot: u32) -> Option<u16> {
        let index = match self.0.len() {
            0..=4 => self.0.iter().position(|(end, _)| slot < *end)?,
            _ => self.0.partition_point(|(end, _)| *end <= slot),
        };
        self.0.get(index).map(|(_, owner)| *owner)
    }
}

impl Ramp {
    pub(crate) fn new(
        start: Timestamp,
        duration: u64,
        step: u32,
        overlay: &[Stretch<'_>],
        position: impl Fn(&str) -> Option<u16>,
    ) -> Option<Self> {
        let mut totals: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for stretch in overlay {
            let total = totals.entry((&stretch.from.implementation, &stretch.to.implementation)).or_default();
            *total = stretch.length.saturating_add(*total);
        }
        let mut end = 0_u32;
        let stretches = overlay.iter().map(|stretch| {
            let start = end;
            end = end.checked_add(stretch.length)?;
            let (from, to) = (position(&stretch.from.implementation)?, position(&stretch.to.implementation)?);
            let total = totals.get(&(&*stretch.from.implementation, &*stretch.to.implementation)).copied()?;
            Some(RampStretch { start, end, from, to, rank: stretch.rank, total })
        });
        Some(Self { start, duration, step: step.max(1), stretches: stretches.collect::<Option<_>>()? })
    }

    /// Returns the owners of a slot and when it moves, for traces; evaluations use [`owner`](Self::owner).
    pub(crate) fn slot_move(&self, slot: u32) -> Option<SlotMove> {
        let (stretch, rank) = self.stretch(slot)?;
        // The first millisecond at which the number of moved slots exceeds the rank.
        let moved = u64::from(rank / self.step + 1) * u64::from(self.step);
        let moved = moved.min(stretch.total.into());
        let elapsed = (u128::from(self.duration) * u128::from(moved)).div_ceil(u128::from(stretch.total));
        let moves_at = self.start.after(Duration::from_millis(u64::try_from(elapsed).unwrap_or(self.duration)));
        Some(SlotMove { from: stretch.from, to: stretch.to, moves_at })
    }

    #[inline]
    pub(crate) fn owner(&self, slot: u32, now: Timestamp) -> Option<u16> {
        let (stretch, rank) = self.stretch(slot)?;
        let progress = Progress::new(now.as_millis(), self.start.as_millis(), self.duration).in_steps(self.step);
        Some(if rank < progress.moved(stretch.total) { stretch.to } else { stretch.from })
    }

    /// Returns the stretch that contains a slot, and the slot's rank among those that move between the same two owners.
    #[inline]
    fn stretch(&self, slot: u32) -> Option<(&RampStretch, u32)> {
        let index = self.stretches.partition_point(|stretch| stretch.end <= slot);
        let stretch = self.stretches.get(index)?;
        Some((stretch, stretch.rank.saturating_add(slot.saturating_sub(stretch.start))))
    }
}
