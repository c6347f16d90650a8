//! Full-jitter exponential back-off: the pauses of everything that tries again, and of everything that many programs do from
//! time to time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long to wait before the next try: random between nothing and a bound that doubles with every failure.
///
/// Full jitter keeps many programs that lost the same store from coming back at the same moment: see
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
#[derive(Debug)]
pub(crate) struct Backoff {
    failures: AtomicU32,
    bound: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(100);
    /// A program that waits this long finds a store that is well again within five seconds, the time to connect included.
    const BOUND: Duration = Duration::from_secs(3);
    /// The bound for what nobody waits for: a store that answers, but fails, is asked seldom.
    const PATIENT_BOUND: Duration = Duration::from_secs(60);
    /// The bound within one call, for which a caller waits.
    const BRIEF_BOUND: Duration = Duration::from_millis(200);

    /// A back-off for what nobody waits for.
    pub(crate) const fn patient() -> Self {
        Self::bounded(Self::PATIENT_BOUND)
    }

    /// A back-off for tries within one call.
    pub(crate) const fn brief() -> Self {
        Self::bounded(Self::BRIEF_BOUND)
    }

    const fn bounded(bound: Duration) -> Self {
        Self { failures: AtomicU32::new(0), bound }
    }

    /// Counts a failure and says how long to wait. At least 10 ms, so that no loop spins.
    pub(crate) fn next(&self) -> Duration {
        let failures = self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
        let failures = failures.unwrap_or(u32::MAX);
        let bound = Self::FIRST.saturating_mul(1 << failures.min(10)).min(self.bound);
        Duration::from_millis(10) + bound.mul_f64(fastrand::f64())
    }

    /// Waits before the next try.
    pub(crate) async fn wait(&self) {
        tokio::time::sleep(self.next()).await;
    }

    /// Begins with the shortest wait again.
    pub(crate) fn reset(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::bounded(Self::BOUND)
    }
}

/// Between three and five quarters of a time, so that programs that started together do not stay together.
pub(crate) fn jittered(time: Duration) -> Duration {
    time.mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_bound_and_begin_anew_after_a_success() {
        for (backoff, bound) in [(Backoff::default(), 3_000), (Backoff::patient(), 60_000), (Backoff::brief(), 200)] {
            let longest = |tries: u32| (0..tries).map(|_| backoff.next()).max().unwrap_or_default();
            assert!(backoff.next() <= Duration::from_millis(110));
            assert!(longest(1_000) > Duration::from_millis(bound / 2));
            assert!(longest(1_000) <= Duration::from_millis(10 + bound));
            backoff.reset();
            assert!(backoff.next() <= Duration::from_millis(110));
        }
    }

    #[test]
    fn jitter_stays_around_the_time() {
        let time = Duration::from_secs(20);
        assert!((0..1_000).map(|_| jittered(time)).all(|time| (15..=25).contains(&time.as_secs())));
    }
}
