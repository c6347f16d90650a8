//! A store in a directory, in which every commit is a file that is written once.
//!
//! Commits of all features are numbered from 1 without gaps. A writer creates a complete temporary file and links it to the
//! next number, which the file system permits for one writer only. This is the compare-and-append, and needs no lock. Readers
//! never see an incomplete file, and a process that is killed leaves at most a hidden temporary file behind.
//!
//! A handle keeps all commits in memory and reads only new ones. This suits some thousand revisions.

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

/// The interval at which a watcher looks for the next file.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The name of the file that contains the epoch of the store.
const EPOCH_FILE: &str = "epoch";

/// A store in a directory of a local file system with hard links.
///
/// An append is durable when it returns. The store keeps only revisions: `records`, `counters` and `assignments` have the
/// defaults of the trait, so an app takes these capabilities from another store. After a restore of the directory from a
/// backup, remove the file `epoch`, so that running programs load everything again.
#[derive(Clone, Debug)]
pub struct Directory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    cache: Mutex<Cache>,
}

/// The commits that a handle has read. A commit never changes, so each file is read once.
#[derive(Debug, Default)]
struct Cache {
    epoch: String,
    commits: Vec<Entry>,
}

/// The first line of a commit. The bytes of the revision follow it, verbatim.
#[derive(Serialize, Deserialize)]
struct Header {
    feature: String,
    version: u64,
    id: String,
    hash: Hash,
    removed: bool,
}

impl Directory {
    /// Returns the store at a path. The directory is created on first use.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Shared { path: path.into(), cache: Mutex::default() }))
    }

    /// Reads new commits and runs a closure, on a thread that may block. If the future is dropped, the closure still runs to
    /// its end, so that an append is never interrupted.
    async fn run<T: Send + 'static>(
        &self,
        closure: impl FnOnce(&Shared, &mut Cache) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.0);
        let result = tokio::task::spawn_blocking(move || {
            // A panic cannot leave the cache inconsistent, because the last step of every change is a push.
            let mut cache = shared.cache.lock().unwrap_or_else(PoisonError::into_inner);
            shared.read_new_commits(&mut cache)?;
            closure(&shared, &mut cache)
        });
        let result =
            result.await.map_err(|error| Error::new(ErrorKind::Unavailable, "a task panicked").with_source(error));
        result.and_then(|result| result).map_err(|error| error.with_store(self.name()))
    }
}

#[async_trait]
impl Store for Directory {
    fn name(&self) -> String {
        format!("directory:{}", self.0.path.display())
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.run(|_, cache| Ok(LoadedStates { entries: newest(&cache.commits), cursor: cache.cursor() })).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.name()))?;
        let entry = entry.clone();
        self.run(move |shared, cache| {
            loop {
                let current = cache.history(&entry.feature).next();
                if current.map(RevisionStamp::after).unwrap_or_default() != expected {
                    return Ok(AppendOutcome::Conflict(current.cloned()));
                }
                if shared.create_file(&file_name(cache.commits.len() + 1), &to_file(&entry)?)? {
                    cache.commits.push(entry);
                    return Ok(AppendOutcome::Done);
                }
                // Another writer has used this number, perhaps for another feature.
                shared.read_new_commits(cache)?;
            }
        })
        .await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let feature = feature.to_owned();
        self.run(move |_, cache| {
            let older = cache.history(&feature).filter(|entry| page.before.is_none_or(|before| entry.version < before));
            Ok(older.take(page.limit).cloned().collect())
        })
        .await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let start = Instant::now();
        loop {
            let after = after.clone();
            let watched = self.run(move |_, cache| Ok(cache.since(&after))).await?;
            let remaining = wait.saturating_sub(start.elapsed());
            match &watched {
                WatchEvent::Changes { entries, .. } if entries.is_empty() && !remaining.is_zero() => {
                    tokio::time::sleep(remaining.min(POLL_INTERVAL)).await;
                }
                _ => return Ok(watched),
            }
        }
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let version = |entry: Entry| (entry.feature, entry.version);
        self.run(move |_, cache| Ok(newest(&cache.commits).into_iter().map(version).collect())).await
    }

    async fn epoch(&self) -> Result<String> {
        self.run(|_, cache| Ok(cache.epoch.clone())).await
    }
}

