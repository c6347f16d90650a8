//! The layout of use counts in a store.
//!
//! There is a kind for each grain, a key for each minute, hour or day, and a counter for each implementation of each feature. So
//! the last minutes of all features are few keys, the counters of one feature can be selected by name, and all counters expire.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use feats_core::__private::shorten;

use crate::model::{Declaration, Timestamp};

/// The number of days for which uses are kept, and therefore the maximum for [`App::stale`](crate::App::stale).
pub const RETENTION_DAYS: u32 = 90;

/// The separator between the names of a feature and of an implementation. Names have no control characters.
const SEPARATOR: char = '\u{1f}';

/// The maximum lengths of the names of a feature and of an implementation, in characters. With the separator they make up the 200
/// characters of a counter's name.
const MAX_FEATURE_CHARS: usize = 120;
const MAX_IMPLEMENTATION_CHARS: usize = 79;

/// Counts of a store, by the names of the counters.
pub(super) type Counts = Vec<(String, i64)>;

/// The period by which uses are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grain {
    Minute,
    Hour,
    Day,
}

impl Grain {
    pub(super) const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// Returns the kind of the counters in a store.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Minute => "uses_by_minute",
            Self::Hour => "uses_by_hour",
            Self::Day => "uses_by_day",
        }
    }

    /// Returns the length of a bucket.
    pub(super) fn step(self) -> Duration {
        Duration::from_secs(match self {
            Self::Minute => 60,
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
        })
    }

    /// Returns the bucket of a time: the number of buckets since 1970-01-01T00:00:00Z.
    pub(super) fn bucket(self, time: Timestamp) -> i64 {
        time.as_millis().div_euclid(self.millis())
    }

    /// Returns the start of a bucket.
    pub(super) fn start(self, bucket: i64) -> Timestamp {
        Timestamp::from_millis(bucket.saturating_mul(self.millis()))
    }

    /// Returns the key of a bucket's counters.
    pub(super) fn key(self, bucket: i64) -> String {
        self.start(bucket).to_string()
    }

    /// Returns the buckets that can be queried at a time, oldest first.
    pub(super) fn queryable(self, now: Timestamp) -> impl DoubleEndedIterator<Item = i64> {
        let last = self.bucket(now);
        last - self.queryable_count() + 1..=last
    }

    /// Returns the time for which a bucket's counters are kept from now on; zero if they have expired.
    pub(super) fn ttl(self, bucket: i64, now: Timestamp) -> Duration {
        // One bucket more, because the clocks of programs differ.
        self.start(bucket.saturating_add(self.queryable_count() + 1)).since(now)
    }

    /// Returns the maximum number of buckets that wait while the store is unreachable.
    pub(super) fn max_pending(self) -> usize {
        match self {
            Self::Minute => 60,
            Self::Hour => 48,
            Self::Day => 30,
        }
    }

    /// Returns the number of buckets that can be queried, including the current one.
    fn queryable_count(self) -> i64 {
        match self {
            Self::Minute => 24 * 60,
            Self::Hour => 90 * 24,
            // Today and the day on which counting started are incomplete.
            Self::Day => i64::from(RETENTION_DAYS) + 2,
        }
    }

    fn millis(self) -> i64 {
        i64::try_from(self.step().as_millis()).unwrap_or(i64::MAX)
    }
}

/// Returns the name of the counter of an implementation.
pub(super) fn counter_name(feature: &str, implementation: &str) -> String {
    format!("{}{SEPARATOR}{}", presence_name(feature), implementation_name(implementation))
}

/// Returns the name of an implementation within its counter's name, which is a hash if it is long.
pub(super) fn implementation_name(implementation: &str) -> Cow<'_, str> {
    shorten(implementation, MAX_IMPLEMENTATION_CHARS)
}

/// Returns the name of the presence counter of a feature. It is always 0, and shows that uses of the feature are counted.
pub(super) fn presence_name(feature: &str) -> Cow<'_, str> {
    shorten(feature, MAX_FEATURE_CHARS)
}

/// Splits the name of a counter into feature and implementation. The latter is empty for a presence counter.
pub(super) fn split(counter: &str) -> (&str, &str) {
    counter.split_once(SEPARATOR).unwrap_or((counter, ""))
}

/// The full names of features and implementations, by their shortened names in counters.
pub(super) struct Names<'a>(HashMap<String, &'a str>);

impl<'a> Names<'a> {
    pub(super) fn new(declarations: &'a [Arc<Declaration>]) -> Self {
        let shortened = |name: &'a str, max_chars| match shorten(name, max_chars) {
            Cow::Owned(short) => Some((short, name)),
            Cow::Borrowed(_) => None,
        };
        let names = declarations.iter().flat_map(|declaration| {
            let feature = shortened(&declaration.name, MAX_FEATURE_CHARS);
            feature
                .into_iter()
                .chain(declaration.names().filter_map(move |name| shortened(name, MAX_IMPLEMENTATION_CHARS)))
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
    fn every_name_fits_and_can_be_resolved() {
        let (long, longer) = ("é".repeat(200), "é".repeat(199));
        let declaration = Arc::new(Declaration::new(&long, [long.as_str(), &longer, "short", "a/b"]));
        let names = [declaration.clone()];
        let names = Names::new(&names);
        for implementation in declaration.names() {
            let counter = counter_name(&long, implementation);
            assert!(counter.chars().count() <= 200);
            let (feature, found) = split(&counter);
            assert_eq!((names.full(feature), names.full(found)), (&*long, implementation));
            assert_eq!(feature, presence_name(&long));
        }
        assert_eq!(split("Payments"), ("Payments", ""));
    }

    #[test]
    fn a_bucket_is_kept_as_long_as_it_can_be_queried() {
        let now: Timestamp = "2026-12-01T09:00:59Z".parse().expect("a time");
        for (grain, length, first) in [
            (Grain::Minute, 1_440, "2026-11-30T09:01:00Z"),
            (Grain::Hour, 2_160, "2026-09-02T10:00:00Z"),
            (Grain::Day, 92, "2026-09-01T00:00:00Z"),
        ] {
            let kept: Vec<i64> = grain.queryable(now).collect();
            assert_eq!((kept.len(), grain.key(kept[0])), (length, first.to_owned()));
            assert_eq!(kept[length - 1], grain.bucket(now));
            assert!(!grain.ttl(kept[0], now).is_zero() && grain.ttl(kept[0] - 2, now).is_zero());
        }
    }
}
