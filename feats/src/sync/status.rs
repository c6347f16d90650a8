//! What an app knows of its store, for people and health checks.

use std::time::{Duration, SystemTime};

use crate::exposure::Tally;
use crate::model::Quarantine;
use crate::model::Timestamp;
use crate::store::{Connection, StoreStatus};

/// What an app knows of its stores.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The store of the revisions, without secrets.
    pub store: String,
    /// Whether the store is being followed.
    pub connection: Connection,
    /// Since when that is so.
    pub since: Timestamp,
    /// When the store last answered.
    pub last_contact: Option<Timestamp>,
    /// Why the store is not being followed.
    pub error: Option<String>,
    /// Where the routes in use come from.
    pub origin: Origin,
    /// The life of the store that was last read: another one after it was emptied or restored.
    pub epoch: Option<String>,
    /// The features whose newest revisions the store has lost. They go on deciding.
    pub held: Vec<Held>,
    /// The features whose newest revision this program cannot use.
    pub quarantined: Vec<Quarantine>,
    /// How many revisions have arrived whose rules are not compiled yet. Until then what was before decides, or their pin.
    pub compiling: usize,
    /// What does not work without stopping anything, such as publishing the catalog. A warning ends when the same thing
    /// works again; there is at most one of each source.
    pub warnings: Vec<String>,
    /// How many attempts to connect there were since the start.
    pub connects: u64,
    /// What became of the exposures of experiments.
    pub exposures: Tally,
    /// Each store that the app uses, and for what: the one of the revisions first, of which the fields above tell more. The
    /// others may be away while that one is live.
    pub stores: Vec<StoreStatus>,
}

/// Where the routes in use come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the defaults in code.
    Defaults,
    /// The last-known-good file.
    LastKnownGood,
    /// The store.
    Store,
}

/// A feature whose newest revision the store has lost: it was emptied, restored from an older copy, or failed over to one.
///
/// What decided before goes on deciding, until the revision is [put back](crate::App::restore_held) or somebody publishes
/// anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The feature.
    pub feature: String,
    /// The version that decides.
    pub version: u64,
    /// The version that the store has; 0 if none.
    pub stored: u64,
    /// When the loss was noticed.
    pub since: Timestamp,
}

impl Status {
    /// Whether changes arrive.
    pub fn is_live(&self) -> bool {
        self.connection == Connection::Live
    }

    /// How long ago the store last answered.
    pub fn age(&self) -> Option<Duration> {
        self.last_contact.map(|contact| Timestamp::from(SystemTime::now()).since(contact))
    }
}
