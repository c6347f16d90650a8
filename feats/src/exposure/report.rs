//! Reports: how many units each arm of an experiment has, and whether that is what its weights promise.

use std::collections::BTreeMap;

use super::sample_ratio::SampleRatio;
use super::storing::{counter, read_counter};
use crate::model::{Experiment, Weights};

/// How many units used which implementation of an experiment, as far as the store was told.
///
/// A unit counts once, for the implementation that it used first.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentReport {
    /// The feature.
    pub feature: String,
    /// The rule that the experiment is the choice of; `None` for `otherwise`.
    pub rule: Option<String>,
    /// The experiment: its seed.
    pub experiment: String,
    /// The segment whose values are the units.
    pub by: String,
    /// The share of the units that enter, in percent.
    pub share: f64,
    /// The arms, those with a weight now first, each part in order of name.
    pub arms: Vec<Arm>,
    sample_ratio: SampleRatio,
}

/// An implementation of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Its name.
    pub implementation: String,
    /// Its weight now, in percent; 0 if it has none any more.
    pub weight: f64,
    /// How many units used it first.
    pub units: u64,
    /// How many that are of all units of the experiment, in percent; 0 if there are none.
    pub share: f64,
}

/// Where an experiment stands.
pub(crate) struct Standing<'a> {
    pub(crate) feature: &'a str,
    pub(crate) rule: Option<&'a str>,
    pub(crate) experiment: &'a Experiment,
}

/// How many slots the arms of a division have, by name; those without slots are left out.
type Division<'a> = BTreeMap<&'a str, u32>;

impl ExperimentReport {
    /// Puts together what the store counted and the weights by which it came about, by version.
    pub(crate) fn new(standing: &Standing<'_>, weights: &BTreeMap<u64, Weights>, counts: &[(String, i64)]) -> Self {
        let Standing { feature, rule, experiment } = standing;
        let now = &experiment.rollout.weights;
        let mut arms: BTreeMap<&str, u64> = now.keys().map(|name| (name.as_str(), 0)).collect();
        let mut divisions: BTreeMap<Division<'_>, BTreeMap<&str, u64>> = BTreeMap::new();
        for (name, count) in counts {
            let Some((version, implementation)) = read_counter(name) else { continue };
            let units = u64::try_from(*count).unwrap_or(0);
            let weights = weights.get(&version);
            let arm = weights.into_iter().flat_map(|weights| weights.keys()).find(|arm| counter(version, arm) == *name);
            *arms.entry(arm.map_or(implementation, String::as_str)).or_default() += units;
            // A version that cannot be read any more does not say what to expect.
            if let (Some(weights), Some(arm)) = (weights, arm) {
                *divisions.entry(division(weights)).or_default().entry(arm).or_default() += units;
            }
        }
        let mut sample_ratio = SampleRatio::default();
        for (division, units) in &divisions {
            let observed = |arm: &str| units.get(arm).copied().unwrap_or(0);
            let arms: Vec<_> = division.iter().map(|(arm, slots)| (*slots, observed(arm))).collect();
            sample_ratio.add_division(&arms);
        }
        let all: u64 = arms.values().sum();
        let arm = |(name, units): (&str, u64)| Arm {
            implementation: name.to_owned(),
            weight: now.get(name).map_or(0.0, |weight| weight.0),
            units,
            share: if all == 0 { 0.0 } else { 100.0 * units as f64 / all as f64 },
        };
        let (weighted, others): (Vec<_>, Vec<_>) = arms.into_iter().map(arm).partition(|arm| arm.weight > 0.0);
        Self {
            feature: (*feature).to_owned(),
            rule: rule.map(str::to_owned),
            experiment: experiment.rollout.seed.clone().unwrap_or_default(),
            by: experiment.rollout.by.clone(),
            share: experiment.share.0,
            arms: [weighted, others].concat(),
            sample_ratio,
        }
    }

    /// How many units used the experiment.
    pub fn units(&self) -> u64 {
        self.arms.iter().map(|arm| arm.units).sum()
    }

    /// Whether the arms have the units that their weights promise.
    pub fn sample_ratio(&self) -> SampleRatio {
        self.sample_ratio
    }
}

fn division(weights: &Weights) -> Division<'_> {
    let slots = weights.iter().map(|(name, weight)| (name.as_str(), weight.slots().unwrap_or(0)));
    slots.filter(|(_, slots)| *slots > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights<const N: usize>(weights: [(&str, f64); N]) -> Weights {
        Experiment::new("UserId", weights).rollout.weights
    }

    fn counts<const N: usize>(counts: [(&str, i64); N]) -> Vec<(String, i64)> {
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    }

    #[test]
    fn versions_of_equal_weights_are_one_division() {
        let experiment = Experiment::new("UserId", [("acme", 60.0), ("aperture", 40.0), ("premium", 0.0)]);
        let standing = Standing { feature: "Payments", rule: Some("A/B"), experiment: &experiment };
        let half = weights([("acme", 50.0), ("premium", 50.0)]);
        let history = BTreeMap::from([
            (1, half.clone()),
            (2, weights([("acme", 60.0), ("aperture", 40.0), ("premium", 0.0)])),
            (3, half),
        ]);
        let counts = counts([
            ("1/acme", 30),
            ("1/premium", 10),
            ("2/acme", 60),
            ("2/aperture", 40),
            ("2/premium", 1),
            ("3/acme", 20),
            ("3/premium", 40),
            ("4/acme", 1_000),
            ("something else", 1_000),
        ]);
        let report = ExperimentReport::new(&standing, &history, &counts);
        assert_eq!(report.units(), 1_201);
        let arms: Vec<_> = report.arms.iter().map(|arm| (arm.implementation.as_str(), arm.weight, arm.units)).collect();
        assert_eq!(arms, [("acme", 60.0, 1_110), ("aperture", 40.0, 40), ("premium", 0.0, 51)]);
        assert_eq!((report.sample_ratio().chi_squared(), report.sample_ratio().degrees_of_freedom()), (0.0, 2));
    }

    #[test]
    fn an_experiment_that_nobody_used_has_arms_without_units() {
        let experiment = Experiment::new("UserId", [("acme", 50.0), ("premium", 50.0)]);
        let standing = Standing { feature: "Payments", rule: None, experiment: &experiment };
        let report = ExperimentReport::new(&standing, &BTreeMap::new(), &[]);
        assert_eq!(report.units(), 0);
        assert!(report.arms.iter().all(|arm| arm.share == 0.0));
        assert!(!report.sample_ratio().is_alarming());
    }
}
