//! For tests of code that uses features: choosing by typed value, and a clock that stands still.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::model::Timestamp;
use crate::registry::{Feature, registry};
use crate::scope::{Frame, Scoped};

/// Runs a closure in which the feature gives this implementation, whatever any state says.
///
/// It counts on this thread only, nests, and needs no app.
///
/// ```
/// # #[feats::boolean] pub fn FuzzySearch() -> bool { false }
/// feats::testing::with(FuzzySearch::Enabled, || assert!(FuzzySearch::is_enabled()));
/// assert!(!FuzzySearch::is_enabled());
/// ```
pub fn with<F: Feature, R>(implementation: F, run: impl FnOnce() -> R) -> R {
    frame(implementation).enter(run)
}

/// Runs a future in which the feature gives this implementation, on whichever threads it is polled.
pub fn with_async<F: Feature, T: Future>(implementation: F, future: T) -> Scoped<T> {
    frame(implementation).run(future)
}

fn frame<F: Feature>(implementation: F) -> Frame {
    registry();
    Frame::test(F::entry().slot.position(), implementation.position())
}

/// A clock that stands still until it is set. Clones are the same clock.
///
/// ```
/// use feats::testing::Clock;
/// use feats::model::Clock as _;
/// let clock = Clock::at("2026-12-01T09:00:00Z");
/// clock.set_after_start(std::time::Duration::from_secs(60));
/// assert_eq!(clock.now().to_string(), "2026-12-01T09:01:00Z");
/// ```
#[derive(Clone)]
pub struct Clock {
    start: Timestamp,
    now: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands at an RFC 3339 time.
    ///
    /// # Panics
    /// If the text is no such time.
    pub fn at(time: &str) -> Self {
        match time.parse::<Timestamp>() {
            Ok(start) => Self { start, now: Arc::new(AtomicI64::new(start.as_millis())) },
            Err(error) => panic!("{error}"),
        }
    }

    /// Sets the clock to so long after the time it was made with.
    pub fn set_after_start(&self, duration: Duration) {
        self.now.store(self.start.after(duration).as_millis(), Ordering::SeqCst);
    }
}

impl crate::model::Clock for Clock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", crate::model::Clock::now(self))
    }
}
