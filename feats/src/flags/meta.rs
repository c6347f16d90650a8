//! Metadata of flags.

use crate::model::Timestamp;

/// The metadata of a flag: who created and changed it, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlagMeta {
    pub(super) created_at: Timestamp,
    pub(super) created_by: String,
    pub(super) changed_at: Timestamp,
    pub(super) changed_by: String,
    pub(super) version: u64,
    pub(super) is_enabled: bool,
    pub(super) is_archived: bool,
}

impl FlagMeta {
    /// Returns the time of the creation; the Unix epoch if there is no such flag.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Returns the author who created the flag.
    pub fn created_by(&self) -> &str {
        &self.created_by
    }

    /// Returns the time of the last change.
    pub fn changed_at(&self) -> Timestamp {
        self.changed_at
    }

    /// Returns the author of the last change.
    pub fn changed_by(&self) -> &str {
        &self.changed_by
    }

    /// Returns the version; 0 if the name was never used.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns `true` if the flag was enabled as a whole: conditions and the bucketer decide for each subject.
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Returns `true` if the flag is archived.
    pub fn is_archived(&self) -> bool {
        self.is_archived
    }
}
