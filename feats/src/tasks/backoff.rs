//! Full-jitter exponential back-off.

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

    /// A back-off for what nobody waits for.
    pub(crate) fn patient() -> Self {
        Self { failures: AtomicU32::new(0), bound: Self::PATIENT_BOUND }
    }

    /// Counts a failure and says how long to wait. At least 10 ms, so that no loop spins.
    pub(crate) fn next(&self) -> Duration {
        let failures = self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
        let failures = failures.unwrap_or(u32::MAX);
        let bound = Self::FIRST.saturating_mul(1 << failures.min(10)).min(self.bound);
        Duration::from_millis(10) + bound.mul_f64(fastrand::f64())
    }

    /// Begins with the shortest wait again.
    pub(crate) fn reset(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { failures: AtomicU32::new(0), bound: Self::BOUND }
    }
}
