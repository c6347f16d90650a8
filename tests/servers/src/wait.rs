//! Waiting for a condition.

use std::thread;
use std::time::{Duration, Instant};

/// How long a condition may take to hold, on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until a condition holds.
///
/// # Panics
/// If it does not within a minute.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    assert!(holds_within(PATIENCE, holds), "not within {PATIENCE:?}: {what}");
}

/// Waits until a condition holds, or for so long.
pub fn holds_within(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > patience {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}
