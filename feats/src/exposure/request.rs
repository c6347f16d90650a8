//! Requests for the prior assignment of a unit, and their answers.

use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::cache::KnownUnit;
use super::unit::Key;

pub(super) type LookupRequests = tokio::sync::mpsc::UnboundedReceiver<LookupRequest>;

/// A request for the prior assignment of a unit.
#[derive(Debug)]
pub(super) struct LookupRequest {
    pub(super) key: Key,
    /// The name of the experiment in stores.
    pub(super) experiment: Arc<str>,
    /// The name of the unit in stores.
    pub(super) unit: String,
    pub(super) waiter: Waiter,
}

/// The thread or task that waits for an answer. It may have stopped waiting.
#[derive(Debug)]
pub(super) enum Waiter {
    Thread(mpsc::SyncSender<LookupAnswer>),
    Task(oneshot::Sender<LookupAnswer>),
}

/// The prior assignment of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LookupAnswer {
    /// The prior assignment is not known.
    Unknown,
    /// The unit has used no implementation.
    Unused,
    /// The unit has used this implementation.
    Used(Arc<str>),
}

impl Waiter {
    pub(super) fn notify(self, answer: LookupAnswer) {
        match self {
            Waiter::Thread(sender) => drop(sender.send(answer)),
            Waiter::Task(sender) => drop(sender.send(answer)),
        }
    }
}

impl LookupAnswer {
    /// Returns this answer, or that the unit uses a provisional implementation if this one is unknown.
    pub(super) fn or_provisional(self, name: impl FnOnce() -> Option<Arc<str>>) -> Self {
        match self {
            LookupAnswer::Unknown => name().map_or(LookupAnswer::Unknown, LookupAnswer::Used),
            known => known,
        }
    }
}

impl From<KnownUnit> for LookupAnswer {
    fn from(known: KnownUnit) -> Self {
        match known {
            KnownUnit::Used(name) | KnownUnit::Provisional(name, _) => LookupAnswer::Used(name),
            KnownUnit::Unused(_) => LookupAnswer::Unused,
        }
    }
}
