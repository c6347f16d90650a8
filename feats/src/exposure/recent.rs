//! The units that a thread took down last: who comes again and again costs nobody but that thread a look.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many units a thread remembers: so few that they stay in its processor's nearest memory.
const UNITS: usize = 512;

thread_local! {
    /// Fingerprints of units, each in the place that its bits say. Shared by all apps of the process.
    static RECENT: [Cell<u64>; UNITS] = const { [const { Cell::new(0) }; UNITS] };
}

/// What makes the fingerprints of one app others than those of another, and those of today others than yesterday's.
#[derive(Debug)]
pub(super) struct Salt(AtomicU64);

impl Default for Salt {
    fn default() -> Self {
        Self(AtomicU64::new(fastrand::u64(..)))
    }
}

impl Salt {
    /// A unit's fingerprint, from 64 bits of hash.
    #[inline]
    pub(super) fn fingerprint(&self, hash: u64) -> u64 {
        hash ^ self.0.load(Ordering::Relaxed)
    }

    /// Forgets all units, on all threads.
    pub(super) fn renew(&self) {
        self.0.store(fastrand::u64(..), Ordering::Relaxed);
    }
}

/// Whether this thread took the unit down, and not too many others since.
#[inline]
pub(super) fn is_recent(fingerprint: u64) -> bool {
    place(fingerprint, |place| place.get() == fingerprint) == Some(true)
}

/// Remembers that this thread took a unit down.
#[inline]
pub(super) fn remember(fingerprint: u64) {
    place(fingerprint, |place| place.set(fingerprint));
}

/// A thread that is ending remembers nothing.
#[inline]
fn place<R>(fingerprint: u64, look: impl FnOnce(&Cell<u64>) -> R) -> Option<R> {
    #[allow(clippy::cast_possible_truncation, reason = "UNITS is a power of two, and these are its bits")]
    let at = fingerprint as usize & (UNITS - 1);
    RECENT.try_with(|recent| recent.get(at).map(look)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_remembers_what_it_took_down_until_the_salt_is_another() {
        let (salt, other) = (Salt::default(), Salt::default());
        let print = salt.fingerprint(42);
        assert!(!is_recent(print));
        remember(print);
        assert!(is_recent(print));
        assert!(!is_recent(other.fingerprint(42)), "another app has its own");
        assert!(!std::thread::spawn(move || is_recent(print)).join().unwrap(), "and so has another thread");
        salt.renew();
        assert!(!is_recent(salt.fingerprint(42)));
    }
}
