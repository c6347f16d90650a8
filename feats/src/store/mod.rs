//! Stores: where states and records live.

use std::fmt;
use std::time::Duration;

pub use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash};

#[cfg(feature = "contract")]
pub mod contract;
mod gaps;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sql;

pub use memory::Memory;
#[cfg(feature = "redis")]
pub use redis::Redis;
#[cfg(feature = "sqlite")]
pub use sql::Sqlite;

/// Where states and records live.
///
/// States go in and out whole, as bytes that a store keeps verbatim; a store never looks into them. Writing is
/// compare-and-append, so no write is lost. Records are for what programs tell each other: catalogs, counts,
/// assignments; a store without them answers [`ErrorKind::Unsupported`].
///
/// Names, kinds, keys and units are any text without NUL, up to 200 characters. Two of them are the same if their
/// bytes are: a store folds no case, trims no space and normalises no accent.
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
    /// its [last-known-good file](crate::AppBuilder::last_known_good), and signs the cookies of overrides for it. The name, unless
    /// that depends on where a program runs.
    fn identity(&self) -> String {
        self.name()
    }

    /// The newest revision of every feature, tombstones included, and the cursor to watch from.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn load(&self) -> Result<Loaded>;

    /// Appends a revision if the newest one of the feature is still the expected one.
    ///
    /// Once this returns [`Appended::Done`], the revision is durable as the store promises it. A conflict carries
    /// the newest revision there is, whichever of version and hash it was that differed.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`], and nothing is written, if the entry's version is not the one after the expected
    /// one: see [`Expected::check_next`]. Otherwise the store cannot be written, and whether the revision was
    /// appended is unknown.
    async fn append(&self, expected: Expected, entry: &Entry) -> Result<Appended>;

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
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<Watched>;

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

    /// Sets a record, for ever or for a time from now, in place of the one that stands under its kind and key.
    ///
    /// # Errors
    /// The store cannot be written, or has no records.
    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let _ = (kind, key, bytes, ttl);
        Err(self.without_records())
    }

    /// All records of a kind that have not expired, sorted by the bytes of their keys.
    ///
    /// # Errors
    /// The store cannot be read, or has no records.
    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let _ = kind;
        Err(self.without_records())
    }

    /// Adds to counters, all or none of them; a counter that does not exist counts from 0. Sums saturate. From now on all
    /// counters of this kind and key are kept for ever, or for a time: as the last addition to any of them says.
    ///
    /// # Errors
    /// The store cannot be written, or has no records.
    async fn add_counts(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let _ = (kind, key, deltas, ttl);
        Err(self.without_records())
    }

    /// The counters of a kind and key that have not expired, sorted by name.
    ///
    /// # Errors
    /// The store cannot be read, or has no records.
    async fn counts(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let _ = (kind, key);
        Err(self.without_records())
    }

    /// The counters of several keys of a kind, in the order of the keys: what [`counts`](Self::counts) would say of each, or
    /// of it only the counters of some names.
    ///
    /// What is given here asks for each key. A store that can answer in few round trips does.
    ///
    /// # Errors
    /// The store cannot be read, or has no records.
    async fn counts_all(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        if keys.is_empty() {
            // A store without records says so to this too.
            self.counts(kind, "").await?;
        }
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            let mut counts = self.counts(kind, key).await?;
            counts.retain(|(name, _)| names.is_none_or(|names| names.contains(name)));
            all.push(counts);
        }
        Ok(all)
    }

    /// Assigns a unit of an experiment to a choice, unless it is assigned already: the first writer wins. The
    /// answer is the winner.
    ///
    /// The name of an experiment is made of its feature and its seed; for a store it is a name like any other.
    ///
    /// # Errors
    /// The store cannot be written, or has no records.
    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let _ = (experiment, unit, choice);
        Err(self.without_records())
    }

    /// Assigns units of an experiment, given as pairs of unit and choice. The answers are in the same order: the winners
    /// that [`assign`](Self::assign) would name of one pair after the other, but with fewer round trips where a store
    /// can, and whether it was this call that assigned them.
    ///
    /// What is given here asks twice for each unit, and if two programs assign a unit to the same choice at the same
    /// moment, both may be told that they were the first. A store that can do better does.
    ///
    /// # Errors
    /// The store cannot be written, or has no records. Some of the units may be assigned then; asking again is safe, but
    /// says of them that they were assigned before.
    async fn assign_all(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<Assigned>> {
        let mut all = Vec::with_capacity(units.len());
        for (unit, choice) in units {
            let before = self.assigned(experiment, unit).await?;
            let winner = self.assign(experiment, unit, choice).await?;
            all.push(Assigned { first: before.is_none() && winner == *choice, choice: winner });
        }
        Ok(all)
    }

    /// The choice that a unit of an experiment is assigned to.
    ///
    /// # Errors
    /// The store cannot be read, or has no records.
    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let _ = (experiment, unit);
        Err(self.without_records())
    }

    /// The error of a store without records.
    #[doc(hidden)]
    fn without_records(&self) -> Error {
        Error::new(ErrorKind::Unsupported, "this store keeps no records").with_store(self.name())
    }
}

/// The newest revision of every feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// One entry for each feature, in any order.
    pub entries: Vec<Entry>,
    /// Where to watch from.
    pub cursor: Cursor,
}

/// What a write saw: the version and hash of the newest revision; 0 and zeros where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Expected {
    /// The version.
    pub version: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is the newest revision now.
    Done,
    /// Another revision is the newest one, or none is; nothing was written. If it carries the writer's id, the
    /// write had succeeded before and only its reply was lost.
    Conflict(Option<Entry>),
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
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

/// What became of the assignment of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The choice that the unit is assigned to.
    pub choice: String,
    /// Whether this call assigned it.
    pub first: bool,
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

/// A record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Its key among those of its kind.
    pub key: String,
    /// Its content, verbatim.
    pub bytes: Vec<u8>,
}

impl Default for Page {
    fn default() -> Self {
        Self { before: None, limit: 100 }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?}, {} bytes)", self.key, self.bytes.len())
    }
}

impl Expected {
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
