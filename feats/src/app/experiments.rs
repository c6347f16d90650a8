//! Reports on a feature's experiments: what the store counted, and the weights by which it came about.

use std::collections::BTreeMap;

use feats_core::__private::experiment_key;

use super::handle::FeatureHandle;
use crate::error::{Error, ErrorKind, Result};
use crate::exposure::{COUNTS, Counter, ExperimentReport, ReportedExperiment};
use crate::model::{Experiment, Selector, State, Weights};
use crate::registry::FeatureKey;
use crate::store::StoreUse;

impl<T: FeatureKey> FeatureHandle<T> {
    /// How many units each arm of the feature's experiment has, and whether that is what its weights promise. Of several
    /// experiments, that of the first rule.
    ///
    /// This is what the store was told: programs do so [at an interval](crate::AppBuilder::exposure_interval), and
    /// [`App::flush`](crate::App::flush) does it now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the newest state has no experiment; the store cannot be read, or counts nothing.
    pub async fn experiment(&self) -> Result<ExperimentReport> {
        self.experiments().await?.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "there is no experiment in the newest state").with_feature(self.name())
        })
    }

    /// The same for all experiments of the newest state, in the order of its rules.
    ///
    /// # Errors
    /// The store cannot be read, or counts nothing.
    pub async fn experiments(&self) -> Result<Vec<ExperimentReport>> {
        let state = self.state();
        let mut reports = Vec::new();
        for (rule, experiment) in experiments(&state) {
            let seed = experiment.rollout.seed.clone().unwrap_or_default();
            let mut counts = self.counts(experiment_key(self.name(), &seed)).await?;
            if counts.is_empty() {
                // What was counted before experiments were named by feature and seed.
                counts = self.counts(seed.clone()).await?;
            }
            let first = counts.iter().filter_map(|(name, _)| Some(Counter::parse(name)?.version)).min();
            let weights = match first {
                Some(first) => self.weights_since(&seed, first).await?,
                None => BTreeMap::new(),
            };
            let standing = ReportedExperiment { feature: self.name(), rule, experiment };
            reports.push(ExperimentReport::new(&standing, &weights, &counts));
        }
        Ok(reports)
    }

    /// The counters of a key.
    async fn counts(&self, key: String) -> Result<Vec<(String, i64)>> {
        let Some(counters) = self.app().0.stores.counters.clone() else {
            let message = "no store of this app keeps counters; give it one that does, with AppBuilder::counters";
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let read = async move { counters.store.read(COUNTS, &key).await };
        self.app().call_store(StoreUse::Counters, read).await
    }

    /// The weights of an experiment in every version since one.
    async fn weights_since(&self, seed: &str, first: u64) -> Result<BTreeMap<u64, Weights>> {
        let mut weights = BTreeMap::new();
        let mut before = None;
        while before.is_none_or(|before| before > first) {
            // What was counted by a damaged revision cannot be judged; the others can.
            let (states, oldest) = self.states(before).await?;
            for (version, state) in &states {
                let known = experiments(state).find(|(_, known)| known.rollout.seed.as_deref() == Some(seed));
                weights.extend(known.map(|(_, known)| (*version, known.rollout.weights.clone())));
            }
            before = oldest;
            if before.is_none() {
                break;
            }
        }
        Ok(weights)
    }
}

/// The experiments of a state, with the names of their rules.
fn experiments(state: &State) -> impl Iterator<Item = (Option<&str>, &Experiment)> {
    let rules = state.rules.iter().map(|rule| (Some(rule.name.as_str()), &rule.select));
    let otherwise = state.otherwise.iter().map(|selector| (None, selector));
    rules.chain(otherwise).filter_map(|(rule, selector): (_, &Selector)| Some((rule, selector.experiment()?)))
}
