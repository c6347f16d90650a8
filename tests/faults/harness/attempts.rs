//! The attempts of writers to publish, and their results.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use feats::{Error, ErrorKind};

use super::features::CHOICES;

/// All attempts to publish, in the order in which they ended.
#[derive(Default)]
pub struct AttemptLog(Mutex<Vec<Attempt>>);

/// An attempt to publish.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub feature: &'static str,
    /// The comment, which is unique.
    pub comment: String,
    /// The implementation that the attempt publishes for everyone.
    pub choice: &'static str,
    pub answer: Answer,
    pub begun: Instant,
    pub ended: Instant,
}

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The attempt was published as this version.
    Acknowledged(u64),
    /// Nothing was written because of a conflict: the other writer was first, or the store has lost revisions.
    Conflict,
    /// Nothing was written, with the reason.
    Refused(String),
    /// The attempt may have been written or not, with the reason.
    Unknown(String),
}

impl AttemptLog {
    pub fn write(&self, attempt: Attempt) {
        self.attempts().push(attempt);
    }

    pub fn all(&self) -> Vec<Attempt> {
        self.attempts().clone()
    }

    /// Returns the results for a feature since an instant.
    pub fn answers(&self, feature: &str, since: Instant) -> Vec<Answer> {
        let attempts = self.attempts();
        let late = attempts.iter().filter(|attempt| attempt.feature == feature && attempt.ended > since);
        late.map(|attempt| attempt.answer.clone()).collect()
    }

    /// Returns the last result for a feature.
    pub fn last_answer(&self, feature: &str) -> Option<Answer> {
        let attempts = self.attempts();
        attempts.iter().rfind(|attempt| attempt.feature == feature).map(|attempt| attempt.answer.clone())
    }

    /// Returns the implementations that a program may serve for a version of a feature: those that were published as it, or may have been.
    pub fn choices(&self, feature: &str, version: Option<u64>) -> BTreeSet<&'static str> {
        let Some(version) = version else { return BTreeSet::from([CHOICES[0]]) };
        let attempts = self.attempts();
        let possible = attempts.iter().filter(|attempt| {
            attempt.feature == feature
                && match attempt.answer {
                    Answer::Acknowledged(written) => written == version,
                    Answer::Conflict | Answer::Refused(_) => false,
                    Answer::Unknown(_) => true,
                }
        });
        possible.map(|attempt| attempt.choice).collect()
    }

    fn attempts(&self) -> MutexGuard<'_, Vec<Attempt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    /// Returns the acknowledged version.
    pub fn version(&self) -> Option<u64> {
        match self {
            Self::Acknowledged(version) => Some(*version),
            Self::Conflict | Self::Refused(_) | Self::Unknown(_) => None,
        }
    }

    /// Returns the reason why the store failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Refused(reason) | Self::Unknown(reason) => Some(reason),
            Self::Acknowledged(_) | Self::Conflict => None,
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Conflict => Self::Conflict,
            ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Unconfirmed => Self::Unknown(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}
