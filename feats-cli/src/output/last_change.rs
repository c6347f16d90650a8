//! The last change of a feature.

use std::time::SystemTime;

use feats::Timestamp;
use feats::model::Revision;
use serde::Serialize;

use super::time::ago;

/// The time, author and comment of the current version.
#[derive(Serialize)]
pub(crate) struct LastChange {
    time: Timestamp,
    author: String,
    comment: String,
}

impl From<&Revision> for LastChange {
    fn from(revision: &Revision) -> Self {
        Self { time: revision.time(), author: revision.author().to_owned(), comment: revision.comment().to_owned() }
    }
}

impl LastChange {
    /// Returns time, author and comment as one line.
    pub(crate) fn sentence(&self) -> String {
        let when = ago(self.time, Timestamp::from(SystemTime::now()));
        match self.comment.as_str() {
            "" => format!("{when} by {}", self.author),
            comment => format!("{when} by {}: {comment}", self.author),
        }
    }
}
