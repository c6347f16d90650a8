//! The state of a replica, for operators.

use crate::model::Timestamp;
use crate::text::counted;

/// The state of a replica of a [`Replicated`](super::Replicated) store, as far as this handle knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplicaStatus {
    /// The name of the replica, without secrets.
    pub name: String,
    /// The number of features of which the replica lacks revisions. Those that are being written count too.
    pub behind: usize,
    /// The features of which the replica has another history than the primary, sorted. Nothing is written to them.
    pub diverged: Vec<String>,
    /// The number of assignments that could not be written to the replica. They are not written later.
    pub missed_assignments: u64,
    /// The error of the last write to the replica; `None` if it succeeded.
    pub last_error: Option<String>,
    /// The time of the last successful write to the replica, or comparison with it.
    pub last_success: Option<Timestamp>,
}

impl ReplicaStatus {
    /// Returns the warning about the replica; `None` if it has everything.
    pub(super) fn warning(&self) -> Option<String> {
        let mut problems = Vec::new();
        if self.behind > 0 {
            problems.push(format!("lacks revisions of {}", counted(self.behind, "feature")));
        }
        if let Some(first) = self.diverged.first() {
            let count = counted(self.diverged.len(), "feature");
            problems.push(format!("has other histories of {count}, such as {first:?}, and keeps them"));
        }
        if self.missed_assignments > 0 {
            problems
                .push(format!("lacks {}; `feats copy` copies them", counted(self.missed_assignments, "assignment")));
        }
        if let Some(error) = &self.last_error {
            problems.push(format!("has failed: {error}"));
        }
        let is_complete = problems.is_empty();
        (!is_complete).then(|| format!("the replica {} {}", self.name, problems.join(", and ")))
    }
}
