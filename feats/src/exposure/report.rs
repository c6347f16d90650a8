//! Reports: the units of each arm of an experiment, and the sample-ratio check.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::Counter;
use super::sample_ratio::SampleRatio;
use crate::model::{Experiment, Percent, Timestamp, Weights};

/// The number of units of each arm of an experiment, from the store's counters.
///
/// A unit is counted once, for the implementation that it used first.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentReport {
    /// The name of the feature.
    pub feature: String,
    /// The name of the rule with the experiment; `None` for `otherwise`.
    pub rule: Option<String>,
    /// The seed of the experiment.
    pub experiment: String,
    /// The segment whose values are the units.
    pub by: String,
    /// The share of the units that enter the experiment, in percent.
    pub share: f64,
    /// The arms. Arms with a weight are first, then the others, each group sorted by name.
    pub arms: Vec<Arm>,
    /// The same units, grouped by the weights at their first use, oldest first. Excludes units of versions that cannot be read any
    /// more.
    pub allocations: Vec<Allocation>,
    /// The same units, grouped by the day of their first use, oldest first. Excludes days without units, and units that were counted
    /// without a day.
    pub days: Vec<Day>,
    sample_ratio: SampleRatio,
}

/// The units that first used an experiment while it had the same weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// The versions of the state that had these weights and were used, in ascending order.
    pub versions: Vec<u64>,
    /// The arms with their weights in these versions, sorted by name. Shares are of the units of this allocation.
    pub arms: Vec<Arm>,
}

/// The units that first used an experiment on one day in UTC, by the clocks of the programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The start of the day.
    pub start: Timestamp,
    /// The number of units of each arm, in the order of the report.
    pub units: Vec<(String, u64)>,
}

/// An arm of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// The name of the implementation.
    pub implementation: String,
    /// The weight in percent; 0 if the arm has none any more.
    pub weight: f64,
    /// The number of units that used this implementation first.
    pub units: u64,
    /// The share of all units in percent; 0 if there are none.
    pub share: f64,
}

/// An experiment and its place in a state.
pub(crate) struct ReportedExperiment<'a> {
    pub(crate) feature: &'a str,
    pub(crate) rule: Option<&'a str>,
    pub(crate) experiment: &'a Experiment,
}

/// The number of slots of each arm, by name. Excludes arms without slots.
type Slots<'a> = BTreeMap<&'a str, u32>;

/// The counts of one allocation.
#[derive(Default)]
struct AllocationCounts<'a> {
    versions: BTreeSet<u64>,
    units: BTreeMap<&'a str, u64>,
}

impl ExperimentReport {
    /// Builds the report from the store's counters and the weights of each version.
    pub(crate) fn new(
        reported: &ReportedExperiment<'_>,
        weights: &BTreeMap<u64, Weights>,
        counts: &[(String, i64)],
    ) -> Self {
        let ReportedExperiment { feature, rule, experiment } = reported;
        let now = &experiment.rollout.weights;
        let mut arms: BTreeMap<&str, u64> = now.keys().map(|name| (name.as_str(), 0)).collect();
        let mut allocations: BTreeMap<Slots<'_>, AllocationCounts<'_>> = BTreeMap::new();
        let mut days: BTreeMap<Timestamp, BTreeMap<&str, u64>> = BTreeMap::new();
        for (name, count) in counts {
            let Some(counter) = Counter::parse(name) else { continue };
            let units = u64::try_from(*count).unwrap_or(0);
            let weights = weights.get(&counter.version);
            let arm = weights.into_iter().flat_map(|weights| weights.keys()).find(|arm| counter.counts(arm));
            let arm_name = arm.map_or(counter.implementation, String::as_str);
            add(arms.entry(arm_name).or_default(), units);
            if let Some(day) = counter.day {
                add(days.entry(day).or_default().entry(arm_name).or_default(), units);
            }
            // Without the weights of the version, the expected numbers are unknown.
            if let (Some(weights), Some(arm)) = (weights, arm) {
                let allocation_counts = allocations.entry(slots(weights)).or_default();
                allocation_counts.versions.insert(counter.version);
                add(allocation_counts.units.entry(arm).or_default(), units);
            }
        }
        let mut sample_ratio = SampleRatio::default();
        for (slots, allocation_counts) in &allocations {
            let observed = |arm: &str| allocation_counts.units.get(arm).copied().unwrap_or(0);
            let arms: Vec<_> = slots.iter().map(|(arm, slots)| (*slots, observed(arm))).collect();
            sample_ratio.add_allocation(&arms);
        }
        let mut allocations: Vec<_> =
            allocations.into_iter().map(|(slots, allocation_counts)| allocation_counts.allocation(&slots)).collect();
        allocations.sort_by(|a, b| a.versions.cmp(&b.versions));
        let arms = with_shares(arms, |name| now.get(name).map_or(0.0, |weight| weight.0));
        let (weighted, others): (Vec<_>, Vec<_>) = arms.into_iter().partition(|arm| arm.weight > 0.0);
        let arms = [weighted, others].concat();
        let days = days.into_iter().map(|(start, units)| Day::new(start, &arms, &units)).collect();
        Self {
            feature: (*feature).to_owned(),
            rule: rule.map(str::to_owned),
            experiment: experiment.rollout.seed.clone().unwrap_or_default(),
            by: experiment.rollout.by.to_string(),
            share: experiment.share.0,
            arms,
            allocations,
            days,
            sample_ratio,
        }
    }

    /// Returns the number of units that used the experiment.
    pub fn units(&self) -> u64 {
        self.arms.iter().map(|arm| arm.units).fold(0, u64::saturating_add)
    }

