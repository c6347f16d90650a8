//! Connections to the file: made at first use, each for one purpose, and remade when the file was replaced.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, raw_sql};
use tokio::sync::{Mutex, MutexGuard};

use super::error::Failure;
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
    pub(super) writer: Slot,
    pub(super) reader: Slot,
    pub(super) watcher: Slot,
    /// Whether a connection was ever made. If so and the file is gone, none is made: an empty store in its place
    /// would take away every state that programs run on.
    used: AtomicBool,
    serials: AtomicU64,
    /// The place of the newest revision that was appended here, which no watcher may have passed yet.
    appended: std::sync::Mutex<Option<Cursor>>,
}

/// The place of one connection; empty before its first use, while it is in use, and after a failure.
#[derive(Debug)]
pub(super) struct Slot {
    writes: bool,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    connection: SqliteConnection,
    file: FileId,
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
}

/// Which file stands at a path; a copy of it is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
    #[cfg(not(unix))]
    created: Option<std::time::SystemTime>,
}

impl Database {
    pub(super) fn new(options: Options) -> Self {
        let slot = |writes| Slot { writes, open: Mutex::new(None) };
        Self {
            options,
            writer: slot(true),
            reader: slot(false),
            watcher: slot(false),
            used: AtomicBool::new(false),
            serials: AtomicU64::new(0),
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
    pub(super) async fn lease<'a>(&'a self, slot: &'a Slot) -> Result<Lease<'a>> {
        let mut place = slot.open.lock().await;
        let file = self.file().await.map_err(|error| self.context(error))?;
        // A connection to a file that no longer stands here is dropped with the old content of the slot.
        let open = match place.take().filter(|open| file == Some(open.file)) {
            Some(open) => open,
            None => self.connect(slot, file).await.map_err(|failure| self.explain(failure))?,
        };
        Ok(Lease { database: self, slot: place, open })
    }

    /// Closes the connections, once nobody borrows them. What was acknowledged is on the disk already, so that nothing is
    /// lost if closing fails.
    pub(super) async fn close(&self) {
        for slot in [&self.writer, &self.reader, &self.watcher] {
            if let Some(open) = slot.open.lock().await.take() {
                let _ = open.connection.close().await;
            }
        }
    }

    fn explain(&self, failure: Failure) -> Error {
        self.context(failure.explain(self.options.busy))
    }

    fn context(&self, error: Error) -> Error {
        error.with_store(self.name()).with_path(&self.options.path)
    }

    async fn connect(&self, slot: &Slot, before: Option<FileId>) -> Result<Open, Failure> {
        if before.is_none() {
            self.may_create().await?;
        }
        let options = self.connect_options();
        let (connection, lasting) = match self.establish(slot, options.clone()).await {
            Ok(connection) => (connection, true),
            Err(failure) if failure.cannot_open() && slot.writes => return Err(self.unwritable(failure)),
            // In a directory that cannot be written there is no place for the files beside a write-ahead log. While
            // nobody writes it can be read without them, but then SQLite would not notice a writer that comes.
            Err(failure) if failure.cannot_open() && before.is_some() && !self.log_exists().await => {
                (self.establish(slot, options.immutable(true)).await.map_err(|_| failure)?, false)
            }
            Err(failure) => return Err(failure),
        };
        let file = self.file().await?;
        let Some(file) = file.filter(|file| before.is_none_or(|before| before == *file)) else {
            return Err(Error::new(ErrorKind::Unavailable, "the file was replaced while it was opened").into());
        };
        self.used.store(true, Ordering::Relaxed);
        Ok(Open { connection, file, serial: self.serials.fetch_add(1, Ordering::Relaxed), lasting })
    }

    async fn establish(&self, slot: &Slot, options: SqliteConnectOptions) -> Result<SqliteConnection, Failure> {
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
        } else if matches!(file_at(directory.to_owned()).await, Ok(None)) {
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

    async fn log_exists(&self) -> bool {
        let mut log = self.options.path.clone().into_os_string();
        log.push("-wal");
        !matches!(file_at(log.into()).await, Ok(None))
    }

    /// The file that stands at the path now.
    async fn file(&self) -> Result<Option<FileId>, Error> {
        file_at(self.options.path.clone())
            .await
            .map_err(|error| Error::new(ErrorKind::Unavailable, "the file cannot be looked up").with_source(error))
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

    /// Gives the connection back, if all went well, and puts what went wrong into words.
    pub(super) fn settle<T>(mut self, outcome: Result<T, Failure>) -> Result<T> {
        if outcome.is_ok() && self.open.lasting {
            *self.slot = Some(self.open);
        }
        outcome.map_err(|failure| self.database.explain(failure))
    }
}

impl FileId {
    #[cfg(unix)]
    fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device_and_inode: (metadata.dev(), metadata.ino()) }
    }

    #[cfg(not(unix))]
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self { created: metadata.created().ok() }
    }
}

async fn file_at(path: PathBuf) -> io::Result<Option<FileId>> {
    let found = tokio::task::spawn_blocking(move || std::fs::metadata(path)).await?;
    match found {
        Ok(metadata) => Ok(Some(FileId::of(&metadata))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
