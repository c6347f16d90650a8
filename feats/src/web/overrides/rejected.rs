//! What was ignored of cookies, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// How much of what browsers sent was ignored since the program started, and why.
///
/// The first six count cookies, the others single overrides within a cookie that this program itself has signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedOverrides {
    /// Longer than 4 KiB, more than four of one name, or beyond the first 64 KiB of the cookies of a request.
    pub too_large: u64,
    /// Not what this program writes: cut off, of another version, or no cookie of overrides at all.
    pub malformed: u64,
    /// Signed with no key that is accepted, or changed since.
    pub forged: u64,
    /// Signed by another program, or in another environment or on another store, with the same key: staging and production, say.
    pub other_app: u64,
    /// Signed for another user than the one who sent it.
    pub other_actor: u64,
    /// Signed at a time that is still to come, by more than a minute.
    pub premature: u64,
    /// The override has ended, or would last longer than a day.
    pub expired: u64,
    /// There is no feature of that name now.
    pub unknown_feature: u64,
    /// The feature has no implementation of that name now.
    pub unknown_implementation: u64,
    /// The policy does not allow this user to override this feature.
    pub not_allowed: u64,
}

/// Why something is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    TooLarge,
    Malformed,
    Forged,
    OtherApp,
    OtherActor,
    Premature,
    Expired,
    UnknownFeature,
    UnknownImplementation,
    NotAllowed,
}

/// Counters by [`Why`].
#[derive(Debug, Default)]
pub(super) struct Counters([AtomicU64; 10]);

impl Counters {
    pub(super) fn count(&self, why: Why) {
        if let Some(counter) = self.0.get(why as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn read(&self) -> RejectedOverrides {
        let count = |why: Why| self.0.get(why as usize).map_or(0, |counter| counter.load(Ordering::Relaxed));
        RejectedOverrides {
            too_large: count(Why::TooLarge),
            malformed: count(Why::Malformed),
            forged: count(Why::Forged),
            other_app: count(Why::OtherApp),
            other_actor: count(Why::OtherActor),
            premature: count(Why::Premature),
            expired: count(Why::Expired),
            unknown_feature: count(Why::UnknownFeature),
            unknown_implementation: count(Why::UnknownImplementation),
            not_allowed: count(Why::NotAllowed),
        }
    }
}
