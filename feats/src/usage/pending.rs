//! Counts that wait to be stored, bounded by the number of implementations and a few buckets.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layout::{Grain, counter_name, presence_name};
use super::threads::CounterKey;
use crate::model::{Declaration, Timestamp};

/// Counts that the store does not have yet.
pub(super) struct Pending {
    /// The choices, by the index at which threads count them.
    choices: Vec<CounterKey>,
    /// The features that have presence counters: those of the code, then the flags.
    features: Vec<Arc<str>>,
    /// The totals of the last gathering, by index.
    gathered: Vec<u64>,
    buckets: BTreeMap<(Grain, i64), Bucket>,
    /// The last day for which the presence counters were added.
    presence_day: Option<i64>,
}

/// Uses in a minute, hour or day.
pub(super) type Bucket = BTreeMap<Counter, u64>;

/// A counter, by its index among the counters of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counter {
    /// The counter of a choice.
    Choice(usize),
    /// The presence counter of a feature.
    Feature(usize),
}

impl Pending {
    /// Creates an empty set for the features of the code. `before` are the totals that are not stored any more.
    pub(super) fn new(features: &[Arc<Declaration>], before: Vec<u64>) -> Self {
        let features = features.iter().map(|feature| feature.name.clone()).collect();
        Self { choices: Vec::new(), features, gathered: before, buckets: BTreeMap::new(), presence_day: None }
    }

    /// Returns the number of indexes with a known name.
    pub(super) fn named_count(&self) -> usize {
        self.choices.len()
    }

    /// Adds the names of the counters at the next indexes.
    pub(super) fn add_names(&mut self, keys: Vec<CounterKey>) {
        self.choices.extend(keys);
    }

    /// Adds the presence counters of further features.
    pub(super) fn add_features(&mut self, names: impl IntoIterator<Item = Arc<str>>) {
        let first = self.features.len();
        self.features.extend(names);
        let added = first..self.features.len();
        if let Some(today) = self.presence_day {
            self.add(Grain::Day, today, added.map(|index| (Counter::Feature(index), 0)));
        }
    }

    /// Adds the uses since the last call.
    pub(super) fn gather(&mut self, totals: Vec<u64>, now: Timestamp) {
        for (index, total) in totals.iter().enumerate() {
            let before = self.gathered.get(index).copied().unwrap_or_default();
            if *total != before {
                let uses = total.wrapping_sub(before);
                Grain::ALL
                    .iter()
                    .for_each(|grain| self.add(*grain, grain.bucket(now), [(Counter::Choice(index), uses)]));
            }
        }
        self.gathered = totals;
        let today = Grain::Day.bucket(now);
        if self.presence_day != Some(today) {
            self.presence_day = Some(today);
            self.add(Grain::Day, today, (0..self.features.len()).map(|index| (Counter::Feature(index), 0)));
        }
        Grain::ALL.iter().for_each(|grain| self.trim(*grain));
    }

    /// Adds counts to a bucket.
    pub(super) fn add(&mut self, grain: Grain, bucket: i64, counts: impl IntoIterator<Item = (Counter, u64)>) {
        let waiting = self.buckets.entry((grain, bucket)).or_default();
        for (counter, uses) in counts {
            let count = waiting.entry(counter).or_default();
            *count = count.saturating_add(uses);
        }
    }

    /// Returns the pending buckets, oldest first.
    pub(super) fn buckets(&self) -> Vec<(Grain, i64)> {
        self.buckets.keys().copied().collect()
    }

    /// Returns `true` if uses are pending.
    pub(super) fn has_uses(&self) -> bool {
        self.buckets.values().flat_map(Bucket::values).any(|uses| *uses > 0)
    }

    pub(super) fn take(&mut self, grain: Grain, bucket: i64) -> Bucket {
        self.buckets.remove(&(grain, bucket)).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.buckets.clear();
    }

    /// Converts a bucket to additions for a store.
    pub(super) fn deltas(&self, bucket: &Bucket) -> Vec<(String, i64)> {
        let named = |(counter, uses): (&Counter, &u64)| {
            let name = match counter {
                Counter::Choice(index) => self.choices.get(*index).map(|key| counter_name(&key.feature, &key.choice)),
                Counter::Feature(index) => self.features.get(*index).map(|name| presence_name(name).into_owned()),
            };
            Some((name?, i64::try_from(*uses).unwrap_or(i64::MAX)))
        };
        bucket.iter().filter_map(named).collect()
    }

    /// Drops the oldest buckets beyond the maximum.
    fn trim(&mut self, grain: Grain) {
        let range = (grain, i64::MIN)..=(grain, i64::MAX);
        let surplus = self.buckets.range(range.clone()).count().saturating_sub(grain.max_pending());
        let oldest: Vec<_> = self.buckets.range(range).take(surplus).map(|(bucket, _)| *bucket).collect();
        for bucket in oldest {
            self.buckets.remove(&bucket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_store_the_newest_buckets_are_kept() {
        let mut pending = Pending::new(&[Arc::new(Declaration::new("F", ["a", "b"]))], vec![0, 0]);
        pending.add_names(["a", "b"].map(|choice| CounterKey { feature: "F".into(), choice: choice.into() }).into());
        let start: Timestamp = "2026-12-01T00:00:30Z".parse().expect("a time");
        for minute in 0..3 * 24 * 60_u64 {
            let now = start.after(Grain::Minute.step() * u32::try_from(minute).expect("small"));
            pending.gather(vec![minute + 1, 0], now);
        }
        let buckets = |grain| pending.buckets().into_iter().filter(move |(other, _)| *other == grain);
        assert_eq!(
            (buckets(Grain::Minute).count(), buckets(Grain::Hour).count(), buckets(Grain::Day).count()),
            (60, 48, 3)
        );
        assert_eq!(
            buckets(Grain::Minute).next_back().map(|(grain, bucket)| grain.key(bucket)).as_deref(),
            Some("2026-12-03T23:59:00Z")
        );
        let (day, today) = buckets(Grain::Day).next_back().expect("a day");
        let bucket = pending.take(day, today);
        assert_eq!(pending.deltas(&bucket), [("F\u{1f}a".to_owned(), 1_440), ("F".to_owned(), 0)]);
    }
}
