//! Quarantine: a revision that a program cannot use, and what decides instead.

use serde::Serialize;

use crate::error::Problem;

/// A feature whose newest revision this program cannot use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantine {
    /// The feature.
    pub feature: String,
    /// The version of the newest revision.
    pub version: u64,
    /// The version that decides instead; `None` for the default.
    pub serving: Option<u64>,
    /// Why.
    pub problems: Vec<Problem>,
}
