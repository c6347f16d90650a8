//! The fallback file: the revisions with which a program starts while its store is unreachable.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash, MAX_REVISION_BYTES};

/// The maximum length of the first line, in bytes.
const MAX_FIRST_LINE_BYTES: u64 = 1 << 16;

/// A file with the newest revision of every feature, always replaced as a whole.
///
/// The first line is JSON with the identity of the app and the epoch of the store, if known. Files of earlier versions may lack
/// either, and then belong to the app that reads them first. The following lines each have one revision and its hash, so a damaged
/// line affects its own feature only.
#[derive(Clone, Debug)]
pub(crate) struct FallbackFile {
    path: PathBuf,
    /// The app that owns the file. A file of another app is neither used nor overwritten.
    owner: Option<Identity>,
}

/// The content of a fallback file.
#[derive(Debug, Default)]
pub(crate) struct FallbackStates {
    /// The app for which the file was written.
    pub(crate) identity: Option<Identity>,
    /// The epoch of the store from which the revisions are.
    pub(crate) epoch: Option<String>,
    pub(crate) entries: Vec<Entry>,
    /// The number of damaged lines.
    pub(crate) damaged: usize,
}

#[derive(Serialize, Deserialize)]
struct HeaderLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch: Option<String>,
    #[serde(flatten)]
    identity: Option<Identity>,
}

#[derive(Serialize, Deserialize)]
struct RevisionLine {
    hash: Hash,
    revision: String,
}

impl FallbackFile {
    /// Creates a handle on the file at a path, whichever app owns it.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), owner: None }
    }

    /// Creates a handle on the file at a path, which must belong to the owner.
    pub(crate) fn owned(path: impl Into<PathBuf>, owner: Identity) -> Self {
        Self { path: path.into(), owner: Some(owner) }
    }

    /// Writes a new file beside the old one and renames it, so that readers never see a partial file. A new file is readable by its
    /// owner alone; an existing one keeps its mode.
    ///
    /// # Errors
    /// The file belongs to another app, or cannot be written.
    pub(super) fn write(&self, epoch: Option<&str>, entries: &[Entry]) -> Result<()> {
        if let Ok(mut file) = self.open() {
            self.check_owner(first_line(&mut file).as_ref().and_then(|first| first.identity.as_ref()))?;
        }
        let failed = |error: io::Error| {
            let message = "the fallback file cannot be written";
            Error::new(ErrorKind::Unavailable, message).with_path(&self.path).with_source(error)
        };
        let directory = self.path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.{:x}.tmp", std::process::id(), fastrand::u32(..)));
        let new = directory.unwrap_or(Path::new(".")).join(name);
        let written = self.write_lines(&new, epoch, entries).and_then(|()| {
            if let Ok(old) = fs::metadata(&self.path) {
                fs::set_permissions(&new, old.permissions())?;
            }
            fs::rename(&new, &self.path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map_err(failed)
    }

    fn write_lines(&self, path: &Path, epoch: Option<&str>, entries: &[Entry]) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        // Revisions contain the names of their authors.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(path)?);
        let first = HeaderLine { epoch: epoch.map(str::to_owned), identity: self.owner.clone() };
        serde_json::to_writer(&mut file, &first)?;
        file.write_all(b"\n")?;
        for entry in entries {
            let revision = String::from_utf8_lossy(&entry.bytes).into_owned();
            serde_json::to_writer(&mut file, &RevisionLine { hash: entry.hash, revision })?;
            file.write_all(b"\n")?;
        }
        file.into_inner()?.sync_all()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFound`] if there is no file.
    /// - [`ErrorKind::Invalid`] if it belongs to another app.
    /// - [`ErrorKind::Unavailable`] if it cannot be read.
    pub(crate) fn read(&self) -> Result<FallbackStates> {
        let failed = |error| self.unreadable(error);
        let mut file = self.open().map_err(failed)?;
        let mut fallback = FallbackStates::default();
        if let Some(HeaderLine { epoch, identity }) = first_line(&mut file) {
            self.check_owner(identity.as_ref())?;
            (fallback.epoch, fallback.identity) = (epoch, identity);
        } else {
            // The first line is a revision, or damaged.
            file = self.open().map_err(failed)?;
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = 2 * MAX_REVISION_BYTES as u64;
            if io::Read::take(&mut file, limit).read_until(b'\n', &mut line).map_err(failed)? == 0 {
                return Ok(fallback);
            }
            fallback.read_line(&line);
        }
    }

    fn open(&self) -> io::Result<BufReader<fs::File>> {
        fs::File::open(&self.path).map(BufReader::new)
    }

    fn unreadable(&self, error: io::Error) -> Error {
        let kind = if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Unavailable };
        Error::new(kind, "the fallback file cannot be read").with_path(&self.path).with_source(error)
    }

    /// Checks that the file belongs to the owner. Files of earlier versions do not name an app, and pass.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the file was written for another app.
    fn check_owner(&self, written_for: Option<&Identity>) -> Result<()> {
        match (&self.owner, written_for) {
            (Some(owner), Some(written_for)) if !owner.is_same(written_for) => {
                let message = format!(
                    "the fallback file was written for {written_for}, but this app uses {owner}; it is neither used nor \
                     overwritten. Use a separate file for each app, set the same environment() in both if the store has \
                     moved, or remove the file"
                );
                Err(Error::new(ErrorKind::Invalid, message).with_path(&self.path))
            }
            _ => Ok(()),
        }
    }
}

/// Reads the first line; `None` if it is a revision or damaged.
fn first_line(file: &mut BufReader<fs::File>) -> Option<HeaderLine> {
    let mut line = Vec::new();
    io::Read::take(file, MAX_FIRST_LINE_BYTES).read_until(b'\n', &mut line).ok()?;
    let first: HeaderLine = serde_json::from_slice(&line).ok()?;
    (first.epoch.is_some() || first.identity.is_some()).then_some(first)
}

impl FallbackStates {
    fn read_line(&mut self, line: &[u8]) {
        match Self::entry(line) {
            Some(entry) => self.entries.push(entry),
            None => self.damaged += 1,
        }
    }

    fn entry(line: &[u8]) -> Option<Entry> {
        let line: RevisionLine = serde_json::from_slice(line).ok()?;
        let entry = Entry::recover(line.revision.into_bytes(), line.hash)?;
        entry.decode().is_ok().then_some(entry)
    }
}
