//! Exponential back-off with full jitter: the pauses between retries, and between periodic tasks of many programs.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The pause before the next attempt: a random time between zero and a bound that doubles with every failure.
///
/// Full jitter prevents many programs that lost the same store from reconnecting at the same moment: see
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: AtomicU32,
    max_bound: Duration,
}

impl Backoff {
    const FIRST_BOUND: Duration = Duration::from_millis(100);
    /// With this maximum, a program finds a store that has recovered within 5 s, including the time to connect.
    const DEFAULT_MAX: Duration = Duration::from_secs(3);
    /// The maximum for background work without a waiting caller, so that a failing store gets few requests.
    const BACKGROUND_MAX: Duration = Duration::from_secs(60);
    /// The maximum within one call, while a caller waits.
    const CALL_MAX: Duration = Duration::from_millis(200);

    /// Creates a back-off for background work without a waiting caller.
    pub(crate) const fn background() -> Self {
        Self::with_max(Self::BACKGROUND_MAX)
    }

    /// Creates a back-off for attempts within one call.
    pub(crate) const fn brief() -> Self {
        Self::with_max(Self::CALL_MAX)
    }

    const fn with_max(max_bound: Duration) -> Self {
        Self { failures: AtomicU32::new(0), max_bound }
    }

    /// Counts a failure, and returns the pause. It is at least 10 ms, so that no loop spins.
    pub(crate) fn next(&self) -> Duration {
        let failures = self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
        let failures = failures.unwrap_or(u32::MAX);
        let bound = Self::FIRST_BOUND.saturating_mul(1 << failures.min(10)).min(self.max_bound);
        Duration::from_millis(10) + bound.mul_f64(fastrand::f64())
    }

    /// Waits before the next attempt.
    pub(crate) async fn wait(&self) {
        tokio::time::sleep(self.next()).await;
    }

    /// Resets the back-off to the shortest pause.
    pub(crate) fn reset(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::with_max(Self::DEFAULT_MAX)
    }
}

/// Returns a random time between 75% and 125% of the given one, so that programs that were started together drift apart.
pub(crate) fn jittered(time: Duration) -> Duration {
    time.mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_maximum_and_are_reset_by_a_success() {
        for (backoff, max) in [(Backoff::default(), 3_000), (Backoff::background(), 60_000), (Backoff::brief(), 200)] {
            let longest = |attempts: u32| (0..attempts).map(|_| backoff.next()).max().unwrap_or_default();
            assert!(backoff.next() <= Duration::from_millis(110));
            assert!(longest(1_000) > Duration::from_millis(max / 2));
            assert!(longest(1_000) <= Duration::from_millis(10 + max));
            backoff.reset();
            assert!(backoff.next() <= Duration::from_millis(110));
        }
    }

    #[test]
    fn jitter_is_at_most_a_quarter_of_the_time() {
        let time = Duration::from_secs(20);
        assert!((0..1_000).map(|_| jittered(time)).all(|time| (15..=25).contains(&time.as_secs())));
    }
}
