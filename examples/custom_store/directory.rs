//! A store in a directory, where every commit is a file that is written once.
//!
//! Commits are numbered from 1 without holes, over all features. Whoever wants to append writes a complete file aside and
//! links it to the next number, which the file system grants to one writer alone: that is the compare-and-append, and no
//! lock is needed. Nobody ever sees half a file, and a process that is killed leaves at most a hidden one behind.
//!
//! A handle keeps what it has read in memory, so reading is catching up. It suits some thousand revisions.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind as Io, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use feats::model::{Entry, Hash};
use feats::store::{AppendOutcome, Cursor, LoadedStates, Page, RevisionStamp, Store, WatchEvent, async_trait};
use feats::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// How often a watcher looks for the next file.
const POLL: Duration = Duration::from_millis(50);

/// The name of this life of the store, in a file beside the commits.
const EPOCH: &str = "epoch";

/// A store in a directory of a local file system with hard links.
///
/// An append is durable when it returns. It keeps revisions alone: `records`, `counters` and `assignments` are the defaults
/// of the trait, and an app takes them from another store. Whoever restores a directory from a copy removes its file
/// `epoch`, so that running programs load it anew.
#[derive(Clone, Debug)]
pub struct Directory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    seen: Mutex<Seen>,
}

/// What a handle has read. A commit never changes, so each file is read once.
#[derive(Debug, Default)]
struct Seen {
    epoch: String,
    commits: Vec<Entry>,
}

/// The first line of a commit. Below it are the bytes of the revision, verbatim.
#[derive(Serialize, Deserialize)]
struct Head {
    feature: String,
    version: u64,
    id: String,
    hash: Hash,
    removed: bool,
}

impl Directory {
    /// The store at a path. Nothing is read or made before its first use.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Shared { path: path.into(), seen: Mutex::default() }))
    }

    /// Catches up and runs a step, where it may block. If the call is dropped the step still ends: an append happens
    /// whole or not at all.
    async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Shared, &mut Seen) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.0);
        let ended = tokio::task::spawn_blocking(move || {
            // A step that panicked has left nothing that the next one would not read again.
            let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
            shared.catch_up(&mut seen)?;
            step(&shared, &mut seen)
        });
        let ended = ended.await.map_err(|error| Error::new(ErrorKind::Unavailable, "a step failed").with_source(error));
        ended.and_then(|result| result).map_err(|error| error.with_store(self.name()))
    }
}

#[async_trait]
impl Store for Directory {
    fn name(&self) -> String {
        format!("directory:{}", self.0.path.display())
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.step(|_, seen| Ok(LoadedStates { entries: newest(&seen.commits), cursor: seen.cursor() })).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.name()))?;
        let entry = entry.clone();
        self.step(move |shared, seen| {
            loop {
                let current = seen.history(&entry.feature).next();
                if current.map(RevisionStamp::after).unwrap_or_default() != expected {
                    return Ok(AppendOutcome::Conflict(current.cloned()));
                }
                if shared.claim(&file_name(seen.commits.len() + 1), &to_file(&entry)?)? {
                    seen.commits.push(entry);
                    return Ok(AppendOutcome::Done);
                }
                // Another writer was granted this number; perhaps for another feature.
                shared.catch_up(seen)?;
            }
        })
        .await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let feature = feature.to_owned();
        self.step(move |_, seen| {
            let older = seen.history(&feature).filter(|entry| page.before.is_none_or(|before| entry.version < before));
            Ok(older.take(page.limit).cloned().collect())
        })
        .await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let start = Instant::now();
        loop {
            let after = after.clone();
            let watched = self.step(move |_, seen| Ok(seen.since(&after))).await?;
            let left = wait.saturating_sub(start.elapsed());
            match &watched {
                WatchEvent::Changes { entries, .. } if entries.is_empty() && !left.is_zero() => {
                    tokio::time::sleep(left.min(POLL)).await;
                }
                _ => return Ok(watched),
            }
        }
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let version = |entry: Entry| (entry.feature, entry.version);
        self.step(move |_, seen| Ok(newest(&seen.commits).into_iter().map(version).collect())).await
    }

    async fn epoch(&self) -> Result<String> {
        self.step(|_, seen| Ok(seen.epoch.clone())).await
    }
}

