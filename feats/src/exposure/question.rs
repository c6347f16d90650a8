//! Questions about the past of a unit, who asks them, and their answers.

use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::cache::KnownUnit;
use super::unit::Key;

pub(super) type Questions = tokio::sync::mpsc::UnboundedReceiver<Question>;

/// What has a unit used?
#[derive(Debug)]
pub(super) struct Question {
    pub(super) key: Key,
    /// As stores name it.
    pub(super) experiment: Arc<str>,
    /// As stores name it.
    pub(super) unit: String,
    pub(super) asker: Asker,
}

/// Who waits for an answer. It may have gone.
#[derive(Debug)]
pub(super) enum Asker {
    Blocked(mpsc::SyncSender<Answer>),
    Suspended(oneshot::Sender<Answer>),
}

/// What is known of a unit's past.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// Nothing, for now.
    Unknown,
    /// It has used no implementation.
    Unused,
    /// It has used this one.
    Used(Arc<str>),
}

impl Asker {
    pub(super) fn tell(self, answer: Answer) {
        match self {
            Asker::Blocked(asker) => drop(asker.send(answer)),
            Asker::Suspended(asker) => drop(asker.send(answer)),
        }
    }
}

impl From<KnownUnit> for Answer {
    fn from(known: KnownUnit) -> Self {
        match known {
            KnownUnit::Used(name) => Answer::Used(name),
            KnownUnit::Unused(_) => Answer::Unused,
        }
    }
}
