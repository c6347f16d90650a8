//! Counts of rejected cookies and overrides.

use std::sync::atomic::{AtomicU64, Ordering};

/// The numbers of rejected cookies and overrides since the program started, by reason.
///
/// The first six fields count cookies, the others count single overrides in cookies with a valid signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedOverrides {
    /// Cookies that are larger than 4 KiB, more than four with the same name, or beyond the first 64 KiB of a request's cookies.
    pub too_large: u64,
    /// Cookies in another format: truncated, of another version, or not a cookie of overrides.
    pub malformed: u64,
    /// Cookies without a valid signature by an accepted key.
    pub forged: u64,
    /// Cookies that were signed with the same key for another app: another program, environment or store.
    pub other_app: u64,
    /// Cookies that were signed for another user.
    pub other_actor: u64,
    /// Cookies that were signed more than a minute in the future.
    pub premature: u64,
    /// Overrides that have ended, or that last longer than 24 hours.
    pub expired: u64,
    /// Overrides of a feature that does not exist any more.
    pub unknown_feature: u64,
    /// Overrides with an implementation that the feature does not have any more.
    pub unknown_implementation: u64,
    /// Overrides that the policy does not allow.
    pub not_allowed: u64,
}

/// The reason why a cookie or an override is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
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

/// Counters by [`Rejection`].
#[derive(Debug, Default)]
pub(super) struct RejectionCounters([AtomicU64; 10]);

impl RejectionCounters {
    pub(super) fn count(&self, rejection: Rejection) {
        if let Some(counter) = self.0.get(rejection as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn totals(&self) -> RejectedOverrides {
        let count =
            |rejection: Rejection| self.0.get(rejection as usize).map_or(0, |counter| counter.load(Ordering::Relaxed));
        RejectedOverrides {
            too_large: count(Rejection::TooLarge),
            malformed: count(Rejection::Malformed),
            forged: count(Rejection::Forged),
            other_app: count(Rejection::OtherApp),
            other_actor: count(Rejection::OtherActor),
            premature: count(Rejection::Premature),
            expired: count(Rejection::Expired),
            unknown_feature: count(Rejection::UnknownFeature),
            unknown_implementation: count(Rejection::UnknownImplementation),
            not_allowed: count(Rejection::NotAllowed),
        }
    }
}