impl Shared {
    /// Reads the commits that are not in the cache, or all commits if the epoch has changed.
    fn read_new_commits(&self, cache: &mut Cache) -> Result<()> {
        let epoch = self.epoch()?;
        if cache.epoch != epoch {
            *cache = Cache { epoch, commits: Vec::new() };
        }
        loop {
            let path = self.path.join(file_name(cache.commits.len() + 1));
            let damaged = || Error::new(ErrorKind::Corrupt, "the file is not a commit").with_path(&path);
            match fs::read(&path) {
                Ok(bytes) => cache.commits.push(from_file(&bytes).ok_or_else(damaged)?),
                Err(error) if error.kind() == Io::NotFound => return Ok(()),
                Err(error) => return Err(failed(error, &path)),
            }
        }
    }

    /// Returns the epoch of the store, and creates it on first use.
    fn epoch(&self) -> Result<String> {
        let path = self.path.join(EPOCH_FILE);
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == Io::NotFound => {
                self.create_file(EPOCH_FILE, format!("{:016x}", fastrand::u64(..)).as_bytes())?;
                fs::read_to_string(&path).map_err(|error| failed(error, &path))
            }
            read => read.map_err(|error| failed(error, &path)),
        }
    }

    /// Creates a file with the given content, complete and flushed to disk. Returns `false` if a file of this name exists.
    fn create_file(&self, name: &str, content: &[u8]) -> Result<bool> {
        let temporary = self.path.join(format!(".{:016x}", fastrand::u64(..)));
        let created = (|| {
            fs::create_dir_all(&self.path)?;
            let mut file = File::create_new(&temporary)?;
            file.write_all(content)?;
            file.sync_all()?;
            match fs::hard_link(&temporary, self.path.join(name)) {
                Err(error) if error.kind() == Io::AlreadyExists => return Ok(false),
                linked => linked?,
            }
            // The name is durable once the directory is flushed. Some platforms cannot open directories, and need no flush.
            File::open(&self.path).map_or(Ok(()), |directory| directory.sync_all())?;
            Ok(true)
        })();
        // A temporary file that cannot be removed does no harm.
        let _ = fs::remove_file(&temporary);
        created.map_err(|error| failed(error, &self.path))
    }
}

impl Cache {
    /// Returns the revisions of a feature, newest first.
    fn history(&self, feature: &str) -> impl Iterator<Item = &Entry> {
        self.commits.iter().rev().filter(move |entry| entry.feature == feature)
    }

    fn cursor(&self) -> Cursor {
        Cursor(format!("{}:{}", self.epoch, self.commits.len()))
    }

    fn since(&self, cursor: &Cursor) -> WatchEvent {
        let place = cursor.0.split_once(':').filter(|(epoch, _)| *epoch == self.epoch);
        let new = place.and_then(|(_, commits)| self.commits.get(commits.parse().ok()?..));
        new.map_or(WatchEvent::Gap, |new| WatchEvent::Changes { entries: newest(new), cursor: self.cursor() })
    }
}

/// Returns the newest commit of every feature, in the order of the commits.
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
    let header = serde_json::to_vec(&Header { feature, version: *version, id, hash: *hash, removed: *removed });
    let header =
        header.map_err(|error| Error::new(ErrorKind::Invalid, "the header cannot be serialized").with_source(error))?;
    Ok([&header, b"\n".as_slice(), bytes].concat())
}

fn from_file(file: &[u8]) -> Option<Entry> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    let (header, bytes) = (file.get(..end)?, file.get(end + 1..)?.to_vec());
    let Header { feature, version, id, hash, removed } = serde_json::from_slice(header).ok()?;
    Some(Entry { feature, version, id, hash, removed, bytes })
}

/// Converts an I/O error. Most failures of a file system, such as a full disk, are worth a retry.
fn failed(error: io::Error, path: &Path) -> Error {
    let kind = match error.kind() {
        Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::ReadOnly,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, "the directory cannot be used").with_path(path).with_source(error)
}
