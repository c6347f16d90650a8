//! The last-known-good file: what decides when a program starts while its store is away.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Hash, MAX_REVISION_BYTES};

/// A file with the newest revision of every feature, replaced as a whole.
///
/// One line of JSON for each revision, with its hash: a damaged line hurts its own feature only.
#[derive(Clone, Debug)]
pub(crate) struct LastKnownGood {
    path: PathBuf,
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

    /// Writes a new file beside the old one and puts it in its place, so that no reader sees a half of one.
    pub(super) fn write(&self, entries: &[Entry]) -> Result<()> {
        let failed = |error: io::Error| {
            let message = "the last-known-good file cannot be written";
            Error::new(ErrorKind::Unavailable, message).with_path(&self.path).with_source(error)
        };
        let directory = self.path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let mut name = self.path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.{:x}.tmp", std::process::id(), fastrand::u32(..)));
        let new = directory.unwrap_or(Path::new(".")).join(name);
        let written = Self::write_lines(&new, entries).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map_err(failed)
    }

    fn write_lines(path: &Path, entries: &[Entry]) -> io::Result<()> {
        let mut file = BufWriter::new(fs::File::create(path)?);
        for entry in entries {
            let revision = String::from_utf8_lossy(&entry.bytes).into_owned();
            serde_json::to_writer(&mut file, &Line { hash: entry.hash, revision })?;
            file.write_all(b"\n")?;
        }
        file.into_inner()?.sync_all()
    }

    /// The revisions in the file, and how many lines of it are damaged.
    pub(super) fn read(&self) -> Result<(Vec<Entry>, usize)> {
        let failed = |error: io::Error| {
            let kind =
                if error.kind() == io::ErrorKind::NotFound { ErrorKind::NotFound } else { ErrorKind::Unavailable };
            let message = "the last-known-good file cannot be read";
            Error::new(kind, message).with_path(&self.path).with_source(error)
        };
        let mut file = BufReader::new(fs::File::open(&self.path).map_err(failed)?);
        let (mut entries, mut damaged) = (Vec::new(), 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            let limit = 2 * MAX_REVISION_BYTES as u64;
            if io::Read::take(&mut file, limit).read_until(b'\n', &mut line).map_err(failed)? == 0 {
                return Ok((entries, damaged));
            }
            match Self::read_line(&line) {
                Some(entry) => entries.push(entry),
                None => damaged += 1,
            }
        }
    }

    fn read_line(line: &[u8]) -> Option<Entry> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let entry = Entry::recover(line.revision.as_bytes(), line.hash)?;
        entry.read().is_ok().then_some(entry)
    }
}
