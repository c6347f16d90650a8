//! How counts of exposures stand in a store.
//!
//! One kind, a key for each experiment, made of feature and seed, and in it a counter for each version of the state, day and implementation. What a
//! report tells by arm, by allocation and by day are sums of the same counters: whatever is lost or added twice on the way to
//! the store, they agree. No counter expires.

use std::borrow::Cow;

use feats_core::__private::stored_within;

use crate::model::Timestamp;

/// The kind of the counters in a store.
pub(crate) const COUNTS: &str = "exposures";

/// Between a day and the name of an implementation. Names have no control characters.
const JOINT: char = '\u{1f}';

/// The room for the name of an implementation, in characters. A version has up to 20 digits, a day has 10 characters; with
/// what stands between, that leaves so many of the 200 of a name.
const IMPLEMENTATION: usize = 168;

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counter<'a> {
    /// The version of the state.
    pub(crate) version: u64,
    /// When the day began, in UTC; `None` for what was counted before days were.
    pub(super) day: Option<Timestamp>,
    /// The implementation, as its counter names it.
    pub(super) implementation: &'a str,
}

/// The name of the counter of units that came at a time: `7/2026-12-01␟premium`.
pub(super) fn counter(version: u64, time: Timestamp, implementation: &str) -> String {
    format!("{version}/{}{JOINT}{}", time.date(), stored(implementation))
}

impl<'a> Counter<'a> {
    /// Reads the name of a counter; `None` if it is none of these.
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        let (version, rest) = name.split_once('/')?;
        let (day, implementation) = match rest.split_once(JOINT) {
            Some((date, implementation)) => (Some(Timestamp::start_of_day(date)?), implementation),
            None => (None, rest),
        };
        Some(Self { version: version.parse().ok()?, day, implementation })
    }

    /// Whether it counts an implementation.
    pub(super) fn is_of(&self, implementation: &str) -> bool {
        stored(implementation) == self.implementation
    }
}

fn stored(implementation: &str) -> Cow<'_, str> {
    stored_within(implementation, IMPLEMENTATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_fits_and_is_found_again() {
        let long = "é".repeat(200);
        let last: Timestamp = "9999-12-30T23:59:59Z".parse().expect("a time");
        for implementation in ["premium", "a/b", "2026-12-01", &long] {
            let name = counter(u64::MAX, last, implementation);
            assert!(name.chars().count() <= 200);
            let read = Counter::parse(&name).expect("a counter");
            assert_eq!((read.version, read.day), (u64::MAX, "9999-12-30T00:00:00Z".parse().ok()));
            assert!(read.is_of(implementation) && !read.is_of("acme"));
        }
    }

    #[test]
    fn a_counter_of_before_days_were_counted_has_none() {
        let counter = |name| Counter::parse(name);
        assert_eq!(counter("7/a/b"), Some(Counter { version: 7, day: None, implementation: "a/b" }));
        assert_eq!(counter("7/today\u{1f}acme"), None);
        assert_eq!(counter("-7/acme"), None);
        assert_eq!(counter("acme"), None);
    }
}
