//! Quarantine: a revision that a program cannot use, and the revision that is served instead.

use serde::Serialize;

use crate::error::Problem;

/// A feature whose newest revision this program cannot use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantine {
    /// The feature.
    pub feature: String,
    /// The version of the newest revision.
    pub version: u64,
    /// The version that is served instead; `None` for the default.
    pub serving: Option<u64>,
    /// The reasons.
    pub problems: Vec<Problem>,
}
