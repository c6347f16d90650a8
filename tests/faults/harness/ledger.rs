//! What the writers tried to publish, and what they were told.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use feats::{Error, ErrorKind};

use super::features::CHOICES;

/// Every attempt to publish, in the order in which they ended.
#[derive(Default)]
pub struct Ledger(Mutex<Vec<Attempt>>);

/// An attempt to publish.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub feature: &'static str,
    /// Its comment, which no other attempt has.
    pub comment: String,
    /// What everyone was to get.
    pub choice: &'static str,
    pub answer: Answer,
    pub begun: Instant,
    pub ended: Instant,
}

/// What a writer was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is this version.
    Acknowledged(u64),
    /// Nothing was written: the other writer was faster, or the store does not have what the program remembers.
    Conflict,
    /// Nothing was written, and why.
    Refused(String),
    /// It may have been written or not; why that is unknown.
    Unknown(String),
}

impl Ledger {
    pub fn write(&self, attempt: Attempt) {
        self.attempts().push(attempt);
    }

    pub fn all(&self) -> Vec<Attempt> {
        self.attempts().clone()
    }

    /// What writers of a feature were told since an instant.
    pub fn answers(&self, feature: &str, since: Instant) -> Vec<Answer> {
        let attempts = self.attempts();
        let late = attempts.iter().filter(|attempt| attempt.feature == feature && attempt.ended > since);
        late.map(|attempt| attempt.answer.clone()).collect()
    }

    /// What a writer of a feature was told last.
    pub fn last_answer(&self, feature: &str) -> Option<Answer> {
        let attempts = self.attempts();
        attempts.iter().rfind(|attempt| attempt.feature == feature).map(|attempt| attempt.answer.clone())
    }

    /// What a program may give by a version of a feature: what was published as it, or may have been.
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
    /// The version that was acknowledged.
    pub fn version(&self) -> Option<u64> {
        match self {
            Self::Acknowledged(version) => Some(*version),
            Self::Conflict | Self::Refused(_) | Self::Unknown(_) => None,
        }
    }

    /// Whether the store failed the writer.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unknown(_))
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
