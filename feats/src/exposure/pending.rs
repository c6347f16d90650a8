//! Exposures and counts that wait on the background thread to be stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use feats_core::__private::Experiment;
use rustc_hash::FxBuildHasher;

use super::layout::counter_name;
use super::recorder::Record;
use super::sink::Exposure;
use super::unit::{Key, stored};
use crate::model::Timestamp;

/// The maximum number of pending units. Further ones stay in the queue.
pub(super) const MAX_UNITS: usize = 1 << 17;

/// The units and counts that wait to be stored.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The units, by the key of their experiment.
    units: BTreeMap<Arc<str>, HashMap<Key, PendingUnit, FxBuildHasher>>,
    length: usize,
    /// The additions to counters, by the key of the experiment.
    counts: BTreeMap<Arc<str>, Counts>,
}

/// Additions to counters, by the name of the counter.
pub(super) type Counts = BTreeMap<String, i64>;

/// A unit that waits to be stored, with the first implementation that this program saw it use.
#[derive(Clone, Debug)]
pub(super) struct PendingUnit {
    pub(super) unit: Arc<str>,
    experiment: Arc<Experiment>,
    pub(super) implementation: Arc<str>,
    time: Timestamp,
}

impl Pending {
    /// Returns the number of pending units.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Adds a record. For each unit, only the first record is kept.
    pub(super) fn insert(&mut self, key: Key, record: Record, time: Timestamp) {
        let Record { experiment, choice, .. } = &record;
        // The engine records only implementations of the experiment, so this does not return early.
        let Some(implementation) = experiment.name(*choice) else { return };
        let units = match self.units.get_mut(&experiment.key) {
            Some(units) => units,
            None => self.units.entry(experiment.key.clone()).or_default(),
        };
        units.entry(key).or_insert_with(|| {
            self.length += 1;
            let (experiment, implementation) = (experiment.clone(), implementation.clone());
            PendingUnit { unit: stored(record.unit()).into(), experiment, implementation, time }
        });
    }

    /// Returns the implementation of a pending unit.
    pub(super) fn used(&self, experiment: &str, key: Key) -> Option<Arc<str>> {
        self.units.get(experiment)?.get(&key).map(|pending| pending.implementation.clone())
    }

    /// Returns the experiments with pending units, and the number of units.
    pub(super) fn experiments(&self) -> Vec<(Arc<str>, usize)> {
        self.units.iter().map(|(experiment, units)| (experiment.clone(), units.len())).collect()
    }

    /// Returns up to `limit` units of an experiment. They stay pending until they are [removed](Self::remove).
    pub(super) fn batch(&self, experiment: &str, limit: usize) -> Vec<(Key, PendingUnit)> {
        let units = self.units.get(experiment).into_iter().flatten();
        units.take(limit).map(|(key, unit)| (*key, unit.clone())).collect()
    }

    /// Removes a unit, because it is stored.
    pub(super) fn remove(&mut self, experiment: &str, key: Key) {
        let Some(units) = self.units.get_mut(experiment) else { return };
        if units.remove(&key).is_some() {
            self.length -= 1;
        }
        if units.is_empty() {
            self.units.remove(experiment);
        }
    }

    /// Returns the experiments with pending additions to their counters.
    pub(super) fn experiments_with_counts(&self) -> Vec<Arc<str>> {
        self.counts.keys().cloned().collect()
    }

    /// Removes and returns the pending additions to the counters of an experiment.
    pub(super) fn take_counts(&mut self, experiment: &str) -> Counts {
        self.counts.remove(experiment).unwrap_or_default()
    }

    pub(super) fn add_counts(&mut self, experiment: &Arc<str>, counts: Counts) {
        let sums = self.counts.entry(experiment.clone()).or_default();
        for (counter, count) in counts {
            let sum = sums.entry(counter).or_default();
            *sum = count.saturating_add(*sum);
        }
    }

    pub(super) fn has_counts(&self) -> bool {
        !self.counts.is_empty()
    }
}

impl PendingUnit {
    /// Returns the name of the counter for this unit.
    pub(super) fn counter(&self) -> String {
        counter_name(self.experiment.version, self.time, &self.implementation)
    }

    pub(super) fn exposure(&self) -> Exposure {
        Exposure {
            feature: self.experiment.feature.clone(),
            version: self.experiment.version,
            experiment: self.experiment.seed.clone(),
            unit: self.unit.clone(),
            implementation: self.implementation.clone(),
            time: self.time,
        }
    }
}
