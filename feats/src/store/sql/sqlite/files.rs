//! The files of a database: their identities, and the creation of a new one that no other user can read.
//!
//! Only SQLite may open a file that it uses: closing any descriptor of it would drop all POSIX locks of this process. So this
//! module reads only metadata, and closes a new file before it gives the file its name.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The files of a database at one moment. Two connections use the same database only if all of them are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) database: FileId,
    /// The write-ahead log and its index, which exist while a database with a log is in use.
    log: Option<FileId>,
    index: Option<FileId>,
}

/// The identity of a file. A copy has another identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
    #[cfg(not(unix))]
    created: Option<std::time::SystemTime>,
}

impl Files {
    /// Finds the files at a path; `None` if there is no database file.
    ///
    /// # Errors
    /// The metadata of a file cannot be read.
    pub(super) fn find(path: &Path) -> io::Result<Option<Self>> {
        let Some(database) = FileId::find(path)? else { return Ok(None) };
        // SQLite keeps the log beside the target of a symbolic link.
        let path = fs::canonicalize(path)?;
        let (log, index) = (FileId::find(&with_suffix(&path, "-wal"))?, FileId::find(&with_suffix(&path, "-shm"))?);
        Ok(Some(Self { database, log, index }))
    }

    pub(super) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// Returns `true` if the database is the same, but its log was removed or replaced.
    pub(super) fn has_other_log(&self, before: &Self) -> bool {
        self.database == before.database && self != before
    }
}

impl FileId {
    /// Finds the file at a path; `None` if there is none.
    ///
    /// # Errors
    /// The metadata of the file cannot be read.
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

/// Creates an empty file that only this user can read and write, unless the file exists. SQLite gives its mode to the log and
/// the index.
///
/// The file is created under another name first: closing a descriptor of the file itself could drop locks of another
/// connection of this process.
///
/// # Errors
/// The file cannot be created, or the file system does not support links or modes.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let path = resolve_links(path);
    let new = with_suffix(&path, &format!(".{:016x}.new", fastrand::u64(..)));
    private_options().open(&new)?;
    let linked = fs::hard_link(&new, &path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

fn private_options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Follows symbolic links to the file that a path leads to, which need not exist.
fn resolve_links(path: &Path) -> PathBuf {
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("/")).join(next);
    }
    path
}

/// Returns the path with a suffix appended to the file name.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.into();
    name.push(suffix);
    name.into()
}
