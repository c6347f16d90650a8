//! Stores: where states live, and what else a store can keep.
//!
//! [`Store`] is what every store can do. What only some can do are capabilities, each a trait of its own that the store
//! hands out: [`Records`], [`Counters`], [`Assignments`].
//!
//! | store | cargo feature | how changes arrive | records | counters | assignments |
//! |---|---|---|---|---|---|
//! | [`Memory`] | – | at once | yes | yes | yes |
//! | `Sqlite` | `sqlite` | polled, every 50 ms | yes | yes | yes |
//! | `Redis` | `redis` | at once, by a stream | yes | yes | yes |
//!
//! An app takes all of them from its store, or each from another one:
//! [`AppBuilder::records`](crate::AppBuilder::records), [`counters`](crate::AppBuilder::counters),
//! [`assignments`](crate::AppBuilder::assignments). A store of your own implements `Store` alone, or returns `Some(self)`
//! for what it can do beyond that.

use std::time::Duration;

pub use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash};

mod assignments;
#[cfg(feature = "contract")]
pub mod contract;
mod counters;
mod gaps;
mod health;
mod memory;
mod provided;
mod records;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sql;

pub use assignments::{AssignmentOutcome, Assignments};
pub use counters::Counters;
pub(crate) use health::StoreHealth;
pub use health::{StoreConnection, StoreStatus, StoreUse};
pub use memory::Memory;
pub(crate) use provided::Provided;
pub use records::{Record, Records};
#[cfg(feature = "redis")]
pub use redis::Redis;
#[cfg(feature = "sqlite")]
pub use sql::Sqlite;

/// Where states live.
///
/// States go in and out whole, as bytes that a store keeps verbatim; a store never looks into them. Writing is
/// compare-and-append, so no write is lost. What else a store can keep are capabilities, which it hands out:
/// [`records`](Self::records), [`counters`](Self::counters), [`assignments`](Self::assignments).
///
/// Names are any text without NUL, up to 200 characters. Two of them are the same if their bytes are: a store folds no
/// case, trims no space and normalises no accent.
///
/// Every method is called on the app's own background thread, a single-threaded tokio runtime, and must not block
/// it. A method may be dropped before it ends. Errors are of kind [`ErrorKind::Unavailable`] or
/// [`ErrorKind::Timeout`] where trying again can help. The suite in `feats::store::contract` (cargo feature
/// `contract`) checks what these docs promise.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The store as it may be shown in messages, for example `sqlite:feats.db`: without secrets.
    fn name(&self) -> String;

    /// What tells this store from all others, the same in every program that uses it: without secrets. An app writes it into
    /// its [fallback file](crate::AppBuilder::fallback_file), and signs the cookies of overrides for it. The name, unless
    /// that depends on where a program runs.
    fn identity(&self) -> String {
        self.name()
    }

    /// What tells the data of this handle from that of all other handles in this process. The [identity](Self::identity),
    /// unless stores of one identity can have different data, as two stores in memory do.
    ///
    /// An app that is given two handles on the same data, one for its states and one for something else, asks the store
    /// once whether it answers.
    fn data_id(&self) -> String {
        self.identity()
    }

    /// The newest revision of every feature, tombstones included, and the cursor to watch from.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn load(&self) -> Result<LoadedStates>;

    /// Appends a revision if the newest one of the feature is still the expected one.
    ///
    /// Once this returns [`Appended::Done`], the revision is durable as the store promises it. A conflict carries
    /// the newest revision there is, whichever of version and hash it was that differed.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`], and nothing is written, if the entry's version is not the one after the expected
    /// one: see [`Expected::check_next`]. Otherwise the store cannot be written, and whether the revision was
    /// appended is unknown.
    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome>;

    /// The revisions of a feature, newest first; empty if there never were any.
    ///
    /// Versions have no holes here: a revision that the store has lost is given as [`Entry::missing`], as far as the store
    /// knows that it existed. [`Page::filled`] does that.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>>;

    /// What changed after a cursor, in commit order; waits up to `wait` for the first change.
    ///
    /// Of several changes to one feature between two calls, at least the newest is given. Nothing changed within
    /// `wait`, of which zero means to look once: no entries and a cursor to go on from. [`Watched::Gap`]: the cursor
    /// is too old, or not of this life of this store, and everything has to be loaded anew.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent>;

    /// The newest version of every feature: the safety net under `watch`.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn versions(&self) -> Result<Vec<(String, u64)>>;

    /// A name for this life of the store: another one after the store was emptied, or restored from an older copy.
    ///
    /// Nothing that a store is asked to do changes it. A store that cannot know by itself that it was set back to a copy
    /// finds out by a cursor that is ahead of it: [`watch`](Store::watch) then answers [`Watched::Gap`], and the epoch has
    /// become another one, for all handles. Programs compare it, and hold over what the store has lost: see
    /// [`Held`](crate::Held).
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Warnings for operators about a store that answers: settings by which it can lose what it acknowledged, and revisions that
    /// it has lost already. Empty if nothing is known to be wrong. Without secrets.
    ///
    /// Apps call this after each connection, with [`App::refresh`](crate::App::refresh), and about every 30 s. The warnings of the
    /// last call are part of [`Status::warnings`](crate::Status::warnings).
    ///
    /// # Errors
    /// The store cannot be read.
    async fn check(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// The records that this store keeps; `None` if it keeps none. Every handle on a store gives the same answer, always.
    fn records(&self) -> Option<&dyn Records> {
        None
    }

    /// The counters that this store keeps; `None` if it keeps none. Every handle on a store gives the same answer, always.
    fn counters(&self) -> Option<&dyn Counters> {
        None
    }

    /// The assignments that this store keeps; `None` if it keeps none. Every handle on a store gives the same answer, always.
    fn assignments(&self) -> Option<&dyn Assignments> {
        None
    }
}

