//! The files of a database: which ones are there, and making a new one that no other user can read.
//!
//! Nothing but SQLite may open a file that it uses: closing any descriptor of it would drop all POSIX locks of this process. So
//! files are only looked up here, and a new one is complete before it has its name.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The files of a database at one moment. Two connections use the same database only if all of these are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) database: FileId,
    /// The write-ahead log and its index, which are there while anyone uses a database that has them.
    log: Option<FileId>,
    index: Option<FileId>,
}

/// The identity of a file; a copy has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
    #[cfg(not(unix))]
    created: Option<std::time::SystemTime>,
}

impl Files {
    /// The files at a path; `None` if there is no database file.
    ///
    /// # Errors
    /// A file cannot be looked up.
    pub(super) fn find(path: &Path) -> io::Result<Option<Self>> {
        let Some(database) = FileId::find(path)? else { return Ok(None) };
        // SQLite keeps the log beside the file that a link leads to.
        let path = fs::canonicalize(path)?;
        let (log, index) = (FileId::find(&beside(&path, "-wal"))?, FileId::find(&beside(&path, "-shm"))?);
        Ok(Some(Self { database, log, index }))
    }

    pub(super) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// Whether these are the same database with another log, or without the one that it had.
    pub(super) fn is_another_log(&self, before: &Self) -> bool {
        self.database == before.database && self != before
    }
}

impl FileId {
    /// The file at a path; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be looked up.
    pub(super) fn find(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(Self::new(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cfg(unix)]
    fn new(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device_and_inode: (metadata.dev(), metadata.ino()) }
    }

    #[cfg(not(unix))]
    fn new(metadata: &Metadata) -> Self {
        Self { created: metadata.created().ok() }
    }
}

/// Makes an empty file that only this user can read and write, unless there is one. The log and its index get the mode of
/// the database file from SQLite.
///
/// It is made under another name first: a descriptor of the file itself could be closed while another connection of this
/// process has locks on it.
///
/// # Errors
/// The file cannot be made, or the file system has neither links nor modes.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let path = target(path);
    let new = beside(&path, &format!(".{:016x}.new", fastrand::u64(..)));
    private().open(&new)?;
    let linked = fs::hard_link(&new, &path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file that a path leads to, which need not be there.
fn target(path: &Path) -> PathBuf {
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("/")).join(next);
    }
    path
}

/// A file in the same directory whose name begins with that of this one.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.into();
    name.push(suffix);
    name.into()
}