impl Shared {
    /// Reads the commits that are new since the last time; all of them in a new life of the store.
    fn catch_up(&self, seen: &mut Seen) -> Result<()> {
        let epoch = self.epoch()?;
        if seen.epoch != epoch {
            *seen = Seen { epoch, commits: Vec::new() };
        }
        loop {
            let path = self.path.join(file_name(seen.commits.len() + 1));
            let damaged = || Error::new(ErrorKind::Corrupt, "this file is no commit").with_path(&path);
            match fs::read(&path) {
                Ok(bytes) => seen.commits.push(from_file(&bytes).ok_or_else(damaged)?),
                Err(error) if error.kind() == Io::NotFound => return Ok(()),
                Err(error) => return Err(failed(error, &path)),
            }
        }
    }

    /// The name of this life of the store, which begins when it is first asked for.
    fn epoch(&self) -> Result<String> {
        let path = self.path.join(EPOCH);
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == Io::NotFound => {
                self.claim(EPOCH, format!("{:016x}", fastrand::u64(..)).as_bytes())?;
                fs::read_to_string(&path).map_err(|error| failed(error, &path))
            }
            read => read.map_err(|error| failed(error, &path)),
        }
    }

    /// Makes a file with this content, complete and flushed to the disk; `false` if there is one of this name.
    fn claim(&self, name: &str, content: &[u8]) -> Result<bool> {
        let aside = self.path.join(format!(".{:016x}", fastrand::u64(..)));
        let claimed = (|| {
            fs::create_dir_all(&self.path)?;
            let mut file = File::create_new(&aside)?;
            file.write_all(content)?;
            file.sync_all()?;
            match fs::hard_link(&aside, self.path.join(name)) {
                Err(error) if error.kind() == Io::AlreadyExists => return Ok(false),
                linked => linked?,
            }
            // The name is durable with the directory. Where directories cannot be opened, the file system sees to it.
            File::open(&self.path).map_or(Ok(()), |directory| directory.sync_all())?;
            Ok(true)
        })();
        // What stays behind is in nobody's way.
        let _ = fs::remove_file(&aside);
        claimed.map_err(|error| failed(error, &self.path))
    }
}

impl Seen {
    /// The revisions of a feature, newest first.
    fn history(&self, feature: &str) -> impl Iterator<Item = &Entry> {
        self.commits.iter().rev().filter(move |entry| entry.feature == feature)
    }

    fn cursor(&self) -> Cursor {
        Cursor(format!("{}:{}", self.epoch, self.commits.len()))
    }

    fn since(&self, cursor: &Cursor) -> WatchEvent {
        let place = cursor.0.split_once(':').filter(|(epoch, _)| *epoch == self.epoch);
        let unseen = place.and_then(|(_, commits)| self.commits.get(commits.parse().ok()?..));
        unseen.map_or(WatchEvent::Gap, |unseen| WatchEvent::Changes { entries: newest(unseen), cursor: self.cursor() })
    }
}

/// The newest commit of every feature, in the order of the commits.
fn newest(commits: &[Entry]) -> Vec<Entry> {
    let mut features = HashSet::new();
    let mut newest: Vec<Entry> =
        commits.iter().rev().filter(|entry| features.insert(&entry.feature)).cloned().collect();
    newest.reverse();
    newest
}

fn file_name(commit: usize) -> String {
    format!("{commit:08}")
}

fn to_file(Entry { feature, version, id, hash, removed, bytes }: &Entry) -> Result<Vec<u8>> {
    let (feature, id) = (feature.clone(), id.clone());
    let head = serde_json::to_vec(&Head { feature, version: *version, id, hash: *hash, removed: *removed });
    let head = head.map_err(|error| Error::new(ErrorKind::Invalid, "it cannot be written").with_source(error))?;
    Ok([&head, b"\n".as_slice(), bytes].concat())
}

fn from_file(file: &[u8]) -> Option<Entry> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let (head, bytes) = (file.get(..end)?, file.get(end + 1..)?.to_vec());
    let Head { feature, version, id, hash, removed } = serde_json::from_slice(head).ok()?;
    Some(Entry { feature, version, id, hash, removed, bytes })
}

/// Trying again can help against most failures of a file system, such as a full disk.
fn failed(error: io::Error, path: &Path) -> Error {
    let kind = match error.kind() {
        Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, "the directory cannot be used").with_path(path).with_source(error)
}
