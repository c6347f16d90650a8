//! The last hour as the store told it: a minute that is over for a while does not change, and is read once.

use std::collections::HashMap;

use super::layout::{Counts, Grain};
use crate::model::Timestamp;

/// How many minutes an hour has.
pub(super) const MINUTES: usize = 60;

/// How many minutes after its end a minute may still change: programs store what they counted a little later.
const LATE: i64 = 2;

/// What is known of the last hour.
#[derive(Default)]
pub(super) struct Recent {
    minutes: HashMap<i64, KnownMinute>,
    counts: HashMap<String, [u64; MINUTES]>,
}

/// Whether a minute may still change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KnownMinute {
    SoFar,
    Settled,
}

/// When the hour up to a minute begins.
pub(super) fn first(now: i64) -> Timestamp {
    Grain::Minute.start(begin(now))
}

impl Recent {
    /// The minutes of the hour up to now that have to be read.
    pub(super) fn missing(&self, now: i64) -> Vec<i64> {
        (begin(now)..=now).filter(|minute| self.minutes.get(minute) != Some(&KnownMinute::Settled)).collect()
    }

    /// Takes over what was counted in a minute.
    pub(super) fn learn(&mut self, minute: i64, now: i64, counts: Counts) {
        self.minutes.retain(|known, _| (begin(now)..=now).contains(known));
        let known = if minute + LATE < now { KnownMinute::Settled } else { KnownMinute::SoFar };
        self.minutes.insert(minute, known);
        // Whatever stood there was this minute before, or one of an hour ago.
        for uses in self.counts.values_mut() {
            set(uses, minute, 0);
        }
        for (counter, count) in counts {
            let uses = self.counts.entry(counter).or_insert([0; MINUTES]);
            set(uses, minute, u64::try_from(count).unwrap_or(0));
        }
        self.counts.retain(|_, uses| uses.iter().any(|uses| *uses > 0));
    }

    /// Has a minute read anew: something was added to it.
    pub(super) fn forget(&mut self, minute: i64) {
        self.minutes.remove(&minute);
    }

    /// The uses in the hour up to now, by the name of their counter.
    pub(super) fn counts(&self, now: i64) -> impl Iterator<Item = (&str, Vec<u64>)> {
        self.counts.iter().map(move |(counter, uses)| {
            let in_order = (begin(now)..=now).map(|minute| {
                let known = self.minutes.contains_key(&minute);
                uses.get(place(minute)).copied().filter(|_| known).unwrap_or_default()
            });
            (counter.as_str(), in_order.collect())
        })
    }
}

fn begin(now: i64) -> i64 {
    now - MINUTES as i64 + 1
}

fn place(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(MINUTES as i64)).unwrap_or_default()
}

fn set(uses: &mut [u64; MINUTES], minute: i64, count: u64) {
    if let Some(uses) = uses.get_mut(place(minute)) {
        *uses = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_read_until_it_is_settled() {
        let mut recent = Recent::default();
        let now = 1_000;
        assert_eq!(recent.missing(now).len(), MINUTES);
        for minute in recent.missing(now) {
            recent.learn(minute, now, vec![("a".to_owned(), minute)]);
        }
        assert_eq!(recent.missing(now), [998, 999, 1_000]);
        recent.forget(950);
        assert_eq!(recent.missing(now + 1), [950, 998, 999, 1_000, 1_001]);
    }

    #[test]
    fn an_hour_later_nothing_is_left_of_a_minute() {
        let mut recent = Recent::default();
        recent.learn(1_000, 1_000, vec![("a".to_owned(), 7), ("b".to_owned(), 1)]);
        recent.learn(1_001, 1_001, vec![("a".to_owned(), 8)]);
        let counts = |recent: &Recent, now: i64, counter: &str| {
            recent.counts(now).find(|(name, _)| *name == counter).map(|(_, uses)| uses)
        };
        let uses = counts(&recent, 1_001, "a").expect("counted");
        assert_eq!((&uses[..58], &uses[58..]), (&[0; 58][..], &[7, 8][..]));
        recent.learn(1_060, 1_060, vec![("a".to_owned(), 9)]);
        let uses = counts(&recent, 1_060, "a").expect("counted");
        assert_eq!((uses[0], uses[59], uses.iter().sum::<u64>()), (8, 9, 17));
        assert_eq!(counts(&recent, 1_060, "b"), None);
    }
}
