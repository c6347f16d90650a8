//! Connections to the file: made at first use, each for one purpose, and remade when the file was replaced.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, query_as, raw_sql};
use tokio::sync::{Mutex, MutexGuard};

use super::error::Failure;
use super::files::{FileId, Files, make_private};
use super::schema;
use crate::error::{Error, ErrorKind, Result};
use crate::store::Cursor;

/// How the file is used; what a handle is opened with.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The path as it was given, for messages.
    pub(super) given: String,
    /// The same from the root: the program may change its directory later.
    pub(super) path: PathBuf,
    /// Whether to make the file if there is none.
    pub(super) create: bool,
    /// How long to wait for the locks of others.
    pub(super) busy: Duration,
    /// How often to look for changes.
    pub(super) poll: Duration,
}

/// The database file and the connections to it. Each runs on a thread of its own, so that SQLite blocks no other.
///
/// Nothing but SQLite may open the file: closing any descriptor of it would drop all POSIX locks of this process.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) options: Options,
    pub(super) writer: PooledConnection,
    pub(super) reader: PooledConnection,
    pub(super) watcher: PooledConnection,
    /// Whether a connection was ever made. If so and the file is gone, none is made: an empty store in its place
    /// would take away every state that programs run on.
    used: AtomicBool,
    serials: AtomicU64,
    /// Whether something may be in the write-ahead log that was not moved into the file.
    log_is_ahead: AtomicBool,
    /// The place of the newest revision that was appended here, which no watcher may have passed yet.
    appended: std::sync::Mutex<Option<Cursor>>,
}

/// The place of one connection; empty before its first use, while it is in use, and after a failure.
#[derive(Debug)]
pub(super) struct PooledConnection {
    writes: bool,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    connection: SqliteConnection,
    files: Files,
    serial: u64,
    /// Whether it may be used again.
    lasting: bool,
}

/// A connection on loan. Only [`settle`](Lease::settle) gives it back: if the borrower fails or is dropped half-way,
/// nobody knows in which state the connection is, so it is closed, and SQLite rolls back what was open.
pub(super) struct Lease<'a> {
    database: &'a Database,
    slot: MutexGuard<'a, Option<Open>>,
    open: Open,
    /// Whether the log has what is written on this loan.
    writes_log: bool,
}

impl Database {
    pub(super) fn new(options: Options) -> Self {
        let slot = |writes| PooledConnection { writes, open: Mutex::new(None) };
        Self {
            options,
            writer: slot(true),
            reader: slot(false),
            watcher: slot(false),
            used: AtomicBool::new(false),
            serials: AtomicU64::new(0),
            log_is_ahead: AtomicBool::new(false),
            appended: std::sync::Mutex::default(),
        }
    }

