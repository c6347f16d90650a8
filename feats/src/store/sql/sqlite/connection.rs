//! Connections to the file: opened at the first use, one for each purpose, and reopened when the file was replaced.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions, raw_sql};
use tokio::sync::{Mutex, MutexGuard};

use super::error::{cannot_open, explain};
use super::files::{FileId, Files, make_private};
use super::schema;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::RevisionStamp;
use crate::store::sql::dialect::Dialect;
use crate::store::sql::error::Failure;
use crate::store::sql::position::CommitPosition;
use crate::store::sql::revisions;
use crate::store::sql::session::{Connection as AnyConnection, Session};
use crate::store::sql::tables::Tables;

/// The options of a handle.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The path as given, for messages.
    pub(super) given: String,
    /// The absolute path, because the program may change its current directory later.
    pub(super) path: PathBuf,
    /// `true` to create the file if there is none.
    pub(super) create: bool,
    /// The maximum wait for locks of other programs.
    pub(super) busy: Duration,
    /// The interval between polls for changes.
    pub(super) poll: Duration,
}

/// The database file and the connections to it. Each connection has its own thread, because SQLite blocks.
///
/// Only SQLite may open the file: closing any descriptor of it would drop all POSIX locks of this process.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) options: Options,
    tables: Arc<Tables>,
    pub(super) writer: PooledConnection,
    pub(super) reader: PooledConnection,
    pub(super) watcher: PooledConnection,
    /// `true` if a connection was ever opened. If the file is missing after that, it is not created again: an empty store would
    /// discard every state that programs use.
    was_opened: AtomicBool,
    next_serial: AtomicU64,
    /// `true` if the write-ahead log may have pages that are not in the file.
    log_is_ahead: AtomicBool,
    /// The position of the newest revision that this handle appended, until a watcher finds it lost.
    appended: std::sync::Mutex<Option<CommitPosition>>,
}

/// A slot for one connection. Empty before the first use, during a use, and after a failure.
#[derive(Debug)]
pub(super) struct PooledConnection {
    writes: bool,
    open: Mutex<Option<OpenConnection>>,
}

#[derive(Debug)]
struct OpenConnection {
    session: Session,
    files: Files,
    serial: u64,
    /// `true` if the connection may be used again.
    reusable: bool,
}

/// A connection in use. Only [`finish`](Lease::finish) returns it to its slot. If the use fails or is cancelled, the state of the
/// connection is unknown, so it is closed, and SQLite rolls back the open transaction.
pub(super) struct Lease<'a> {
    database: &'a Database,
    slot: MutexGuard<'a, Option<OpenConnection>>,
    open: OpenConnection,
    /// `true` if this use may leave pages in the log.
    writes_log: bool,
}

impl Database {
    pub(super) fn new(options: Options) -> Self {
        let slot = |writes| PooledConnection { writes, open: Mutex::new(None) };
        Self {
            options,
            tables: Arc::new(Tables { dialect: Dialect::Sqlite, schema: String::new(), prefix: String::new() }),
            writer: slot(true),
            reader: slot(false),
            watcher: slot(false),
            was_opened: AtomicBool::new(false),
            next_serial: AtomicU64::new(0),
            log_is_ahead: AtomicBool::new(false),
            appended: std::sync::Mutex::default(),
        }
    }

