//! Rising ramps of Flipper: the instants at which buckets join.

use std::cmp::Reverse;
use std::time::Duration;

use crate::flags::flipper::{LinearRamp, admits};
use crate::model::{BucketFunction, Timestamp};

/// Whether a percentage rises.
pub(super) enum Rise {
    /// It stays at this share.
    None(f64),
    Rising(Rising),
}

/// A ramp that rises and has not ended.
pub(super) struct Rising {
    pub(super) ramp: LinearRamp,
    pub(super) initial: f64,
    pub(super) last: f64,
    /// The duration in seconds; positive.
    pub(super) duration: f64,
    pub(super) start: Timestamp,
}

impl Rising {
    /// Returns the instants between which the share rises from at least 0 to at most 1.
    pub(super) fn span(&self) -> (Timestamp, Timestamp) {
        let seconds_to = |share: f64| (share - self.initial) / (self.last - self.initial) * self.duration;
        (later(self.start, seconds_to(self.initial.max(0.0))), later(self.start, seconds_to(self.last.min(1.0))))
    }

    /// Returns the number of buckets that the ramp admits at an instant.
    fn admitted(&self, at: Timestamp) -> u32 {
        let share = self.ramp.value(at);
        count(share)
    }

    /// Returns the first instant, to the millisecond, at which the ramp admits a bucket that it admits in the end.
    fn joins(&self, bucket: u32) -> Timestamp {
        let is_in = |millis: i64| self.admitted(Timestamp::from_millis(millis)) > bucket;
        let (mut out, mut inside) = (self.start.as_millis(), self.span().1.as_millis());
        let mut reach = 1_000_i64;
        // The share of the start and that of the end are rounded, and a share before the start is less.
        while is_in(out) && out > Timestamp::from_millis(i64::MIN).as_millis() {
            out = Timestamp::from_millis(out.saturating_sub(reach)).as_millis();
            reach = reach.saturating_mul(2);
        }
        let mut reach = 1_i64;
        while !is_in(inside) && inside < Timestamp::from_millis(i64::MAX).as_millis() {
            inside = Timestamp::from_millis(inside.saturating_add(reach)).as_millis();
            reach = reach.saturating_mul(2);
        }
        while inside - out > 1 {
            let middle = out + (inside - out) / 2;
            if is_in(middle) { inside = middle } else { out = middle }
        }
        Timestamp::from_millis(inside)
    }
}

/// The buckets that join while a ramp rises, one after another.
pub(super) struct Buckets {
    /// The number of buckets that are admitted from the beginning.
    pub(super) first: u32,
    /// The number of buckets that are admitted in the end.
    pub(super) last: u32,
    /// The instant at which each of the others joins.
    instants: Vec<Timestamp>,
}

impl Buckets {
    /// Returns the buckets of a ramp. Before its start, the share of Flipper is less than at its start: then all buckets join one
    /// after another.
    pub(super) fn new(rising: &Rising, now: Timestamp) -> Self {
        let last = count(rising.last);
        // A share of exactly 0, which the ramp may have at its start only, admits no bucket.
        let started = rising.start.after(Duration::from_millis(1));
        let first = if now < rising.start { 0 } else { rising.admitted(started).min(last) };
        Self { first, last, instants: (first..last).map(|bucket| rising.joins(bucket)).collect() }
    }

    /// Returns `true` if all buckets have joined.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.instants.last().is_none_or(|last| *last <= now)
    }

    /// Returns the instant at which the last bucket joins.
    pub(super) fn end(&self) -> Timestamp {
        self.instants.last().copied().unwrap_or(Timestamp::from_millis(0))
    }

    /// Returns the start of a ramp with an equal time between buckets that ends with the last one and is closest to the instants of
    /// all.
    pub(super) fn start(&self) -> Timestamp {
        let (Some(first), count) = (self.instants.first(), i64::try_from(self.instants.len()).unwrap_or(i64::MAX))
        else {
            return self.end();
        };
        let end = self.end().as_millis();
        let interval = (end - first.as_millis()).checked_div(count - 1).unwrap_or(1).max(1);
        let guess = first.as_millis() - interval;
        let error = |start: i64| -> i64 {
            let steps = (1..).zip(&self.instants);
            steps
                .map(|(step, instant)| (start + div_ceil(step * (end - start), count) - instant.as_millis()).abs())
                .sum()
        };
        let best =
            (guess - 2..=guess + 2).filter(|start| *start < end).min_by_key(|start| (error(*start), Reverse(*start)));
        Timestamp::from_millis(best.unwrap_or(guess))
    }
}

/// Returns the number of buckets that a share admits.
fn count(share: f64) -> u32 {
    let buckets = BucketFunction::Flipper.buckets();
    (0..buckets).find(|bucket| !admits(f64::from(*bucket) / f64::from(buckets), share)).unwrap_or(buckets)
}

fn div_ceil(dividend: i64, divisor: i64) -> i64 {
    (dividend + divisor - 1).div_euclid(divisor)
}

/// Returns the instant that is a number of seconds later.
fn later(start: Timestamp, seconds: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
    Timestamp::from_millis(start.as_millis().saturating_add((seconds * 1_000.0).round() as i64))
}
