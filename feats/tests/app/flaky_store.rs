//! A store that can be emptied, restored from a backup, or lose its newest revisions in a failover.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use feats::model::{Entry, FORMAT, Header, State};
use feats::store::{
    AppendOutcome, Assignments, Cursor, LoadedStates, Memory, Page, Record, Records, RevisionStamp, Store, WatchEvent,
    async_trait,
};
use feats::{Result, Timestamp};

/// A store in memory whose contents can be replaced while programs use it. Clones share the contents.
#[derive(Clone, Default)]
pub struct FlakyStore(Arc<RwLock<Contents>>);

#[derive(Clone, Default)]
struct Contents {
    memory: Memory,
    /// Reported instead of the epoch of `memory`.
    epoch: Option<String>,
    /// `true` if every call fails.
    is_unreachable: bool,
    /// The number of pages of history that were read.
    pages: usize,
}

impl FlakyStore {
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes everything.
    pub fn empty(&self) {
        *self.0.write().unwrap() = Contents::default();
    }

    /// Restores an earlier copy, with a new epoch.
    pub async fn restore(&self, entries: &[Entry]) {
        *self.0.write().unwrap() = Contents { memory: filled(entries).await, ..Contents::default() };
    }

    /// Replaces the contents with a copy that lacks the newest revisions, with the same epoch.
    pub async fn fail_over(&self, entries: &[Entry]) {
        let epoch = Some(Store::epoch(self).await.unwrap());
        *self.0.write().unwrap() = Contents { memory: filled(entries).await, epoch, ..Contents::default() };
    }

    pub fn set_unreachable(&self, is_unreachable: bool) {
        self.0.write().unwrap().is_unreachable = is_unreachable;
    }

    /// Returns the number of pages of history that were read since the contents were replaced.
    pub fn pages(&self) -> usize {
        self.0.read().unwrap().pages
    }

    /// Returns every revision of a feature, oldest first.
    pub async fn revisions(&self, feature: &str) -> Vec<Entry> {
        let mut entries = self.history(feature, Page::default()).await.unwrap();
        entries.reverse();
        entries
    }

    /// Writes a revision as another program would, at the given time.
    pub async fn write(&self, feature: &str, state: &State, time: Timestamp) -> Entry {
        let base = self.history(feature, Page { before: None, limit: 1 }).await.unwrap().pop();
        let expected = base.as_ref().map(RevisionStamp::after).unwrap_or_default();
        let header = Header {
            format: FORMAT,
            feature: feature.to_owned(),
            version: expected.version + 1,
            id: format!("{:x}", fastrand::u64(..)),
            previous: expected.hash,
            author: "grace".to_owned(),
            comment: String::new(),
            time,
        };
        let entry = Entry::encode(&header, Some(&state.to_json())).unwrap();
        assert_eq!(self.append(expected, &entry).await.unwrap(), AppendOutcome::Done);
        entry
    }

    fn memory(&self) -> Result<Memory> {
        let contents = self.0.read().unwrap();
        match contents.is_unreachable {
            true => Err(feats::Error::new(feats::ErrorKind::Unavailable, "unreachable")),
            false => Ok(contents.memory.clone()),
        }
    }
}

async fn filled(entries: &[Entry]) -> Memory {
    let memory = Memory::new();
    for entry in entries {
        let previous = entry.decode().unwrap().previous();
        let expected = RevisionStamp { version: entry.version - 1, hash: previous };
        assert_eq!(memory.append(expected, entry).await.unwrap(), AppendOutcome::Done);
    }
    memory
}

#[async_trait]
impl Store for FlakyStore {
    fn name(&self) -> String {
        "flaky_store".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.memory()?.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.memory()?.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.0.write().unwrap().pages += 1;
        self.memory()?.history(feature, page).await
    }

    /// Waits only for a short time, so that replaced contents are noticed.
    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.memory()?.watch(after, wait.min(Duration::from_millis(5))).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.memory()?.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        let epoch = self.0.read().unwrap().epoch.clone();
        match epoch {
            Some(epoch) => Ok(epoch),
            None => Store::epoch(&self.memory()?).await,
        }
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[async_trait]
impl Assignments for FlakyStore {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.memory()?.assignments().unwrap().assign(experiment, unit, choice).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        self.memory()?.assignments().unwrap().assigned(experiment, unit).await
    }
}

#[async_trait]
impl Records for FlakyStore {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.memory()?.records().unwrap().put(kind, key, bytes, ttl).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.memory()?.records().unwrap().list(kind).await
    }
}
