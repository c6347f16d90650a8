//! The guard around a clock of users: a decision gets a time, also where the clock panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::SystemTime;

use crate::clock::Clock;
use crate::model::Timestamp;
use crate::tasks::{Source, Warnings, caught_call};

/// How far the time goes on, in milliseconds, until it is remembered again: often enough to be near, and so seldom that
/// threads do not contend for it.
const REMEMBERED_EVERY: i64 = 1_000;

/// No time is remembered.
const NONE: i64 = i64::MIN;

/// A clock of users. While it panics, the time is the last one that it gave, to within a second; the system's time if it
/// gave none. That is a warning of the app.
pub(super) struct GuardedClock {
    clock: Arc<dyn Clock>,
    warnings: Arc<Warnings>,
    last: AtomicI64,
    panicked: AtomicBool,
}

impl GuardedClock {
    pub(super) fn new(clock: Arc<dyn Clock>, warnings: Arc<Warnings>) -> Self {
        Self { clock, warnings, last: AtomicI64::new(NONE), panicked: AtomicBool::new(false) }
    }

    #[cold]
    fn instead(&self, panic: &crate::Error) -> Timestamp {
        self.panicked.store(true, Ordering::Relaxed);
        self.warnings.set(Source::Clock, panic);
        match self.last.load(Ordering::Relaxed) {
            NONE => Timestamp::from(SystemTime::now()),
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
        let now = match caught_call("the clock", || Ok(self.clock.now())) {
            Ok(now) => now,
            Err(panic) => return self.instead(&panic),
        };
        let (millis, last) = (now.as_millis(), self.last.load(Ordering::Relaxed));
        if last == NONE || millis.abs_diff(last) >= REMEMBERED_EVERY.unsigned_abs() {
            self.last.store(millis, Ordering::Relaxed);
        }
        if self.panicked.load(Ordering::Relaxed) {
            self.recover();
        }
        now
    }
}
