//! A store in a SQLite file that any number of programs on one machine can share.

mod capabilities;
mod check;
mod connection;
mod error;
mod files;
mod schema;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::connection::{Database, Options};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::sql::{position, revisions};
use crate::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, Store, WatchEvent,
};

/// A store in one SQLite file, which any number of handles and programs on one machine can share.
///
/// [`open`](Self::open) only checks the path. The first use connects to the file, and creates it if there is none. An append is
/// durable when it returns: it was flushed to the disk. Changes by other programs are polled, by default every 50 ms. A new
/// file is readable and writable by its owner alone; an existing file keeps its mode.
///
/// Put the file on a local disk, because the locks of network file systems are not reliable. SQLite keeps a write-ahead log beside
/// the file, so the directory must be writable. If it is not, the store can be read, and writes fail with
/// [`ErrorKind::ReadOnly`].
///
/// An append moves the content of the log into the file before it returns, unless another connection still reads an older
/// state; then a watching program moves it after that read. If the log was removed or replaced, the next append detects
/// it and fails with [`ErrorKind::Unavailable`], and later appends continue with the file.
///
/// If the file is replaced, watchers get a gap, and apps load all states again. If the file is removed, every call fails until the
/// file is put back or the program is restarted.
///
/// To back up the file, use SQLite's `VACUUM INTO` or `.backup`. To restore a backup, remove the old `-wal` and `-shm` files
/// and move the backup into place with one rename, or stop the programs first. A running program that has watched the file
/// detects that it was restored, and changes its [`epoch`](Store::epoch).
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
    /// Creates a handle on the file at `path`. Neither opens nor creates the file.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if `path` cannot be the path of a database file: it is empty, a directory, a URL, not UTF-8, or
    /// contains a NUL character. Also if it looks like a mistyped address of a server, such as `redis:/user:password@host`; the
    /// error does not repeat that. `:memory:` is not supported; use [`Memory`](super::super::Memory).
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let given = path.as_ref();
        if given.to_str().is_some_and(looks_like_address) {
            let message = "this looks like the address of a server, not the path of a file; \
                           it is not repeated here because it may contain a password";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let path = validated_path(given).map_err(|message| Error::new(ErrorKind::Invalid, message).with_path(given))?;
        let (busy, poll) = (Duration::from_secs(5), Duration::from_millis(50));
        let given = given.display().to_string();
        Ok(Self(Arc::new(Database::new(Options { given, path, create: true, busy, poll }))))
    }

    /// Sets the interval at which the file is polled for changes. At least 1 ms; the default is 50 ms.
    #[must_use]
    pub fn poll_every(self, every: Duration) -> Self {
        self.with(|options| options.poll = every.max(Duration::from_millis(1)))
    }

    /// Sets the maximum wait for a lock that another program holds. At most 1 hour; the default is 5 s.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.busy = timeout.min(Duration::from_secs(3600)))
    }

    /// Requires that the file exists, in place of creating it. For tools, where a missing file means a mistyped path.
    #[must_use]
    pub fn must_exist(self) -> Self {
        self.with(|options| options.create = false)
    }

    /// Closes the connections. A later use opens new ones. A program that ends without this leaves the write-ahead log beside
    /// the file, which the next program continues.
    pub async fn close(&self) {
        self.0.close().await;
    }

    /// Returns a handle on the same file with other options, and therefore with its own connections.
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

    /// Returns the absolute path, because a relative one depends on the current directory.
    fn identity(&self) -> String {
        format!("sqlite:{}", self.0.options.path.display())
    }

    async fn load(&self) -> Result<LoadedStates> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let loaded = revisions::load(lease.session()).await;
        lease.finish(loaded)
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.writer).await?;
        let mut appended = lease.append(expected, entry).await;
        if let Ok(Ok(_)) = appended {
            lease.checkpoint().await;
            if let Err(failure) = lease.check_files().await {
                appended = Err(failure);
            }
        }
        let appended = lease.finish(appended).map_err(|error| error.with_feature(&entry.feature))?;
        Ok(match appended {
            Ok(position) => {
                self.0.set_appended(Some(position));
                AppendOutcome::Done
            }
            Err(current) => AppendOutcome::Conflict(current),
        })
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let history = revisions::history(lease.session(), feature, page).await;
        lease.finish(history).map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(&self.0, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let versions = revisions::versions(lease.session()).await;
        lease.finish(versions)
    }

    async fn epoch(&self) -> Result<String> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let epoch = position::epoch(lease.session()).await;
        lease.finish(epoch)
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

/// Returns `true` if this is, or was meant to be, the address of a server. It may contain a password anywhere.
fn looks_like_address(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !std::path::is_separator(c));
    if start.starts_with("sqlite:") || start.starts_with("file:") {
        return text.contains('@');
    }
    let has_scheme = start.split_once(':').is_some_and(|(scheme, _)| {
        // A single letter is a Windows drive.
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let has_login = |part: &str| part.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    text.contains("://")
        || text.contains('@') && (has_scheme || start.starts_with("redis"))
        || text.split(['/', '\\']).any(has_login)
}

/// Returns the absolute path, if it can be the path of a database file.
fn validated_path(given: &Path) -> Result<PathBuf, &'static str> {
    let Some(text) = given.to_str() else { return Err("the path is not UTF-8, which SQLite requires") };
    if text.is_empty() {
        return Err("the path is empty");
    }
    if text.contains('\0') {
        return Err("the path contains a NUL character");
    }
    if text == ":memory:" {
        return Err("SQLite does not share :memory: between connections; use feats::store::Memory");
    }
    if text.starts_with("sqlite:") || text.starts_with("file:") {
        return Err("this is a URL; use the path without the scheme");
    }
    if text.ends_with(std::path::is_separator) || given.is_dir() {
        return Err("this is a directory; use the path of a file in it");
    }
    std::path::absolute(given).map_err(|_| "the current directory is unknown; use an absolute path")
}
