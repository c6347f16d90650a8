//! What waits on the background thread to be stored: units with the first choice that this program saw, and counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use feats_core::__private::Experiment;
use rustc_hash::FxBuildHasher;

use super::layout::counter;
use super::recorder::Record;
use super::sink::Exposure;
use super::unit::{Key, stored};
use crate::model::Timestamp;

/// How many units wait to be stored, at most. More of them stay in the queue.
pub(super) const UNITS: usize = 1 << 17;

/// What waits to be stored.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Units by the key of their experiment.
    units: BTreeMap<Arc<str>, HashMap<Key, Waiting, FxBuildHasher>>,
    length: usize,
    /// What is still to be added to the store's counters, by the key of the experiment and the counter.
    counts: BTreeMap<Arc<str>, Counts>,
}

/// What is to be added to counters, by their names.
pub(super) type Counts = BTreeMap<String, i64>;

/// A unit that waits to be stored.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) unit: Arc<str>,
    experiment: Arc<Experiment>,
    pub(super) implementation: Arc<str>,
    time: Timestamp,
}

impl Pending {
    /// How many units wait.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Takes a record over. Of one unit, the first counts.
    pub(super) fn insert(&mut self, key: Key, record: Record, time: Timestamp) {
        let Record { experiment, choice, .. } = &record;
        // The engine gives only what the experiment has.
        let Some(implementation) = experiment.name(*choice) else { return };
        let units = match self.units.get_mut(&experiment.key) {
            Some(units) => units,
            None => self.units.entry(experiment.key.clone()).or_default(),
        };
        units.entry(key).or_insert_with(|| {
            self.length += 1;
            let (experiment, implementation) = (experiment.clone(), implementation.clone());
            Waiting { unit: stored(record.unit()).into(), experiment, implementation, time }
        });
    }

    /// What the unit uses, if that waits to be stored.
    pub(super) fn used(&self, experiment: &str, key: Key) -> Option<Arc<str>> {
        self.units.get(experiment)?.get(&key).map(|waiting| waiting.implementation.clone())
    }

    /// The experiments of which units wait.
    pub(super) fn experiments(&self) -> Vec<(Arc<str>, usize)> {
        self.units.iter().map(|(experiment, units)| (experiment.clone(), units.len())).collect()
    }

    /// Some units of an experiment. They go on waiting until they are [removed](Self::remove).
    pub(super) fn batch(&self, experiment: &str, most: usize) -> Vec<(Key, Waiting)> {
        let units = self.units.get(experiment).into_iter().flatten();
        units.take(most).map(|(key, waiting)| (*key, waiting.clone())).collect()
    }

    /// A unit is stored.
    pub(super) fn remove(&mut self, experiment: &str, key: Key) {
        let Some(units) = self.units.get_mut(experiment) else { return };
        if units.remove(&key).is_some() {
            self.length -= 1;
        }
        if units.is_empty() {
            self.units.remove(experiment);
        }
    }

    /// The experiments with something to be added to their counters.
    pub(super) fn counted(&self) -> Vec<Arc<str>> {
        self.counts.keys().cloned().collect()
    }

    /// What is to be added to an experiment's counters, which from now on is the caller's to do.
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

impl Waiting {
    /// The counter that it is counted by.
    pub(super) fn counter(&self) -> String {
        counter(self.experiment.version, self.time, &self.implementation)
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