    pub(super) fn appended(&self) -> Option<Cursor> {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_appended(&self, place: Option<Cursor>) {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// The store's name.
    pub(super) fn name(&self) -> String {
        format!("sqlite:{}", self.options.given)
    }

    /// Borrows the connection of a slot, which is connected if need be.
    pub(super) async fn lease<'a>(&'a self, slot: &'a PooledConnection) -> Result<Lease<'a>> {
        let mut place = slot.open.lock().await;
        let mut files = self.files().await.map_err(|error| self.context(error))?;
        let has_other_log = |open: &Open| files.is_some_and(|files| files.is_another_log(&open.files));
        if place.as_ref().is_some_and(has_other_log) {
            // The connections of a process share what they know of the log: a new one would go on with the lost one.
            drop(place);
            tracing::warn!(path = %self.options.path.display(), "the write-ahead log was removed or replaced");
            self.close().await;
            place = slot.open.lock().await;
            files = self.files().await.map_err(|error| self.context(error))?;
        }
        // A connection to other files than those that are here now is dropped with the old content of the slot.
        let open = match place.take().filter(|open| files == Some(open.files)) {
            Some(open) => open,
            None => self.connect(slot, files).await.map_err(|failure| self.explain(failure))?,
        };
        Ok(Lease { database: self, slot: place, open, writes_log: slot.writes })
    }

    /// Closes the connections, once nobody borrows them. What was acknowledged is on the disk already, so that nothing is
    /// lost if closing fails.
    pub(super) async fn close(&self) {
        for slot in [&self.writer, &self.reader, &self.watcher] {
            if let Some(mut open) = slot.open.lock().await.take() {
                if self.log_is_ahead() {
                    self.log_is_ahead.store(!open.empty_log().await, Ordering::Relaxed);
                }
                let _ = open.connection.close().await;
            }
        }
    }

    /// Whether something may be in the write-ahead log alone.
    pub(super) fn log_is_ahead(&self) -> bool {
        self.log_is_ahead.load(Ordering::Relaxed)
    }

    fn explain(&self, failure: Failure) -> Error {
        self.context(failure.explain(self.options.busy))
    }

    fn context(&self, error: Error) -> Error {
        error.with_store(self.name()).with_path(&self.options.path)
    }

    async fn connect(&self, slot: &PooledConnection, before: Option<Files>) -> Result<Open, Failure> {
        if before.is_none() {
            self.may_create().await?;
            let path = self.options.path.clone();
            // Where it cannot be made, SQLite tries, and says why not.
            let _ = run_blocking(move || make_private(&path)).await;
        }
        let options = self.connect_options();
        let (connection, lasting) = match self.establish(slot, options.clone()).await {
            Ok(connection) => (connection, true),
            Err(failure) if failure.cannot_open() && slot.writes => return Err(self.unwritable(failure)),
            // In a directory that cannot be written there is no place for the files beside a write-ahead log. While
            // nobody writes it can be read without them, but then SQLite would not notice a writer that comes.
            Err(failure) if failure.cannot_open() && before.is_some_and(|files| !files.has_log()) => {
                (self.establish(slot, options.immutable(true)).await.map_err(|_| failure)?, false)
            }
            Err(failure) => return Err(failure),
        };
        let same = |files: &Files| before.is_none_or(|before| before.database == files.database);
        let Some(files) = self.files().await?.filter(same) else {
            return Err(Error::new(ErrorKind::Unavailable, "the file was replaced while it was opened").into());
        };
        self.used.store(true, Ordering::Relaxed);
        Ok(Open { connection, files, serial: self.serials.fetch_add(1, Ordering::Relaxed), lasting })
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
        let message = if self.used.load(Ordering::Relaxed) {
            "the file is gone; put it back, or restart to begin with an empty one".to_owned()
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
        let cause = failure.explain(self.options.busy);
        let message = "the database cannot be written; may this program write to the file and to its directory?";
        Error::new(ErrorKind::ReadOnly, message).with_source(cause).into()
    }

    /// The files that are at the path now.
    async fn files(&self) -> Result<Option<Files>, Error> {
        let path = self.options.path.clone();
        run_blocking(move || Files::find(&path))
            .await
            .map_err(|error| Error::new(ErrorKind::Unavailable, "the file cannot be looked up").with_source(error))
    }
}

impl Open {
    /// Moves what the log has into the file, as far as no reader still needs the older pages. It does not wait for locks.
    ///
    /// Gives whether all was moved. If not, nothing is lost: what is in the log is as durable.
    async fn empty_log(&mut self) -> bool {
        let checkpoint = query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut self.connection).await;
        // Whether another connection was moving pages, how many pages the log has, and how many of them are in the file by now.
        checkpoint.is_ok_and(|(busy, pages, moved): (i64, i64, i64)| busy == 0 && pages == moved)
    }
}

impl Lease<'_> {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.open.connection
    }

    /// Tells this connection from all others that this handle had.
    pub(super) fn serial(&self) -> u64 {
        self.open.serial
    }

    /// Moves what the log has into the file, as far as that is possible now.
    pub(super) async fn empty_log(&mut self) {
        // First, so that what another connection writes meanwhile is moved later.
        self.database.log_is_ahead.store(false, Ordering::Relaxed);
        self.writes_log = !self.open.empty_log().await;
    }

    /// Checks that the connection still writes to the files that others read.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if not: what was just written may be lost.
    pub(super) async fn check_files(&self) -> Result<(), Failure> {
        if self.database.files().await? == Some(self.open.files) {
            return Ok(());
        }
        let message = "the database file or its write-ahead log was removed or replaced during the write; \
                       whether it is kept is unknown";
        Err(Error::new(ErrorKind::Unavailable, message).into())
    }

    /// Gives the connection back, if all went well, and puts what went wrong into words.
    pub(super) fn settle<T>(mut self, outcome: Result<T, Failure>) -> Result<T> {
        if self.writes_log {
            self.database.log_is_ahead.store(true, Ordering::Relaxed);
        }
        if outcome.is_ok() && self.open.lasting {
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
