//! What waits to be stored: bounded by the number of implementations and a few buckets.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::layout::{Grain, counter, presence};
use super::threads::Counted;
use crate::model::{Declaration, Timestamp};

/// Counts that the store does not have yet.
pub(super) struct Pending {
    /// The names of the counters of choices, by the places where threads count.
    choices: Vec<String>,
    /// The names of the counters that stand for the features of the code.
    features: Vec<String>,
    /// What was gathered so far, by place.
    gathered: Vec<u64>,
    buckets: BTreeMap<(Grain, i64), Bucket>,
    /// The day on which the store was last told that uses are being counted.
    told: Option<i64>,
}

/// Uses in a minute, hour or day.
pub(super) type Bucket = BTreeMap<Counter, u64>;

/// A counter, by its place among those of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counter {
    /// Uses of a choice.
    Choice(usize),
    /// That uses of a feature are being counted.
    Feature(usize),
}

impl Pending {
    /// Nothing waits; what was counted before are these totals. The code has these features.
    pub(super) fn new(features: &[Arc<Declaration>], before: Vec<u64>) -> Self {
        let features = features.iter().map(|feature| presence(&feature.name).into_owned()).collect();
        Self { choices: Vec::new(), features, gathered: before, buckets: BTreeMap::new(), told: None }
    }

    /// How many places it has the names of.
    pub(super) fn known(&self) -> usize {
        self.choices.len()
    }

    /// Learns what is counted at the next places.
    pub(super) fn learn(&mut self, counted: Vec<Counted>) {
        self.choices.extend(counted.iter().map(|counted| counter(&counted.feature, &counted.choice)));
    }

    /// Takes over what was counted since the last time.
    pub(super) fn gather(&mut self, totals: Vec<u64>, now: Timestamp) {
        for (place, total) in totals.iter().enumerate() {
            let before = self.gathered.get(place).copied().unwrap_or_default();
            if *total != before {
                let uses = total.wrapping_sub(before);
                Grain::ALL
                    .iter()
                    .for_each(|grain| self.add(*grain, grain.bucket(now), [(Counter::Choice(place), uses)]));
            }
        }
        self.gathered = totals;
        let today = Grain::Day.bucket(now);
        if self.told != Some(today) {
            self.told = Some(today);
            self.add(Grain::Day, today, (0..self.features.len()).map(|place| (Counter::Feature(place), 0)));
        }
        Grain::ALL.iter().for_each(|grain| self.trim(*grain));
    }

    /// Adds counts to what waits.
    pub(super) fn add(&mut self, grain: Grain, bucket: i64, counts: impl IntoIterator<Item = (Counter, u64)>) {
        let waiting = self.buckets.entry((grain, bucket)).or_default();
        for (counter, uses) in counts {
            let count = waiting.entry(counter).or_default();
            *count = count.saturating_add(uses);
        }
    }

    /// What waits, the oldest first.
    pub(super) fn waiting(&self) -> Vec<(Grain, i64)> {
        self.buckets.keys().copied().collect()
    }

    /// Whether uses wait.
    pub(super) fn has_uses(&self) -> bool {
        self.buckets.values().flat_map(Bucket::values).any(|uses| *uses > 0)
    }

    pub(super) fn take(&mut self, grain: Grain, bucket: i64) -> Bucket {
        self.buckets.remove(&(grain, bucket)).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.buckets.clear();
    }

    /// Counts as a store takes them.
    pub(super) fn deltas(&self, bucket: &Bucket) -> Vec<(String, i64)> {
        let named = |(counter, uses): (&Counter, &u64)| {
            let name = match counter {
                Counter::Choice(place) => self.choices.get(*place),
                Counter::Feature(place) => self.features.get(*place),
            };
            Some((name?.clone(), i64::try_from(*uses).unwrap_or(i64::MAX)))
        };
        bucket.iter().filter_map(named).collect()
    }

    /// Gives up the oldest of too many.
    fn trim(&mut self, grain: Grain) {
        let range = (grain, i64::MIN)..=(grain, i64::MAX);
        let surplus = self.buckets.range(range.clone()).count().saturating_sub(grain.waiting());
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
    fn while_nobody_takes_it_what_waits_is_bounded_and_the_newest() {
        let mut pending = Pending::new(&[Arc::new(Declaration::new("F", ["a", "b"]))], vec![0, 0]);
        pending.learn(["a", "b"].map(|choice| Counted { feature: "F".into(), choice: choice.into() }).into());
        let start: Timestamp = "2026-12-01T00:00:30Z".parse().expect("a time");
        for minute in 0..3 * 24 * 60_u64 {
            let now = start.after(Grain::Minute.step() * u32::try_from(minute).expect("few"));
            pending.gather(vec![minute + 1, 0], now);
        }
        let of = |grain| pending.waiting().into_iter().filter(move |(other, _)| *other == grain);
        assert_eq!((of(Grain::Minute).count(), of(Grain::Hour).count(), of(Grain::Day).count()), (60, 48, 3));
        assert_eq!(
            of(Grain::Minute).next_back().map(|(grain, bucket)| grain.key(bucket)).as_deref(),
            Some("2026-12-03T23:59:00Z")
        );
        let (day, today) = of(Grain::Day).next_back().expect("a day");
        let bucket = pending.take(day, today);
        assert_eq!(pending.deltas(&bucket), [("F\u{1f}a".to_owned(), 1_440), ("F".to_owned(), 0)]);
    }
}
