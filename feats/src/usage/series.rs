//! Series: uses over time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::layout::{Grain, Names, split};
use crate::model::Timestamp;

/// Uses over time, for each implementation of a feature.
///
/// As JSON: `{"start": "2026-12-01T09:00:00Z", "step_seconds": 60, "implementations": {"acme": [3, 5]}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    start: Timestamp,
    step: Duration,
    implementations: Vec<(String, Vec<u64>)>,
}

/// The uses of every feature in the last hour, by minute, including the current one.
///
/// Features without uses are omitted. Programs store their counts once per [interval](crate::AppBuilder::usage_interval), so the
/// last minutes may be incomplete.
#[derive(Clone, Debug, PartialEq)]
pub struct LastHour {
    features: BTreeMap<String, Series>,
}

impl Series {
    pub(super) fn new(start: Timestamp, step: Duration, implementations: Vec<(String, Vec<u64>)>) -> Self {
        Self { start, step, implementations }
    }

    /// Returns the start of the first step.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// Returns the length of a step. The last step may be incomplete.
    pub fn step(&self) -> Duration {
        self.step
    }

    /// Returns the uses of all implementations together in each step.
    pub fn totals(&self) -> Vec<u64> {
        let length = self.implementations.iter().map(|(_, uses)| uses.len()).max().unwrap_or(0);
        let mut totals = vec![0; length];
        for (_, uses) in &self.implementations {
            for (total, uses) in totals.iter_mut().zip(uses) {
                *total = uses.saturating_add(*total);
            }
        }
        totals
    }

    /// Returns the total number of uses.
    pub fn total(&self) -> u64 {
        self.implementations.iter().flat_map(|(_, uses)| uses).copied().fold(0, u64::saturating_add)
    }

    /// Returns the uses of each implementation in each step.
    pub fn implementations(&self) -> impl Iterator<Item = (&str, &[u64])> {
        self.implementations.iter().map(|(name, uses)| (name.as_str(), uses.as_slice()))
    }

    /// Returns the number of uses of one implementation; 0 for an unknown name.
    pub fn count(&self, implementation: &str) -> u64 {
        let uses = self.implementations.iter().filter(|(name, _)| name == implementation);
        uses.flat_map(|(_, uses)| uses).copied().fold(0, u64::saturating_add)
    }
}

impl LastHour {
    /// Builds the series from the counts of each counter since `start`.
    pub(super) fn new<'a>(
        start: Timestamp,
        counts: impl Iterator<Item = (&'a str, Vec<u64>)>,
        names: &Names<'_>,
    ) -> Self {
        let mut features: BTreeMap<String, Series> = BTreeMap::new();
        for (counter, uses) in counts {
            let (feature, implementation) = split(counter);
            let feature = features.entry(names.full(feature).to_owned());
            let series = feature.or_insert_with(|| Series::new(start, Grain::Minute.step(), Vec::new()));
            series.implementations.push((names.full(implementation).to_owned(), uses));
        }
        features.values_mut().for_each(|series| series.implementations.sort());
        Self { features }
    }

    /// Returns the uses of a feature, or `None` if there are none.
    pub fn feature(&self, name: &str) -> Option<&Series> {
        self.features.get(name)
    }

    /// Returns the features with uses, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Series)> {
        self.features.iter().map(|(name, series)| (name.as_str(), series))
    }
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut series = serializer.serialize_struct("Series", 3)?;
        series.serialize_field("start", &self.start)?;
        series.serialize_field("step_seconds", &self.step.as_secs())?;
        let implementations: BTreeMap<_, _> = self.implementations().collect();
        series.serialize_field("implementations", &implementations)?;
        series.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_stable_keys_as_json() {
        let implementations = vec![("acme".to_owned(), vec![3, 5])];
        let series = Series::new(Timestamp::from_millis(1_700_000_000_000), Duration::from_secs(60), implementations);
        let expected = serde_json::json!({
            "start": "2023-11-14T22:13:20Z", "step_seconds": 60, "implementations": {"acme": [3, 5]},
        });
        assert_eq!(serde_json::to_value(&series).ok(), Some(expected));
    }

    #[test]
    fn a_series_adds_up() {
        let start: Timestamp = "2026-12-01T09:00:00Z".parse().expect("a time");
        let counts = [("F\u{1f}b", vec![1, 0, 2]), ("G\u{1f}a", vec![0, 0, 7]), ("F\u{1f}a", vec![0, 5, 1])];
        let hour = LastHour::new(start, counts.into_iter(), &Names::new(&[]));
        assert_eq!(hour.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["F", "G"]);
        let series = hour.feature("F").expect("used");
        assert_eq!((series.totals(), series.total()), (vec![1, 5, 3], 9));
        assert_eq!((series.count("a"), series.count("b"), series.count("c")), (6, 3, 0));
        assert_eq!(series.implementations().next(), Some(("a", &[0, 5, 1][..])));
        assert_eq!(hour.feature("H"), None);
    }
}