    /// Returns the result of the sample-ratio check.
    pub fn sample_ratio(&self) -> SampleRatio {
        self.sample_ratio
    }
}

impl Day {
    /// Returns the date, such as `2026-12-01`.
    pub fn date(&self) -> String {
        self.start.date()
    }

    fn new(start: Timestamp, arms: &[Arm], units: &BTreeMap<&str, u64>) -> Self {
        let count = |arm: &Arm| units.get(arm.implementation.as_str()).copied().unwrap_or(0);
        Self { start, units: arms.iter().map(|arm| (arm.implementation.clone(), count(arm))).collect() }
    }
}

impl AllocationCounts<'_> {
    fn allocation(self, slots: &Slots<'_>) -> Allocation {
        let unused = slots.keys().map(|name| (*name, 0));
        let arms = unused.chain(self.units).collect();
        let weight = |name: &str| slots.get(name).map_or(0.0, |slots| Percent::from_slots(*slots).0);
        Allocation { versions: self.versions.into_iter().collect(), arms: with_shares(arms, weight) }
    }
}

/// Adds with saturation, because counters of a store may have any value.
fn add(sum: &mut u64, units: u64) {
    *sum = sum.saturating_add(units);
}

/// Builds arms with their shares of all units.
fn with_shares(arms: BTreeMap<&str, u64>, weight: impl Fn(&str) -> f64) -> Vec<Arm> {
    let all = arms.values().copied().fold(0, u64::saturating_add);
    let arm = |(name, units): (&str, u64)| Arm {
        implementation: name.to_owned(),
        weight: weight(name),
        units,
        share: if all == 0 { 0.0 } else { 100.0 * units as f64 / all as f64 },
    };
    arms.into_iter().map(arm).collect()
}

fn slots(weights: &Weights) -> Slots<'_> {
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
    fn versions_with_equal_weights_are_one_allocation() {
        let experiment = Experiment::new("UserId", [("acme", 60.0), ("aperture", 40.0), ("premium", 0.0)]);
        let reported = ReportedExperiment { feature: "Payments", rule: Some("A/B"), experiment: &experiment };
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
        let report = ExperimentReport::new(&reported, &history, &counts);
        assert_eq!(report.units(), 1_201);
        let arms: Vec<_> = report.arms.iter().map(|arm| (arm.implementation.as_str(), arm.weight, arm.units)).collect();
        assert_eq!(arms, [("acme", 60.0, 1_110), ("aperture", 40.0, 40), ("premium", 0.0, 51)]);
        assert_eq!((report.sample_ratio().chi_squared(), report.sample_ratio().degrees_of_freedom()), (0.0, 2));
        let allocations = report.allocations.iter().map(|allocation| {
            let arm = |arm: &Arm| (arm.implementation.clone(), arm.weight, arm.units);
            (allocation.versions.clone(), allocation.arms.iter().map(arm).collect::<Vec<_>>())
        });
        let arm = |name: &str, weight, units| (name.to_owned(), weight, units);
        let expected = [
            (vec![1, 3], vec![arm("acme", 50.0, 50), arm("premium", 50.0, 50)]),
            (vec![2], vec![arm("acme", 60.0, 60), arm("aperture", 40.0, 40), arm("premium", 0.0, 1)]),
        ];
        assert_eq!(allocations.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn days_are_in_order_with_every_arm_and_add_up_to_the_arms() {
        let experiment = Experiment::new("UserId", [("acme", 90.0), ("premium", 10.0)]);
        let reported = ReportedExperiment { feature: "Payments", rule: None, experiment: &experiment };
        let history = BTreeMap::from([
            (1, weights([("acme", 50.0), ("premium", 50.0)])),
            (2, experiment.rollout.weights.clone()),
        ]);
        let counts = counts([
            ("10/2026-12-03\u{1f}acme", 4),
            ("1/2026-12-01\u{1f}acme", 7),
            ("1/2026-12-01\u{1f}aperture", 1),
            ("1/2026-12-01\u{1f}premium", 5),
            ("2/2026-11-30\u{1f}premium", 2),
            ("2/2026-12-01\u{1f}acme", 30),
            ("2/some day\u{1f}acme", 1_000),
        ]);
        let report = ExperimentReport::new(&reported, &history, &counts);
        let days: Vec<_> = report.days.iter().map(|day| (day.date(), day.units.clone())).collect();
        let day = |date: &str, acme, premium, aperture| {
            let units = [("acme", acme), ("premium", premium), ("aperture", aperture)];
            (date.to_owned(), units.map(|(arm, units)| (arm.to_owned(), units)).to_vec())
        };
        assert_eq!(days, [day("2026-11-30", 0, 2, 0), day("2026-12-01", 37, 5, 1), day("2026-12-03", 4, 0, 0)]);
        for (index, arm) in report.arms.iter().enumerate() {
            assert_eq!(
                arm.units,
                report.days.iter().map(|day| day.units[index].1).sum::<u64>(),
                "{}",
                arm.implementation
            );
        }
        assert_eq!(report.allocations.len(), 2);
        assert_eq!(report.units(), 49);
    }

    #[test]
    fn an_unused_experiment_has_arms_without_units() {
        let experiment = Experiment::new("UserId", [("acme", 50.0), ("premium", 50.0)]);
        let reported = ReportedExperiment { feature: "Payments", rule: None, experiment: &experiment };
        let report = ExperimentReport::new(&reported, &BTreeMap::new(), &[]);
        assert_eq!((report.units(), report.days.len()), (0, 0));
        assert!(report.arms.iter().all(|arm| arm.share == 0.0));
        assert!(!report.sample_ratio().is_alarming());
    }
}
