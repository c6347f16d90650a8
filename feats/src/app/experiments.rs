//! Reports on the experiments of a feature: the counts in the store, with the weights that were in effect.

use std::collections::BTreeMap;

use feats_core::__private::experiment_key;

use super::handle::FeatureHandle;
use crate::error::{Error, ErrorKind, Result};
use crate::exposure::{COUNTS, Counter, ExperimentReport, ReportedExperiment};
use crate::model::{Experiment, Selector, State, Weights};
use crate::registry::FeatureKey;
use crate::store::StoreUse;

impl<T: FeatureKey> FeatureHandle<T> {
    /// Returns the number of units in each arm of the feature's experiment, and checks it against the weights. If there are
    /// several experiments, the report is about that of the first rule.
    ///
    /// The counts are those in the store. Programs store theirs [at an interval](crate::AppBuilder::exposure_interval);
    /// [`App::flush`](crate::App::flush) stores them immediately.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the newest state has no experiment; [`ErrorKind::Unsupported`] if no store of the app keeps
    /// counters; the store cannot be read.
    pub async fn experiment(&self) -> Result<ExperimentReport> {
        self.experiments().await?.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "the newest state has no experiment").with_feature(self.name())
        })
    }

    /// Returns a report, as [`experiment`](Self::experiment) does, for each experiment of the newest state, in the order of
    /// its rules.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if no store of the app keeps counters; the store cannot be read.
    pub async fn experiments(&self) -> Result<Vec<ExperimentReport>> {
        let state = self.state();
        let mut reports = Vec::new();
        for (rule, experiment) in experiments(&state) {
            let seed = experiment.rollout.seed.clone().unwrap_or_default();
            let mut counts = self.counts(experiment_key(self.name(), &seed)).await?;
            if counts.is_empty() {
                // Earlier versions named the counters by the seed alone.
                counts = self.counts(seed.clone()).await?;
            }
            let first = counts.iter().filter_map(|(name, _)| Some(Counter::parse(name)?.version)).min();
            let weights = match first {
                Some(first) => self.weights_since(&seed, first).await?,
                None => BTreeMap::new(),
            };
            let reported = ReportedExperiment { feature: self.name(), rule, experiment };
            reports.push(ExperimentReport::new(&reported, &weights, &counts));
        }
        Ok(reports)
    }

    /// Reads the counters of a key.
    async fn counts(&self, key: String) -> Result<Vec<(String, i64)>> {
        let Some(counters) = self.app().0.stores.counters.clone() else {
            let message = "no store of this app keeps counters; add one with AppBuilder::counters";
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let read = async move { counters.store.read(COUNTS, &key).await };
        self.app().call_store(StoreUse::Counters, read).await
    }

    /// Returns the weights of an experiment in every version from `first` on.
    async fn weights_since(&self, seed: &str, first: u64) -> Result<BTreeMap<u64, Weights>> {
        let mut weights = BTreeMap::new();
        let mut before = None;
        while before.is_none_or(|before| before > first) {
            // Counts of a damaged revision are reported without planned weights.
            let (states, oldest) = self.states(before).await?;
            for (version, state) in &states {
                let found = experiments(state).find(|(_, found)| found.rollout.seed.as_deref() == Some(seed));
                weights.extend(found.map(|(_, found)| (*version, found.rollout.weights.clone())));
            }
            before = oldest;
            if before.is_none() {
                break;
            }
        }
        Ok(weights)
    }
}

/// Returns the experiments of a state with the names of their rules; `None` for `otherwise`.
fn experiments(state: &State) -> impl Iterator<Item = (Option<&str>, &Experiment)> {
    let rules = state.rules.iter().map(|rule| (Some(rule.name.as_str()), &rule.select));
    let otherwise = state.otherwise.iter().map(|selector| (None, selector));
    rules.chain(otherwise).filter_map(|(rule, selector): (_, &Selector)| Some((rule, selector.experiment()?)))
}
