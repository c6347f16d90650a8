//! How counts of uses stand in a store.
//!
//! A kind for each grain, a key for each minute, hour or day, and in it a counter for each implementation of each feature. So
//! the last minutes of all features are few keys, one feature's counters are picked out by name, and time clears everything
//! away.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use feats_core::__private::stored_within;

use crate::model::{Declaration, Timestamp};

/// For how many days uses are kept, and so the most that [`App::stale`](crate::App::stale) looks back on.
pub const KEPT_DAYS: u32 = 90;

/// Between the names of a feature and of an implementation. Names have no control characters.
const JOINT: char = '\u{1f}';

/// The room for the name of a feature and for that of an implementation, in characters: with the joint that of a name.
const FEATURE: usize = 120;
const IMPLEMENTATION: usize = 79;

/// What a store has counted, by the names of its counters.
pub(super) type Counts = Vec<(String, i64)>;

/// What uses are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    Minute,
    Hour,
    Day,
}

impl Grain {
    pub(super) const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// The kind of the counters in a store.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Minute => "uses_by_minute",
            Self::Hour => "uses_by_hour",
            Self::Day => "uses_by_day",
        }
    }

    /// How long a bucket is.
    pub(super) fn step(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
        })
    }

    /// The bucket of an instant: how many of them since 1970-01-01T00:00:00Z.
    pub(super) fn bucket(self, at: Timestamp) -> i64 {
        at.as_millis().div_euclid(self.millis())
    }

    /// When a bucket begins.
    pub(super) fn start(self, bucket: i64) -> Timestamp {
        Timestamp::from_millis(bucket.saturating_mul(self.millis()))
    }

    /// The key of a bucket's counters.
    pub(super) fn key(self, bucket: i64) -> String {
        self.start(bucket).to_string()
    }

    /// The buckets that can be asked for at an instant, the oldest first.
    pub(super) fn kept(self, now: Timestamp) -> impl DoubleEndedIterator<Item = i64> {
        let last = self.bucket(now);
        last - self.length() + 1..=last
    }

    /// For how long a bucket's counters are to be kept from an instant on; zero if they are not.
    pub(super) fn ttl(self, bucket: i64, now: Timestamp) -> Duration {
        // One bucket more, as clocks differ.
        self.start(bucket.saturating_add(self.length() + 1)).since(now)
    }

    /// How many buckets wait, at most, while the store is away.
    pub(super) fn waiting(self) -> usize {
        match self {
            Self::Minute => 60,
            Self::Hour => 48,
            Self::Day => 30,
        }
    }

    /// How many buckets can be asked for, with the one that has not ended.
    fn length(self) -> i64 {
        match self {
            Self::Minute => 24 * 60,
            Self::Hour => 90 * 24,
            // Today and the day on which counting began are not whole.
            Self::Day => i64::from(KEPT_DAYS) + 2,
        }
    }

    fn millis(self) -> i64 {
        i64::try_from(self.step().as_millis()).unwrap_or(i64::MAX)
    }
}

/// The counter of an implementation.
pub(super) fn counter(feature: &str, implementation: &str) -> String {
    format!("{}{JOINT}{}", presence(feature), stored(implementation))
}

/// The name of an implementation in its counter.
pub(super) fn stored(implementation: &str) -> Cow<'_, str> {
    stored_within(implementation, IMPLEMENTATION)
}

/// The counter that stands for a feature itself. It is always 0, and says that uses of the feature are being counted.
pub(super) fn presence(feature: &str) -> Cow<'_, str> {
    stored_within(feature, FEATURE)
}

/// The two names of a counter; the second one is empty where the counter stands for the feature itself.
pub(super) fn split(counter: &str) -> (&str, &str) {
    counter.split_once(JOINT).unwrap_or((counter, ""))
}

/// The names of features and implementations, by those that they have in counters.
pub(super) struct Names<'a>(HashMap<String, &'a str>);

impl<'a> Names<'a> {
    pub(super) fn new(declarations: &'a [Arc<Declaration>]) -> Self {
        let shortened = |name: &'a str, longest| match stored_within(name, longest) {
            Cow::Owned(short) => Some((short, name)),
            Cow::Borrowed(_) => None,
        };
        let names = declarations.iter().flat_map(|declaration| {
            let feature = shortened(&declaration.name, FEATURE);
            feature.into_iter().chain(declaration.names().filter_map(move |name| shortened(name, IMPLEMENTATION)))
        });
        Self(names.collect())
    }

    pub(super) fn full<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.get(name).copied().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_fits_and_is_found_again() {
        let (long, longer) = ("é".repeat(200), "é".repeat(199));
        let declaration = Arc::new(Declaration::new(&long, [long.as_str(), &longer, "short", "a/b"]));
        let names = [declaration.clone()];
        let names = Names::new(&names);
        for implementation in declaration.names() {
            let counter = counter(&long, implementation);
            assert!(counter.chars().count() <= 200);
            let (feature, found) = split(&counter);
            assert_eq!((names.full(feature), names.full(found)), (&*long, implementation));
            assert_eq!(feature, presence(&long));
        }
        assert_eq!(split("Payments"), ("Payments", ""));
    }

    #[test]
    fn a_bucket_is_kept_as_long_as_it_can_be_asked_for() {
        let now: Timestamp = "2026-12-01T09:00:59Z".parse().expect("a time");
        for (grain, length, first) in [
            (Grain::Minute, 1_440, "2026-11-30T09:01:00Z"),
            (Grain::Hour, 2_160, "2026-09-02T10:00:00Z"),
            (Grain::Day, 92, "2026-09-01T00:00:00Z"),
        ] {
            let kept: Vec<i64> = grain.kept(now).collect();
            assert_eq!((kept.len(), grain.key(kept[0])), (length, first.to_owned()));
            assert_eq!(kept[length - 1], grain.bucket(now));
            assert!(!grain.ttl(kept[0], now).is_zero() && grain.ttl(kept[0] - 2, now).is_zero());
        }
    }
}
