//! Revisions whose value in a store is damaged.

use crate::model::{Entry, Hash};

/// Builds an entry from a damaged value. Parsing it fails, which quarantines its feature and no other. Its hash is zeros, as in the
/// scripts of Redis, so a new revision can be appended after it.
pub(super) fn damaged_entry(feature: &str, version: u64, value: &[u8]) -> Entry {
    Entry {
        feature: feature.to_owned(),
        version,
        id: String::new(),
        hash: Hash::default(),
        removed: false,
        bytes: value.to_vec(),
    }
}
