//! Clocks: the sources of the time of an app.

use std::time::SystemTime;

use crate::model::Timestamp;

/// The source of the time of an app, set with [`AppBuilder::clock`](crate::AppBuilder::clock).
///
/// Decisions call the clock on their own threads, so it must be fast and must not block.
pub trait Clock: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// The system's clock, which is the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}
