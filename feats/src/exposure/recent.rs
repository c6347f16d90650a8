//! The units that a thread recorded recently, so that repeated uses touch no data of other threads.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of units that a thread remembers: few enough for the L1 cache. A power of two.
const REMEMBERED_UNITS: usize = 512;

thread_local! {
    /// Fingerprints of units, each in a cell that its bits select. Shared by all apps of the process.
    static RECENT: [Cell<u64>; REMEMBERED_UNITS] = const { [const { Cell::new(0) }; REMEMBERED_UNITS] };
}

/// The salt of an app's fingerprints, which distinguishes apps. A new salt invalidates all earlier fingerprints.
#[derive(Debug)]
pub(super) struct Salt(AtomicU64);

impl Default for Salt {
    fn default() -> Self {
        Self(AtomicU64::new(fastrand::u64(..)))
    }
}

impl Salt {
    /// Returns the fingerprint of a unit from its 64-bit hash.
    #[inline]
    pub(super) fn fingerprint(&self, hash: u64) -> u64 {
        hash ^ self.0.load(Ordering::Relaxed)
    }

    /// Forgets all units, on all threads.
    pub(super) fn renew(&self) {
        self.0.store(fastrand::u64(..), Ordering::Relaxed);
    }
}

/// Returns `true` if this thread has recorded the unit recently.
#[inline]
pub(super) fn is_recent(fingerprint: u64) -> bool {
    with_cell(fingerprint, |cell| cell.get() == fingerprint) == Some(true)
}

/// Remembers that this thread has recorded a unit.
#[inline]
pub(super) fn remember(fingerprint: u64) {
    with_cell(fingerprint, |cell| cell.set(fingerprint));
}

/// Accesses the cell of a fingerprint. Returns `None` while the thread is ending.
#[inline]
fn with_cell<R>(fingerprint: u64, access: impl FnOnce(&Cell<u64>) -> R) -> Option<R> {
    #[allow(clippy::cast_possible_truncation, reason = "the mask keeps the low bits only")]
    let index = fingerprint as usize & (REMEMBERED_UNITS - 1);
    RECENT.try_with(|recent| recent.get(index).map(access)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_remembers_units_until_the_salt_is_renewed() {
        let (salt, other) = (Salt::default(), Salt::default());
        let print = salt.fingerprint(42);
        assert!(!is_recent(print));
        remember(print);
        assert!(is_recent(print));
        assert!(!is_recent(other.fingerprint(42)), "another app has its own salt");
        assert!(!std::thread::spawn(move || is_recent(print)).join().unwrap(), "another thread has its own cells");
        salt.renew();
        assert!(!is_recent(salt.fingerprint(42)));
    }
}
