//! Compiled experiments.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::owners::Owners;

use crate::bucketing::Seed;
use crate::model::{Reassigned, ReassignedKind, SLOTS, Value, experiment_key};

/// A compiled experiment, shared by the routes, questions and exposures of one revision. Clones share what is large.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The feature's name.
    pub feature: Arc<str>,
    /// The seed, which is the experiment's name within its feature.
    pub seed: Arc<str>,
    /// The experiment's name in stores, made of feature and seed: what units used is stored under it.
    pub key: Arc<str>,
    /// 64 bits of hash of the key: tells the units of this experiment from those of all others in memory.
    pub key_hash: u64,
    /// The version of the state that it is part of.
    pub version: u64,
    /// The implementations that it may give, also those of weight 0.
    arms: Arc<[(u16, Arc<str>)]>,
    territory: ExperimentAllocation,
}

/// Who is in an experiment, who gets what, and whose history may say otherwise.
#[derive(Clone, Debug)]
pub(crate) struct ExperimentAllocation {
    seed: Seed,
    owners: Owners,
    /// Decides who enters: not by the slot, because then those who enter would all get the first arm.
    entry_seed: Seed,
    /// Units whose entry position is below this one enter.
    share: u32,
    /// Units whose entry position is not below this one never entered.
    reach: u32,
    /// Slots that changed hands: from the first to before the last.
    reassigned: Arc<[(u32, u32)]>,
}

/// Where a unit stands in an experiment by its slot alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExperimentPosition {
    pub(crate) slot: u32,
    /// The slot's owner; `None` if the unit does not enter.
    pub(crate) owner: Option<u16>,
    /// Whether the unit may have used something else, so that its history has to be asked.
    pub(crate) reassigned: bool,
}

impl Experiment {
    pub(crate) fn new(
        feature: Arc<str>,
        seed: Arc<str>,
        version: u64,
        arms: Arc<[(u16, Arc<str>)]>,
        territory: ExperimentAllocation,
    ) -> Self {
        let key: Arc<str> = experiment_key(&feature, &seed).into();
        Self { feature, seed, version, key_hash: xxh3_64(key.as_bytes()), key, arms, territory }
    }

    /// The same experiment in another version of the state.
    pub(crate) fn at_version(&self, version: u64) -> Self {
        Self { version, ..self.clone() }
    }

    /// The position of an implementation; `None` if it was taken out of the weights, and so is given to nobody.
    #[inline]
    pub fn position(&self, name: &str) -> Option<u16> {
        self.arms.iter().find(|(_, known)| **known == *name).map(|(position, _)| *position)
    }

    /// The name of an implementation that the experiment may give.
    #[inline]
    pub fn name(&self, choice: u16) -> Option<&Arc<str>> {
        self.arms.iter().find(|(position, _)| *position == choice).map(|(_, name)| name)
    }

    /// 64 bits of hash of a unit: another one for each experiment, also where two features have the same seed.
    #[inline]
    pub fn hash(&self, unit: &str) -> u64 {
        self.territory.seed.hash(unit.as_bytes()) ^ self.key_hash
    }

    /// Where a unit stands; `None` if it is no unit, or never entered.
    #[inline]
    pub(crate) fn place(&self, unit: &Value<'_>) -> Option<ExperimentPosition> {
        let territory = &self.territory;
        let slot = territory.seed.slot(unit)?;
        let enters = territory.share == SLOTS || {
            let entry = territory.entry_seed.slot(unit)?;
            if entry >= territory.reach {
                return None;
            }
            entry < territory.share
        };
        let owner = if enters { Some(territory.owners.owner(slot)?) } else { None };
        Some(ExperimentPosition { slot, owner, reassigned: !enters || territory.is_reassigned(slot) })
    }
}

/// For those who want to see how a unit came to its place.
impl Experiment {
    pub(crate) fn slot(&self, unit: &Value<'_>) -> Option<u32> {
        self.territory.seed.slot(unit)
    }

    pub(crate) fn owner(&self, slot: u32) -> Option<u16> {
        self.territory.owners.owner(slot)
    }

    /// The entry position of a unit, and the share below which it enters; `None` where everyone does.
    pub(crate) fn entry(&self, unit: &Value<'_>) -> Option<(u32, u32)> {
        let territory = &self.territory;
        (territory.share < SLOTS).then(|| Some((territory.entry_seed.slot(unit)?, territory.share)))?
    }
}

impl ExperimentAllocation {
    pub(crate) fn new(text: &str, seed: Seed, share: u32, owners: Owners, reassigned: &[Reassigned]) -> Self {
        let of = |wanted| {
            let reassigned =
                Reassigned::united(reassigned.to_vec()).into_iter().filter(move |reassigned| reassigned.kind == wanted);
            reassigned.map(|Reassigned { first, length: count, .. }| (first, first.saturating_add(count)))
        };
        let reach = of(ReassignedKind::Entry).map(|(_, end)| end).fold(share, u32::max);
        let entry_seed = Seed::new(&format!("{text}/share"));
        Self { seed, owners, entry_seed, share, reach, reassigned: of(ReassignedKind::Slot).collect() }
    }

    #[inline]
    fn is_reassigned(&self, slot: u32) -> bool {
        let after = self.reassigned.partition_point(|(first, _)| *first <= slot);
        after.checked_sub(1).and_then(|at| self.reassigned.get(at)).is_some_and(|(_, end)| slot < *end)
    }
}
