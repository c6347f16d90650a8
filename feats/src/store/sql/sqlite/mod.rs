//! The store in a SQLite file, shared by any number of programs on one machine.

mod assignments;
mod check;
mod connection;
mod counters;
mod error;
mod files;
mod records;
mod revisions;
mod schema;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::connection::{Database, Options};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, Store, WatchEvent,
};

/// A store in one SQLite file, which any number of handles and programs on one machine may share.
///
/// Opening only checks the path; the file is connected to, and made if there is none, at the first use. An append
/// is durable when it returns: it has been flushed to the disk. Changes of others are polled for, by default every
/// 50 ms. The file keeps a write-ahead log beside it, so its directory has to be writable; put it on a local disk,
/// for the locks of network drives cannot be relied on. Where it cannot be written it can still be read, and writing
/// is [`ErrorKind::ReadOnly`]. A new file can be read and written by its owner alone; an existing one keeps its mode.
///
/// An append moves what the log has into the file before it returns. Only while another connection reads an older state it
/// cannot; then a program that watches the file does so once that connection has ended. A log that was removed or replaced is noticed
/// before the next append returns: that append is [`ErrorKind::Unavailable`], and the next one continues with the file.
///
/// When another file takes its place, it is noticed: watchers are told of a gap, and everything is loaded anew. When
/// the file is gone, every call fails until it is back or the program is restarted. To take a copy of it, use
/// SQLite's `VACUUM INTO` or `.backup`; to restore one, stop the programs or move the copy into place with one
/// rename, having removed the old `-wal` and `-shm` files. A program that has watched the file before notices that it was set
/// back, and gives it another [`epoch`](Store::epoch).
///
/// Clones share their connections.
///
/// ```
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{Sqlite, Store};
///
/// let store = Sqlite::open("feats.db")?;
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Sqlite(Arc<Database>);

impl Sqlite {
    /// A handle on the file at `path`, which is neither opened nor made yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if `path` cannot be that of a database file: it is empty, a directory, a URL, not
    /// UTF-8, has a NUL character in it, or looks like a mistyped address of a server, such as `redis:/user:password@host`:
    /// this one is not repeated in the error. `:memory:` is none either; that is what [`Memory`](super::super::Memory)
    /// is for.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let given = path.as_ref();
        if given.to_str().is_some_and(looks_like_address) {
            let message = "this looks like the address of a server, not like the path of a file; \
                           it is not repeated here, as it may have a password";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let path = checked(given).map_err(|message| Error::new(ErrorKind::Invalid, message).with_path(given))?;
        let (busy, poll) = (Duration::from_secs(5), Duration::from_millis(50));
        let given = given.display().to_string();
        Ok(Self(Arc::new(Database::new(Options { given, path, create: true, busy, poll }))))
    }

    /// Looks for changes so often, at most once a millisecond. The default is every 50 ms.
    #[must_use]
    pub fn poll_every(self, every: Duration) -> Self {
        self.with(|options| options.poll = every.max(Duration::from_millis(1)))
    }

    /// Waits so long, at most an hour, while another program has the file locked. The default is 5 s.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.busy = timeout.min(Duration::from_secs(3600)))
    }

    /// Fails if there is no file, instead of making one: for tools, to which a missing file is a mistyped path.
    #[must_use]
    pub fn must_exist(self) -> Self {
        self.with(|options| options.create = false)
    }

    /// Closes the connections; a later use makes new ones. A program that ends without this leaves the write-ahead log
    /// beside the file, for the next one to take over.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// A handle on the same file with other options, and so with connections of its own.
    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.0.options.clone();
        change(&mut options);
        Self(Arc::new(Database::new(options)))
    }
}

#[async_trait]
impl Store for Sqlite {
    fn name(&self) -> String {
        self.0.name()
    }

    /// The path from the root: a relative one is another file in another directory.
    fn identity(&self) -> String {
        format!("sqlite:{}", self.0.options.path.display())
    }

    async fn load(&self) -> Result<LoadedStates> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let loaded = revisions::load(lease.connection()).await;
        lease.settle(loaded)
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.writer).await?;
        let mut appended = revisions::append(lease.connection(), expected, entry).await;
        if let Ok(Ok(_)) = appended {
            lease.empty_log().await;
            if let Err(failure) = lease.check_files().await {
                appended = Err(failure);
            }
        }
        let appended = lease.settle(appended).map_err(|error| error.with_feature(&entry.feature))?;
        Ok(match appended {
            Ok(place) => {
                self.0.set_appended(Some(place));
                AppendOutcome::Done
            }
            Err(current) => AppendOutcome::Conflict(current),
        })
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let history = revisions::history(lease.connection(), feature, page).await;
        lease.settle(history).map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(&self.0, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let versions = revisions::versions(lease.connection()).await;
        lease.settle(versions)
    }

    async fn epoch(&self) -> Result<String> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let epoch = revisions::epoch(lease.connection()).await;
        lease.settle(epoch)
    }

    async fn check(&self) -> Result<Vec<String>> {
        check::check(&self.0).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

/// Whether this is the address of a server, or was meant to be one. It may have a password anywhere.
fn looks_like_address(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !std::path::is_separator(c));
    if start.starts_with("sqlite:") || start.starts_with("file:") {
        return text.contains('@');
    }
    let has_scheme = start.split_once(':').is_some_and(|(scheme, _)| {
        // One letter is a drive of Windows.
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let has_login = |part: &str| part.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    text.contains("://")
        || text.contains('@') && (has_scheme || start.starts_with("redis"))
        || text.split(['/', '\\']).any(has_login)
}

/// The path from the root, if it can be that of a database file.
fn checked(given: &Path) -> Result<PathBuf, &'static str> {
    let Some(text) = given.to_str() else { return Err("the path is not UTF-8, which SQLite needs") };
    if text.is_empty() {
        return Err("the path is empty");
    }
    if text.contains('\0') {
        return Err("the path has a NUL character in it");
    }
    if text == ":memory:" {
        return Err("SQLite's :memory: is not shared by connections; use feats::store::Memory");
    }
    if text.starts_with("sqlite:") || text.starts_with("file:") {
        return Err("this is a URL; give the path alone");
    }
    if text.ends_with(std::path::is_separator) || given.is_dir() {
        return Err("this is a directory; give the path of a file in it");
    }
    std::path::absolute(given).map_err(|_| "the current directory is unknown; give the path from the root")
}
