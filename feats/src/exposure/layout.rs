//! The layout of exposure counts in a store.
//!
//! There is one kind, a key for each experiment (its feature and seed), and a counter for each version of the state, day and
//! implementation. The numbers of a report by arm, by allocation and by day are sums of the same counters, so they agree even if an
//! addition was lost or repeated. Counters of exposures do not expire.

use std::borrow::Cow;

use feats_core::__private::shorten;

use crate::model::Timestamp;

/// The kind of the counters in a store.
pub(crate) const COUNTS: &str = "exposures";

/// The separator between a day and the name of an implementation. Names have no control characters.
const SEPARATOR: char = '\u{1f}';

/// The maximum length of the name of an implementation, in characters: the 200 of a name, less up to 20 digits of a version, the 10
/// characters of a day and 2 separators.
const MAX_IMPLEMENTATION_CHARS: usize = 168;

/// The parsed name of a counter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counter<'a> {
    /// The version of the state.
    pub(crate) version: u64,
    /// The start of the day in UTC; `None` for a counter of the old layout without days.
    pub(super) day: Option<Timestamp>,
    /// The implementation as named in the counter, which is a hash for a long name.
    pub(super) implementation: &'a str,
}

/// Builds the name of a counter, such as `7/2026-12-01␟premium`.
pub(super) fn counter_name(version: u64, time: Timestamp, implementation: &str) -> String {
    format!("{version}/{}{SEPARATOR}{}", time.date(), stored(implementation))
}

impl<'a> Counter<'a> {
    /// Parses the name of a counter; `None` if it is not valid.
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        let (version, rest) = name.split_once('/')?;
        let (day, implementation) = match rest.split_once(SEPARATOR) {
            Some((date, implementation)) => (Some(Timestamp::start_of_day(date)?), implementation),
            None => (None, rest),
        };
        Some(Self { version: version.parse().ok()?, day, implementation })
    }

    /// Returns `true` if the counter counts this implementation.
    pub(super) fn counts(&self, implementation: &str) -> bool {
        stored(implementation) == self.implementation
    }
}

fn stored(implementation: &str) -> Cow<'_, str> {
    shorten(implementation, MAX_IMPLEMENTATION_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_fits_and_can_be_parsed() {
        let long = "é".repeat(200);
        let last: Timestamp = "9999-12-30T23:59:59Z".parse().expect("a time");
        for implementation in ["premium", "a/b", "2026-12-01", &long] {
            let name = counter_name(u64::MAX, last, implementation);
            assert!(name.chars().count() <= 200);
            let counter = Counter::parse(&name).expect("a counter");
            assert_eq!((counter.version, counter.day), (u64::MAX, "9999-12-30T00:00:00Z".parse().ok()));
            assert!(counter.counts(implementation) && !counter.counts("acme"));
        }
    }

    #[test]
    fn a_counter_of_the_old_layout_has_no_day() {
        let counter = |name| Counter::parse(name);
        assert_eq!(counter("7/a/b"), Some(Counter { version: 7, day: None, implementation: "a/b" }));
        assert_eq!(counter("7/today\u{1f}acme"), None);
        assert_eq!(counter("-7/acme"), None);
        assert_eq!(counter("acme"), None);
    }
}
