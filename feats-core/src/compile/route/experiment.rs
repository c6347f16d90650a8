//! Compiled experiments.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::owners::Owners;

use crate::bucketing::Seed;
use crate::model::{Reassigned, ReassignedKind, SLOTS, Value, experiment_key};

/// A compiled experiment, shared by the routes, lookups and exposures of one revision. Clones share the large parts.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The feature's name.
    pub feature: Arc<str>,
    /// The seed, which identifies the experiment within its feature.
    pub seed: Arc<str>,
    /// The experiment's key in stores, derived from feature and seed.
    pub key: Arc<str>,
    /// A 64-bit hash of the key, which distinguishes the units of different experiments in cache_index.
    pub key_hash: u64,
    /// The version of the state.
    pub version: u64,
    /// The implementations of the weights, including those with weight 0.
    arms: Arc<[(u16, Arc<str>)]>,
    allocation: ExperimentAllocation,
}

/// The slot and entry allocation of an experiment, and the units whose history may differ.
#[derive(Clone, Debug)]
pub(crate) struct ExperimentAllocation {
    seed: Seed,
    owners: Owners,
    /// The seed of entry positions. The slot does not decide about entry: otherwise all entering units would get the first arm.
    entry_seed: Seed,
    /// Units with an entry position below this one enter.
    share: u32,
    /// Units with this entry position or a higher one have never entered.
    reach: u32,
    /// Ranges of slots that changed owner: first slot, and end (exclusive).
    reassigned: Arc<[(u32, u32)]>,
}

/// The position of a unit in an experiment, without regard to its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExperimentPosition {
    pub(crate) slot: u32,
    /// The slot's owner; `None` if the unit does not enter.
    pub(crate) owner: Option<u16>,
    /// `true` if the unit may have used another implementation, so that its history must be looked up.
    pub(crate) reassigned: bool,
}

impl Experiment {
    pub(crate) fn new(
        feature: Arc<str>,
        seed: Arc<str>,
        version: u64,
        arms: Arc<[(u16, Arc<str>)]>,
        allocation: ExperimentAllocation,
    ) -> Self {
        let key: Arc<str> = experiment_key(&feature, &seed).into();
        Self { feature, seed, version, key_hash: xxh3_64(key.as_bytes()), key, arms, allocation }
    }

    /// Returns the same experiment in another version of the state.
    pub(crate) fn at_version(&self, version: u64) -> Self {
        Self { version, ..self.clone() }
    }

    /// Returns the index of an implementation; `None` if it has no weight, and is therefore not served.
    #[inline]
    pub fn position(&self, name: &str) -> Option<u16> {
        self.arms.iter().find(|(_, known)| **known == *name).map(|(position, _)| *position)
    }

    /// Returns the name of an implementation with a weight.
    #[inline]
    pub fn name(&self, choice: u16) -> Option<&Arc<str>> {
        self.arms.iter().find(|(position, _)| *position == choice).map(|(_, name)| name)
    }

    /// Returns a 64-bit hash of a unit, which differs between experiments even if two features have the same seed.
    #[inline]
    pub fn hash(&self, unit: &str) -> u64 {
        self.allocation.seed.hash(unit.as_bytes()) ^ self.key_hash
    }

    /// Returns the position of a unit; `None` if it is not a unit, or has never entered.
    #[inline]
    pub(crate) fn locate(&self, unit: &Value<'_>) -> Option<ExperimentPosition> {
        let allocation = &self.allocation;
        let slot = allocation.seed.slot(unit)?;
        let enters = allocation.share == SLOTS || {
            let entry = allocation.entry_seed.slot(unit)?;
            if entry >= allocation.reach {
                return None;
            }
            entry < allocation.share
        };
        let owner = if enters { Some(allocation.owners.owner(slot)?) } else { None };
        Some(ExperimentPosition { slot, owner, reassigned: !enters || allocation.is_reassigned(slot) })
    }
}

/// Accessors for traces.
impl Experiment {
    pub(crate) fn slot(&self, unit: &Value<'_>) -> Option<u32> {
        self.allocation.seed.slot(unit)
    }

    pub(crate) fn owner(&self, slot: u32) -> Option<u16> {
        self.allocation.owners.owner(slot)
    }

    /// Returns the entry position of a unit, and the share below which it enters; `None` if every unit enters.
    pub(crate) fn entry(&self, unit: &Value<'_>) -> Option<(u32, u32)> {
        let allocation = &self.allocation;
        (allocation.share < SLOTS).then(|| Some((allocation.entry_seed.slot(unit)?, allocation.share)))?
    }
}

impl ExperimentAllocation {
    pub(crate) fn new(text: &str, seed: Seed, share: u32, owners: Owners, reassigned: &[Reassigned]) -> Self {
        let ranges = |wanted| {
            let reassigned =
                Reassigned::merged(reassigned.to_vec()).into_iter().filter(move |reassigned| reassigned.kind == wanted);
            reassigned.map(|Reassigned { first, length, .. }| (first, first.saturating_add(length)))
        };
        let reach = ranges(ReassignedKind::Entry).map(|(_, end)| end).fold(share, u32::max);
        let entry_seed = Seed::new(&format!("{text}/share"));
        Self { seed, owners, entry_seed, share, reach, reassigned: ranges(ReassignedKind::Slot).collect() }
    }

    #[inline]
    fn is_reassigned(&self, slot: u32) -> bool {
        let after = self.reassigned.partition_point(|(first, _)| *first <= slot);
        after.checked_sub(1).and_then(|index| self.reassigned.get(index)).is_some_and(|(_, end)| slot < *end)
    }
}