    pub(super) fn appended(&self) -> Option<CommitPosition> {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_appended(&self, position: Option<CommitPosition>) {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }

    /// Returns the name of the store.
    pub(super) fn name(&self) -> String {
        format!("sqlite:{}", self.options.given)
    }

    /// Takes the connection of a slot, and opens it if necessary.
    pub(super) async fn lease<'a>(&'a self, slot: &'a PooledConnection) -> Result<Lease<'a>> {
        let mut guard = slot.open.lock().await;
        let mut files = self.files().await.map_err(|error| self.context(error))?;
        let has_other_log = |open: &OpenConnection| files.is_some_and(|files| files.has_other_log(&open.files));
        if guard.as_ref().is_some_and(has_other_log) {
            // The connections of a process share the index of the log, so a new one would continue with the lost log.
            drop(guard);
            tracing::warn!(path = %self.options.path.display(), "the write-ahead log was removed or replaced");
            self.close().await;
            guard = slot.open.lock().await;
            files = self.files().await.map_err(|error| self.context(error))?;
        }
        // A connection to files other than the current ones is dropped.
        let open = match guard.take().filter(|open| files == Some(open.files)) {
            Some(open) => open,
            None => self.connect(slot, files).await.map_err(|failure| self.explain(failure))?,
        };
        Ok(Lease { database: self, slot: guard, open, writes_log: slot.writes })
    }

    /// Closes the connections after their current uses. Acknowledged writes are on the disk already, so nothing is lost if
    /// closing fails.
    pub(super) async fn close(&self) {
        for slot in [&self.writer, &self.reader, &self.watcher] {
            if let Some(mut open) = slot.open.lock().await.take() {
                if self.log_is_ahead() {
                    self.log_is_ahead.store(!open.checkpoint().await, Ordering::Relaxed);
                }
                let _ = open.session.close().await;
            }
        }
    }

    /// Returns `true` if the write-ahead log may have pages that are not in the file.
    pub(super) fn log_is_ahead(&self) -> bool {
        self.log_is_ahead.load(Ordering::Relaxed)
    }

    fn explain(&self, failure: Failure) -> Error {
        self.context(explain(failure, self.options.busy))
    }

    fn context(&self, error: Error) -> Error {
        error.with_store(self.name()).with_path(&self.options.path)
    }

    async fn connect(&self, slot: &PooledConnection, before: Option<Files>) -> Result<OpenConnection, Failure> {
        if before.is_none() {
            self.may_create().await?;
            let path = self.options.path.clone();
            // If this fails, SQLite tries to create the file, and reports why it cannot.
            let _ = run_blocking(move || make_private(&path)).await;
        }
        let options = self.connect_options();
        let (connection, reusable) = match self.establish(slot, options.clone()).await {
            Ok(connection) => (connection, true),
            Err(failure) if cannot_open(&failure) && slot.writes => return Err(self.unwritable(failure)),
            // In a read-only directory SQLite cannot create the files of a write-ahead log. While there is no writer, the database
            // can be read without them. SQLite would not notice a later writer, so the connection is used only once.
            Err(failure) if cannot_open(&failure) && before.is_some_and(|files| !files.has_log()) => {
                (self.establish(slot, options.immutable(true)).await.map_err(|_| failure)?, false)
            }
            Err(failure) => return Err(failure),
        };
        let same = |files: &Files| before.is_none_or(|before| before.database == files.database);
        let Some(files) = self.files().await?.filter(same) else {
            return Err(Error::new(ErrorKind::Unavailable, "the file was replaced while it was being opened").into());
        };
        self.was_opened.store(true, Ordering::Relaxed);
        let session = Session::new(AnyConnection::Sqlite(connection), Arc::clone(&self.tables), None);
        Ok(OpenConnection { session, files, serial: self.next_serial.fetch_add(1, Ordering::Relaxed), reusable })
    }

    async fn establish(
        &self,
        slot: &PooledConnection,
        options: SqliteConnectOptions,
    ) -> Result<SqliteConnection, Failure> {
        let mut connection = options.connect().await?;
        schema::prepare(&mut connection, self.options.busy).await?;
        if !slot.writes {
            raw_sql("PRAGMA query_only = ON").execute(&mut connection).await?;
        }
        Ok(connection)
    }

    fn connect_options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.options.path)
            .create_if_missing(self.options.create)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(self.options.busy)
            .row_buffer_size(1024)
            .thread_name(|n| format!("feats-sqlite-{n}"))
            .disable_statement_logging()
    }

    async fn may_create(&self) -> Result<(), Error> {
        let directory = self.options.path.parent().unwrap_or(Path::new("/"));
        let message = if self.was_opened.load(Ordering::Relaxed) {
            "the file is gone; put it back, or restart the program to start with an empty file".to_owned()
        } else if !self.options.create {
            "there is no such file".to_owned()
        } else if matches!(find(directory.to_owned()).await, Ok(None)) {
            format!("there is no directory {}", directory.display())
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Unavailable, message))
    }

    fn unwritable(&self, failure: Failure) -> Failure {
        let cause = explain(failure, self.options.busy);
        let message = "the database cannot be written; check the permissions of the file and of its directory";
        Error::new(ErrorKind::ReadOnly, message).with_source(cause).into()
    }

    /// Returns the files that are at the path now.
    async fn files(&self) -> Result<Option<Files>, Error> {
        let path = self.options.path.clone();
        run_blocking(move || Files::find(&path))
            .await
            .map_err(|error| Error::new(ErrorKind::Unavailable, "the file cannot be accessed").with_source(error))
    }
}

