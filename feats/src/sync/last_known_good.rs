//! The last-known-good file: what decides when a program starts while its store is away.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash, MAX_REVISION_BYTES};

/// A file with the newest revision of every feature, replaced as a whole.
///
/// The first line of JSON names the life of the store that the revisions are from; files of earlier versions have none.
/// Then comes one line for each revision, with its hash: a damaged line hurts its own feature only.
#[derive(Clone, Debug)]
pub(crate) struct LastKnownGood {
    path: PathBuf,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// The life of the store that the revisions are from.
    pub(crate) epoch: Option<String>,
    pub(crate) entries: Vec<Entry>,
    /// How many lines are damaged.
    pub(crate) damaged: usize,
}

#[derive(Serialize, Deserialize)]
struct First {
    epoch: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    hash: Hash,
    revision: String,
}

impl LastKnownGood {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Writes a new file beside the old one and puts it in its place, so that no reader sees a half of one. It can be read and
    /// written by its owner alone, unless the old one had another mode.
    pub(super) fn write(&self, epoch: Option<&str>, entries: &[Entry]) -> Result<()> {
        let failed = |error: io::Error| {
            let message = "the last-known-good file cannot be written";
            Error::new(ErrorKind::Unavailable, message).with_path(&self.path).with_source(error)
        };
        let directory = self.path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.{:x}.tmp", std::process::id(), fastrand::u32(..)));
        let new = directory.unwrap_or(Path::new(".")).join(name);
        let existing = fs::metadata(&self.path).ok();
        let written = Self::write_lines(&new, epoch, entries)
            .and_then(|()| existing.map_or(Ok(()), |old| fs::set_permissions(&new, old.permissions())))
            .and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map_err(failed)
    }

    fn write_lines(path: &Path, epoch: Option<&str>, entries: &[Entry]) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        // The revisions name users.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(path)?);
        if let Some(epoch) = epoch {
            serde_json::to_writer(&mut file, &First { epoch: epoch.to_owned() })?;
            file.write_all(b"\n")?;
        }
        for entry in entries {
            let revision = String::from_utf8_lossy(&entry.bytes).into_owned();
            serde_json::to_writer(&mut file, &Line { hash: entry.hash, revision })?;
            file.write_all(b"\n")?;
        }
        file.into_inner()?.sync_all()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none; it cannot be read.
    pub(crate) fn read(&self) -> Result<Remembered> {
        let failed = |error: io::Error| {
            let kind =
                if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Unavailable };
            let message = "the last-known-good file cannot be read";
            Error::new(kind, message).with_path(&self.path).with_source(error)
        };
        let mut file = BufReader::new(fs::File::open(&self.path).map_err(failed)?);
        let mut remembered = Remembered::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = 2 * MAX_REVISION_BYTES as u64;
            if io::Read::take(&mut file, limit).read_until(b'\n', &mut line).map_err(failed)? == 0 {
                return Ok(remembered);
            }
            remembered.read_line(&line);
        }
    }
}

impl Remembered {
    fn read_line(&mut self, line: &[u8]) {
        if let Some(entry) = Self::entry(line) {
            self.entries.push(entry);
        } else if let Ok(First { epoch }) = serde_json::from_slice(line) {
            self.epoch = Some(epoch);
        } else {
            self.damaged += 1;
        }
    }

    fn entry(line: &[u8]) -> Option<Entry> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let entry = Entry::recover(line.revision.into_bytes(), line.hash)?;
        entry.read().is_ok().then_some(entry)
    }
}
