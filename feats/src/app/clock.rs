//! A guard around a user-defined clock: a decision gets a time even if the clock panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::SystemTime;

use crate::clock::Clock;
use crate::model::Timestamp;
use crate::tasks::{Source, Warnings, catch_panic};

/// The interval at which the time is saved, in milliseconds: short enough to be a good substitute, and long enough that
/// threads do not contend for it.
const SAVE_INTERVAL_MILLIS: i64 = 1_000;

/// The saved time before the clock has returned one.
const NO_TIME: i64 = i64::MIN;

/// A user-defined clock. While it panics, the time is the last one that it returned, to within a second, or the system's
/// time if it has returned none; the app has a warning.
pub(super) struct GuardedClock {
    clock: Arc<dyn Clock>,
    warnings: Arc<Warnings>,
    last: AtomicI64,
    panicked: AtomicBool,
}

impl GuardedClock {
    pub(super) fn new(clock: Arc<dyn Clock>, warnings: Arc<Warnings>) -> Self {
        Self { clock, warnings, last: AtomicI64::new(NO_TIME), panicked: AtomicBool::new(false) }
    }

    #[cold]
    fn substitute(&self, panic: &crate::Error) -> Timestamp {
        self.panicked.store(true, Ordering::Relaxed);
        self.warnings.set(Source::Clock, panic);
        match self.last.load(Ordering::Relaxed) {
            NO_TIME => Timestamp::from(SystemTime::now()),
            last => Timestamp::from_millis(last),
        }
    }

    #[cold]
    fn recover(&self) {
        self.panicked.store(false, Ordering::Relaxed);
        self.warnings.clear(Source::Clock);
    }
}

impl Clock for GuardedClock {
    fn now(&self) -> Timestamp {
        let now = match catch_panic("the clock", || Ok(self.clock.now())) {
            Ok(now) => now,
            Err(panic) => return self.substitute(&panic),
        };
        let (millis, last) = (now.as_millis(), self.last.load(Ordering::Relaxed));
        if last == NO_TIME || millis.abs_diff(last) >= SAVE_INTERVAL_MILLIS.unsigned_abs() {
            self.last.store(millis, Ordering::Relaxed);
        }
        if self.panicked.load(Ordering::Relaxed) {
            self.recover();
        }
        now
    }
}