impl OpenConnection {
    /// Moves the pages of the log into the file, as far as no reader needs the older pages. Does not wait for locks.
    ///
    /// Returns `true` if all pages were moved. If not, nothing is lost, because the log is as durable.
    async fn checkpoint(&mut self) -> bool {
        let checkpoint = self.session.fetch_first("PRAGMA wal_checkpoint(PASSIVE)", &[]).await;
        let Ok(Some(row)) = checkpoint else { return false };
        // The columns: whether another connection blocked it, the pages in the log, and how many of them are in the file.
        let (blocked, pages, moved) = (row.integer(0), row.integer(1), row.integer(2));
        matches!(blocked, Ok(0)) && matches!((pages, moved), (Ok(pages), Ok(moved)) if pages == moved)
    }
}

impl Lease<'_> {
    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.open.session
    }

    /// Appends a revision. Returns its position, or the newest revision in case of a conflict.
    pub(super) async fn append(
        &mut self,
        expected: RevisionStamp,
        entry: &Entry,
    ) -> Result<Result<CommitPosition, Option<Entry>>, Failure> {
        self.forget_pages().await?;
        revisions::append(self.session(), expected, entry).await
    }

    /// Drops the cached pages. If the file was overwritten with a copy, SQLite would continue with the cached pages, and write some
    /// of them into the copy.
    pub(super) async fn forget_pages(&mut self) -> Result<(), Failure> {
        self.session().script("PRAGMA shrink_memory").await
    }

    /// Returns a number that changes when another connection commits. Comparable only on one connection.
    pub(super) async fn data_version(&mut self) -> Result<i64, Failure> {
        let version = self.session().fetch_first("PRAGMA data_version", &[]).await?;
        version.map_or(Ok(0), |row| row.integer(0))
    }

    /// Returns a number that is unique among the connections of this handle.
    pub(super) fn serial(&self) -> u64 {
        self.open.serial
    }

    /// Moves the pages of the log into the file, as far as that is possible now.
    pub(super) async fn checkpoint(&mut self) {
        // Reset first, so that pages that another connection writes meanwhile are moved later.
        self.database.log_is_ahead.store(false, Ordering::Relaxed);
        self.writes_log = !self.open.checkpoint().await;
    }

    /// Checks that the connection writes to the files that are at the path now.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if it does not: the last write may be lost.
    pub(super) async fn check_files(&self) -> Result<(), Failure> {
        if self.database.files().await? == Some(self.open.files) {
            return Ok(());
        }
        let message = "the database file or its write-ahead log was removed or replaced during the write; \
                       it is unknown whether the write was kept";
        Err(Error::new(ErrorKind::Unavailable, message).into())
    }

    /// Returns the connection to its slot if the use succeeded, and turns a failure into an error.
    pub(super) fn finish<T>(mut self, outcome: Result<T, Failure>) -> Result<T> {
        if self.writes_log {
            self.database.log_is_ahead.store(true, Ordering::Relaxed);
        }
        if outcome.is_ok() && self.open.reusable {
            *self.slot = Some(self.open);
        }
        outcome.map_err(|failure| self.database.explain(failure))
    }
}

async fn find(path: PathBuf) -> io::Result<Option<FileId>> {
    run_blocking(move || FileId::find(&path)).await
}

pub(super) async fn run_blocking<T: Send + 'static>(
    run: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(run).await?
}
