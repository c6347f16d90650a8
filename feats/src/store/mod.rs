//! Stores: durable storage for states, with optional capabilities.
//!
//! Every store implements [`Store`]. A store can also provide capabilities, each with its own trait: [`Records`], [`Counters`]
//! and [`Assignments`].
//!
//! | store | cargo feature | delivery of changes | records | counters | assignments |
//! |---|---|---|---|---|---|
//! | [`Memory`] | – | immediate | yes | yes | yes |
//! | `Sqlite` | `sqlite` | polling, every 50 ms | yes | yes | yes |
//! | `Postgres` | `postgres` | immediate, through notifications | yes | yes | yes |
//! | `MySql` | `mysql` | polling, every 100 ms | yes | yes | yes |
//! | `Redis` | `redis` | immediate, through a stream | yes | yes | yes |
//! | `Consul` | `consul` | immediate, through a blocking query | yes | – | – |
//! | `S3` | `s3` | polling, every 5 s | – | – | – |
//!
//! The following stores wrap another store, and have its name, its delivery and its capabilities:
//!
//! | store | what it adds |
//! |---|---|
//! | [`Cached`] | keeps in memory what it read and what never changes |
//! | [`ReadOnly`] | refuses every write |
//! | [`Recording`] | writes a line of JSON for every call |
//! | [`Replicated`] | also writes each revision to other stores |
//!
//! By default an app uses the capabilities of its store. It can take each of them from another store:
//! [`AppBuilder::records`](crate::AppBuilder::records), [`counters`](crate::AppBuilder::counters),
//! [`assignments`](crate::AppBuilder::assignments). A custom store implements `Store`, and returns `Some(self)` for each
//! capability that it supports.

use std::time::Duration;

pub use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash};

mod assignments;
mod cached;
mod capability;
#[cfg(any(feature = "redis", feature = "s3"))]
mod codec;
#[cfg(feature = "consul")]
mod consul;
#[cfg(feature = "contract")]
pub mod contract;
mod counters;
#[cfg(any(feature = "consul", feature = "redis", feature = "s3"))]
mod damaged;
mod gaps;
mod health;
mod memory;
mod open;
mod read_only;
mod recording;
mod records;
#[cfg(feature = "redis")]
mod redis;
mod replicated;
#[cfg(feature = "s3")]
mod s3;
mod scan;
mod server;
mod shared;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod sql;
mod wrapped;

pub use assignments::{Assignment, AssignmentOutcome, Assignments};
pub use cached::Cached;
pub(crate) use capability::CapabilityHandle;
#[cfg(feature = "consul")]
pub use consul::Consul;
pub use counters::{CounterGroup, Counters};
pub(crate) use health::StoreHealth;
pub use health::{StoreConnection, StoreStatus, StoreUse};
pub use memory::Memory;
pub use open::{examples, open};
pub use read_only::ReadOnly;
pub use recording::Recording;
pub use records::{Record, Records};
#[cfg(feature = "redis")]
pub use redis::{PlainKeys, PlainValue, Redis};
pub use replicated::{ReplicaStatus, Replicated};
#[cfg(feature = "s3")]
pub use s3::S3;
pub use scan::Scan;
pub use server::ServerReport;
#[cfg(feature = "mysql")]
pub use sql::MySql;
#[cfg(feature = "postgres")]
pub use sql::Postgres;
#[cfg(feature = "sqlite")]
pub use sql::Sqlite;