/// The newest revision of every feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedStates {
    /// One entry for each feature, in any order.
    pub entries: Vec<Entry>,
    /// Where to watch from.
    pub cursor: Cursor,
}

/// What a write saw: the version and hash of the newest revision; 0 and zeros where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RevisionStamp {
    /// The version.
    pub version: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is the newest revision now.
    Done,
    /// Another revision is the newest one, or none is; nothing was written. If it carries the writer's id, the
    /// write had succeeded before and only its reply was lost.
    Conflict(Option<Entry>),
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// These revisions, in commit order.
    Changes {
        /// The revisions.
        entries: Vec<Entry>,
        /// Where to go on.
        cursor: Cursor,
    },
    /// It cannot be known; load everything.
    Gap,
}

/// A place in the order of all commits of a store. Only the store that gave it can read it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Cursor(pub String);

/// Logs that a cursor was refused, because the epoch in it is not the store's: it is of another store, or of a time before this
/// one was emptied or restored.
fn warn_of_foreign_cursor(store: &str, cursor: &Cursor, epoch: &str) {
    tracing::warn!(store, ?cursor, epoch, "a cursor of another store or epoch is refused; everything is loaded");
}

/// A page of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only revisions older than this version.
    pub before: Option<u64>,
    /// At most so many revisions.
    pub limit: usize,
}

impl Default for Page {
    fn default() -> Self {
        Self { before: None, limit: 100 }
    }
}

impl RevisionStamp {
    /// What the writer of the revision after `entry` saw.
    pub fn after(entry: &Entry) -> Self {
        Self { version: entry.version, hash: entry.hash }
    }

    /// Checks that `entry` is the revision after this one by its number: every store's first step to append it.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is not.
    pub fn check_next(&self, entry: &Entry) -> Result<()> {
        if self.version.checked_add(1) == Some(entry.version) {
            return Ok(());
        }
        let message =
            format!("version {} does not follow version {}; versions have no holes", entry.version, self.version);
        Err(Error::new(ErrorKind::Invalid, message).with_feature(&entry.feature))
    }
}
