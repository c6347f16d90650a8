//! Who changed something last, when and why.

use std::time::SystemTime;

use feats::Timestamp;
use feats::model::Revision;
use serde::Serialize;

use super::time::ago;

/// Who made the newest version, when and why.
#[derive(Serialize)]
pub(crate) struct LastChange {
    time: Timestamp,
    author: String,
    comment: String,
}

impl LastChange {
    pub(crate) fn of(revision: &Revision) -> Self {
        Self { time: revision.time(), author: revision.author().to_owned(), comment: revision.comment().to_owned() }
    }

    /// When, who and why, as one line.
    pub(crate) fn sentence(&self) -> String {
        let when = ago(self.time, Timestamp::from(SystemTime::now()));
        match self.comment.as_str() {
            "" => format!("{when} by {}", self.author),
            comment => format!("{when} by {}: {comment}", self.author),
        }
    }
}
