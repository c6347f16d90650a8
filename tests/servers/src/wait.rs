//! Waiting for a condition.

use std::thread;
use std::time::{Duration, Instant};

/// The timeout for a condition, long enough for a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// Waits until a condition holds.
///
/// # Panics
/// Panics if it does not within a minute.
#[track_caller]
pub fn until(what: &str, holds: impl FnMut() -> bool) {
    assert!(holds_within(TIMEOUT, holds), "not within {TIMEOUT:?}: {what}");
}

/// Waits until a condition holds. Returns `false` after the timeout.
pub fn holds_within(timeout: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > timeout {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}
