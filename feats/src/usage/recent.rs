//! The cache of the last hour. A minute that ended some time ago does not change, and is read only once.

use std::collections::HashMap;

use super::layout::{Counts, Grain};
use crate::model::Timestamp;

/// The number of minutes in the cache.
pub(super) const MINUTES_PER_HOUR: usize = 60;

/// The number of minutes after which a minute is final, because programs store their counts with a delay.
const LATE_MINUTES: i64 = 2;

/// The cached counts of the last hour.
#[derive(Default)]
pub(super) struct Recent {
    minutes: HashMap<i64, KnownMinute>,
    counts: HashMap<String, [u64; MINUTES_PER_HOUR]>,
}

/// The state of a cached minute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KnownMinute {
    /// The counts may still change.
    Open,
    /// The counts do not change any more.
    Final,
}

/// Returns the start of the hour that ends with a minute.
pub(super) fn start(now: i64) -> Timestamp {
    Grain::Minute.start(first_minute(now))
}

impl Recent {
    /// Returns the minutes of the last hour that must be read.
    pub(super) fn missing(&self, now: i64) -> Vec<i64> {
        (first_minute(now)..=now).filter(|minute| self.minutes.get(minute) != Some(&KnownMinute::Final)).collect()
    }

    /// Adds the counts of a minute.
    pub(super) fn insert(&mut self, minute: i64, now: i64, counts: Counts) {
        self.minutes.retain(|known, _| (first_minute(now)..=now).contains(known));
        let known = if minute + LATE_MINUTES < now { KnownMinute::Final } else { KnownMinute::Open };
        self.minutes.insert(minute, known);
        // The old counts are those of this minute, or of the one an hour ago.
        for uses in self.counts.values_mut() {
            set(uses, minute, 0);
        }
        for (counter, count) in counts {
            let uses = self.counts.entry(counter).or_insert([0; MINUTES_PER_HOUR]);
            set(uses, minute, u64::try_from(count).unwrap_or(0));
        }
        self.counts.retain(|_, uses| uses.iter().any(|uses| *uses > 0));
    }

    /// Forgets a minute, because its counts have changed.
    pub(super) fn forget(&mut self, minute: i64) {
        self.minutes.remove(&minute);
    }

    /// Returns the uses in the last hour, by the name of their counter.
    pub(super) fn counts(&self, now: i64) -> impl Iterator<Item = (&str, Vec<u64>)> {
        self.counts.iter().map(move |(counter, uses)| {
            let in_order = (first_minute(now)..=now).map(|minute| {
                let known = self.minutes.contains_key(&minute);
                uses.get(index(minute)).copied().filter(|_| known).unwrap_or_default()
            });
            (counter.as_str(), in_order.collect())
        })
    }
}

fn first_minute(now: i64) -> i64 {
    now - MINUTES_PER_HOUR as i64 + 1
}

fn index(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(MINUTES_PER_HOUR as i64)).unwrap_or_default()
}

fn set(uses: &mut [u64; MINUTES_PER_HOUR], minute: i64, count: u64) {
    if let Some(uses) = uses.get_mut(index(minute)) {
        *uses = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_read_until_it_is_final() {
        let mut recent = Recent::default();
        let now = 1_000;
        assert_eq!(recent.missing(now).len(), MINUTES_PER_HOUR);
        for minute in recent.missing(now) {
            recent.insert(minute, now, vec![("a".to_owned(), minute)]);
        }
        assert_eq!(recent.missing(now), [998, 999, 1_000]);
        recent.forget(950);
        assert_eq!(recent.missing(now + 1), [950, 998, 999, 1_000, 1_001]);
    }

    #[test]
    fn a_minute_is_dropped_after_an_hour() {
        let mut recent = Recent::default();
        recent.insert(1_000, 1_000, vec![("a".to_owned(), 7), ("b".to_owned(), 1)]);
        recent.insert(1_001, 1_001, vec![("a".to_owned(), 8)]);
        let counts = |recent: &Recent, now: i64, counter: &str| {
            recent.counts(now).find(|(name, _)| *name == counter).map(|(_, uses)| uses)
        };
        let uses = counts(&recent, 1_001, "a").expect("counted");
        assert_eq!((&uses[..58], &uses[58..]), (&[0; 58][..], &[7, 8][..]));
        recent.insert(1_060, 1_060, vec![("a".to_owned(), 9)]);
        let uses = counts(&recent, 1_060, "a").expect("counted");
        assert_eq!((uses[0], uses[59], uses.iter().sum::<u64>()), (8, 9, 17));
        assert_eq!(counts(&recent, 1_060, "b"), None);
    }
}
