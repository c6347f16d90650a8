//! Compiled selectors.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::experiment::Experiment;
use super::route::Source;
use crate::model::division::{Progress, Stretch};
use crate::model::{Run, Seed, Timestamp};

/// A compiled selector.
#[derive(Clone, Debug)]
pub(super) enum Select {
    Static(u16),
    Rollout(Arc<Rollout>),
    /// By the units of a segment.
    Experiment(Source, Arc<Experiment>),
}

#[derive(Debug)]
pub(super) struct Rollout {
    /// `None` draws a slot for each evaluation.
    pub(super) by: Option<Source>,
    pub(super) seed: Seed,
    pub(super) owners: Owners,
    pub(super) ramp: Option<Ramp>,
}

/// Who owns which slots: the end of each run and its owner.
#[derive(Clone, Debug)]
pub(super) struct Owners(Arc<[(u32, u16)]>);

/// A ramp from one division to another.
#[derive(Debug)]
pub(super) struct Ramp {
    pub(super) start: Timestamp,
    /// In milliseconds.
    pub(super) duration: u64,
    stretches: Box<[RampStretch]>,
}

/// Slots up to `end` that go from one owner to another.
#[derive(Debug)]
struct RampStretch {
    start: u32,
    end: u32,
    from: u16,
    to: u16,
    /// How many slots that move between the same two owners lie before these, and how many there are in all.
    rank: u32,
    total: u32,
}

/// What a ramp does to one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RampSide {
    pub(super) from: u16,
    pub(super) to: u16,
    /// The instant from which the slot is its new owner's.
    pub(super) at: Timestamp,
}

impl Select {
    /// The same selector in another version of the state: uses of experiments are counted by version.
    pub(super) fn at_version(&self, version: u64) -> Self {
        match self {
            Select::Experiment(by, experiment) => Select::Experiment(*by, Arc::new(experiment.at_version(version))),
            select => select.clone(),
        }
    }

    pub(super) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        let by = match self {
            Select::Static(_) => None,
            Select::Rollout(rollout) => Arc::get_mut(rollout).and_then(|rollout| rollout.by.as_mut()),
            Select::Experiment(by, _) => Some(by),
        };
        by.into_iter().for_each(visit);
    }
}

impl Rollout {
    /// The owner of a slot at an instant, which is read only if a ramp needs it.
    #[inline]
    pub(super) fn owner(&self, slot: u32, now: impl FnOnce() -> Timestamp) -> Option<u16> {
        match &self.ramp {
            None => self.owners.of(slot),
            Some(ramp) => ramp.owner(slot, now()),
        }
    }
}

impl Owners {
    /// `position` gives the position of an implementation.
    pub(super) fn new(runs: &[Run], position: impl Fn(&str) -> Option<u16>) -> Option<Self> {
        let mut end = 0_u32;
        let owned = runs.iter().map(|Run(name, length, _)| {
            end = end.checked_add(*length)?;
            Some((end, position(name)?))
        });
        owned.collect::<Option<Arc<[_]>>>().map(Self)
    }

    #[inline]
    pub(super) fn of(&self, slot: u32) -> Option<u16> {
        let at = match self.0.len() {
            0..=4 => self.0.iter().position(|(end, _)| slot < *end)?,
            _ => self.0.partition_point(|(end, _)| *end <= slot),
        };
        self.0.get(at).map(|(_, owner)| *owner)
    }
}

impl Ramp {
    pub(super) fn new(
        start: Timestamp,
        duration: u64,
        overlay: &[Stretch<'_>],
        position: impl Fn(&str) -> Option<u16>,
    ) -> Option<Self> {
        let mut totals: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for stretch in overlay {
            let total = totals.entry((&stretch.from.0, &stretch.to.0)).or_default();
            *total = stretch.length.saturating_add(*total);
        }
        let mut end = 0_u32;
        let stretches = overlay.iter().map(|stretch| {
            let start = end;
            end = end.checked_add(stretch.length)?;
            let (from, to) = (position(&stretch.from.0)?, position(&stretch.to.0)?);
            let total = totals.get(&(&*stretch.from.0, &*stretch.to.0)).copied()?;
            Some(RampStretch { start, end, from, to, rank: stretch.rank, total })
        });
        Some(Self { start, duration, stretches: stretches.collect::<Option<_>>()? })
    }

    /// When and between whom a slot moves; [`owner`](Self::owner) is what decides.
    pub(super) fn side(&self, slot: u32) -> Option<RampSide> {
        let (stretch, rank) = self.stretch(slot)?;
        // The first millisecond at which the share of the duration that has passed, in slots, exceeds the rank.
        let elapsed = (u128::from(self.duration) * (u128::from(rank) + 1)).div_ceil(u128::from(stretch.total));
        let at = self.start.after(Duration::from_millis(u64::try_from(elapsed).unwrap_or(self.duration)));
        Some(RampSide { from: stretch.from, to: stretch.to, at })
    }

    fn owner(&self, slot: u32, now: Timestamp) -> Option<u16> {
        let (stretch, rank) = self.stretch(slot)?;
        let progress = Progress::at(now.as_millis(), self.start.as_millis(), self.duration);
        Some(if rank < progress.moved(stretch.total) { stretch.to } else { stretch.from })
    }

    /// The stretch that a slot lies in, and its rank among the slots that move between the same two owners.
    fn stretch(&self, slot: u32) -> Option<(&RampStretch, u32)> {
        let at = self.stretches.partition_point(|stretch| stretch.end <= slot);
        let stretch = self.stretches.get(at)?;
        Some((stretch, stretch.rank.saturating_add(slot.saturating_sub(stretch.start))))
    }
}