/// Durable storage for the states of features.
///
/// A store keeps each state as opaque bytes, verbatim. Writes are compare-and-append, so no write is lost. A store can
/// provide capabilities beyond that: [`records`](Self::records), [`counters`](Self::counters),
/// [`assignments`](Self::assignments).
///
/// Names are any text without NUL, up to 200 characters. Two names are equal if their bytes are equal: a store must not fold
/// case, trim spaces or normalize Unicode.
///
/// An app calls every method on its background thread, a single-threaded tokio runtime, and a method must not block that
/// thread. A call can be cancelled: its future may be dropped before it completes. Errors that a retry can resolve are of kind
/// [`ErrorKind::Unavailable`] or [`ErrorKind::Timeout`]. The suite in `feats::store::contract` (cargo feature `contract`)
/// checks this contract.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Returns the name of the store for messages, without secrets. For example `sqlite:feats.db`.
    fn name(&self) -> String;

    /// Returns a text that identifies this store in every program that uses it, without secrets. An app writes it into its
    /// [fallback file](crate::AppBuilder::fallback_file), and signs override cookies for it.
    ///
    /// The default is [`name`](Self::name). Override it if the name depends on where the program runs.
    fn identity(&self) -> String {
        self.name()
    }

    /// Returns a text that identifies the data of this handle among all handles in this process.
    ///
    /// The default is [`identity`](Self::identity). Override it if stores with the same identity can have different data, as
    /// two stores in memory do. An app that has several handles on the same data monitors their health together.
    fn data_id(&self) -> String {
        self.identity()
    }

    /// Returns `true` if this handle refuses every write, as [`ReadOnly`] does. The answer must not change. `false` by default.
    ///
    /// An app writes no records, counts and assignments to such a store, and does not warn of that.
    fn is_read_only(&self) -> bool {
        false
    }

    /// Returns the newest revision of every feature, including tombstones, and the cursor to watch from.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn load(&self) -> Result<LoadedStates>;

    /// Appends a revision if the newest revision of the feature is still the expected one.
    ///
    /// After [`AppendOutcome::Done`] the revision is durable, to the degree that the store documents. A conflict carries the
    /// current newest revision, whether its version or its hash differed.
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`] if the entry's version does not follow the expected one; nothing is written. See
    ///   [`RevisionStamp::check_next`].
    /// - Any other kind if the store cannot be written. It is then unknown whether the revision was appended.
    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome>;

    /// Returns the revisions of a feature, newest first; empty if the feature never had any.
    ///
    /// The versions have no gaps: in place of a revision that the store knows to be lost, it returns [`Entry::missing`].
    /// [`Page::filled`] does this.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>>;

    /// Returns the changes after a cursor in commit order. Waits up to `wait` for the first change; zero means not to wait.
    ///
    /// - If a feature changed several times between two calls, the result contains at least its newest revision.
    /// - If nothing changed within `wait`, the result has no entries and a cursor to continue from.
    /// - If the cursor is too old, or is not of this store or of its current [epoch](Self::epoch), the result is
    ///   [`WatchEvent::Gap`], and the caller must load all states again.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent>;

    /// Returns the newest version of every feature. Apps compare it with what they have, in case `watch` missed a change.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn versions(&self) -> Result<Vec<(String, u64)>>;

    /// Returns the epoch of the store: an opaque text that changes when the store was emptied or restored from an older copy.
    ///
    /// No operation on an intact store changes it. A store that cannot detect by itself that an older copy was restored detects
    /// it from a cursor that is ahead of its data: [`watch`](Store::watch) then returns [`WatchEvent::Gap`], and the epoch
    /// has changed for all handles. Apps compare epochs, and retain the states that the store has lost: see
    /// [`Retained`](crate::Retained).
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Returns warnings for operators about a reachable store, without secrets: settings that can lose acknowledged writes,
    /// and revisions that are lost already. Empty if no problem is known.
    ///
    /// Apps call this after they connect, on [`App::refresh`](crate::App::refresh), and about every 30 s. The warnings of the
    /// last call are part of [`Status::warnings`](crate::Status::warnings).
    ///
    /// # Errors
    /// The store cannot be read.
    async fn check(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Returns facts about the server of this store, for diagnosis. Empty by default.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn server(&self) -> Result<ServerReport> {
        Ok(ServerReport::default())
    }

    /// Returns the records of this store, or `None` if it does not support them. The answer must be the same for every handle.
    fn records(&self) -> Option<&dyn Records> {
        None
    }

    /// Returns the counters of this store, or `None` if it does not support them. The answer must be the same for every handle.
    fn counters(&self) -> Option<&dyn Counters> {
        None
    }

    /// Returns the assignments of this store, or `None` if it does not support them. The answer must be the same for every handle.
    fn assignments(&self) -> Option<&dyn Assignments> {
        None
    }
}

/// The newest revision of every feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedStates {
    /// One entry for each feature, in any order.
    pub entries: Vec<Entry>,
    /// The cursor to watch from.
    pub cursor: Cursor,
}

/// The version and hash of the newest revision that a writer saw; zeros if it saw none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RevisionStamp {
    /// The version.
    pub version: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The outcome of an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendOutcome {
    /// The revision is now the newest one.
    Done,
    /// The newest revision is not the expected one, and nothing was written. Carries the newest revision, `None` if there is
    /// none. If its id is that of the writer's own entry, an earlier attempt succeeded and only the reply was lost.
    Conflict(Option<Entry>),
}

/// The result of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// Revisions that were appended after the cursor, in commit order.
    Changes {
        /// The revisions.
        entries: Vec<Entry>,
        /// The cursor to continue from.
        cursor: Cursor,
    },
    /// The store cannot determine what changed after the cursor. Load all states again.
    Gap,
}

/// A position in the order of all commits of a store. Opaque to everyone but the store that returned it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cursor(pub String);

/// Logs that a cursor was rejected because of its epoch: it is of another store, or this store was emptied or restored since.
fn warn_of_foreign_cursor(store: &str, cursor: &Cursor, epoch: &str) {
    tracing::warn!(store, ?cursor, epoch, "rejected a cursor of another store or epoch; all states are loaded again");
}

/// A page of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only revisions older than this version.
    pub before: Option<u64>,
    /// The maximum number of revisions.
    pub limit: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { before: None, limit: 100 }
    }
}

impl RevisionStamp {
    /// Returns the stamp of `entry`, which the writer of the next revision must expect.
    pub fn after(entry: &Entry) -> Self {
        Self { version: entry.version, hash: entry.hash }
    }

    /// Checks that the version of `entry` is the one after this. Stores call it first in [`Store::append`].
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is another version.
    pub fn check_next(&self, entry: &Entry) -> Result<()> {
        if self.version.checked_add(1) == Some(entry.version) {
            return Ok(());
        }
        let message =
            format!("version {} does not follow version {}; versions must be consecutive", entry.version, self.version);
        Err(Error::new(ErrorKind::Invalid, message).with_feature(&entry.feature))
    }
}
