//! A store that can be emptied, set back to a backup, or lose its newest revisions in a failover.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use feats::model::{Entry, FORMAT, Header, State};
use feats::store::{
    AppendOutcome, Assignments, Cursor, LoadedStates, Memory, Page, Record, Records, RevisionStamp, Store, WatchEvent,
    async_trait,
};
use feats::{Result, Timestamp};

/// Memory that can be exchanged under the programs that use it. Clones share it.
#[derive(Clone, Default)]
pub struct Fallible(Arc<RwLock<Life>>);

#[derive(Clone, Default)]
struct Life {
    memory: Memory,
    /// Reported in place of the memory's own epoch.
    epoch: Option<String>,
    /// Whether every call fails.
    away: bool,
    /// How many pages of history were read.
    pages: usize,
}

impl Fallible {
    pub fn new() -> Self {
        Self::default()
    }

    /// Loses everything.
    pub fn empty(&self) {
        *self.0.write().unwrap() = Life::default();
    }

    /// Goes back to an earlier copy, and begins another life.
    pub async fn restore(&self, entries: &[Entry]) {
        *self.0.write().unwrap() = Life { memory: filled(entries).await, ..Life::default() };
    }

    /// Goes on with a copy that lacks the newest revisions, without noticing.
    pub async fn fail_over(&self, entries: &[Entry]) {
        let epoch = Some(Store::epoch(self).await.unwrap());
        *self.0.write().unwrap() = Life { memory: filled(entries).await, epoch, ..Life::default() };
    }

    pub fn set_away(&self, away: bool) {
        self.0.write().unwrap().away = away;
    }

    /// How many pages of history were read since the store was exchanged.
    pub fn pages(&self) -> usize {
        self.0.read().unwrap().pages
    }

    /// Every revision of a feature, oldest first.
    pub async fn revisions(&self, feature: &str) -> Vec<Entry> {
        let mut entries = self.history(feature, Page::default()).await.unwrap();
        entries.reverse();
        entries
    }

    /// Writes as another program, now or at another time.
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
        let entry = Entry::write(&header, Some(&state.to_json())).unwrap();
        assert_eq!(self.append(expected, &entry).await.unwrap(), AppendOutcome::Done);
        entry
    }

    fn memory(&self) -> Result<Memory> {
        let life = self.0.read().unwrap();
        match life.away {
            true => Err(feats::Error::new(feats::ErrorKind::Unavailable, "away")),
            false => Ok(life.memory.clone()),
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
impl Store for Fallible {
    fn name(&self) -> String {
        "fallible".to_owned()
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

    /// In short steps, so that an exchange is noticed.
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
impl Assignments for Fallible {
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
impl Records for Fallible {
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
