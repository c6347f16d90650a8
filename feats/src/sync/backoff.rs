//! Full-jitter exponential back-off.

use std::time::Duration;

/// How long to wait before the next try: random between nothing and a bound that doubles with every failure.
///
/// Full jitter keeps many programs that lost the same store from coming back at the same moment: see
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(100);
    /// A program that waits this long finds a store that is well again within five seconds, the time to connect included.
    const MOST: Duration = Duration::from_secs(3);

    /// Counts a failure and says how long to wait. At least 10 ms, so that no loop spins.
    pub(super) fn next(&mut self) -> Duration {
        let bound = Self::FIRST.saturating_mul(1 << self.failures.min(10)).min(Self::MOST);
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(10) + bound.mul_f64(fastrand::f64())
    }

    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}
