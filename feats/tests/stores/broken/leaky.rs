//! A store that is to be read only, and that does not refuse one kind of write.

use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, AssignmentOutcome, Assignments, Counters, Cursor, LoadedStates, Memory, Page, Record, Records,
    RevisionStamp, Store, WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    Append,
    Put,
    Add,
    Assign,
    AssignMany,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Reports success, and writes nothing.
    Accepts(Write),
    /// Reports a failure, and writes.
    WritesAnyway(Write),
}

#[derive(Clone)]
pub struct Leaky {
    pub memory: Memory,
    pub leak: Leak,
}

impl Leaky {
    /// Returns the outcome of a write: that of `leaked` if it is to be written, `success` if it is accepted.
    async fn outcome<T>(&self, write: Write, success: T, leaked: impl Future<Output = Result<T>>) -> Result<T> {
        if self.leak == Leak::Accepts(write) {
            return Ok(success);
        }
        if self.leak == Leak::WritesAnyway(write) {
            leaked.await?;
        }
        Err(Error::new(ErrorKind::ReadOnly, "refused"))
    }
}

#[async_trait]
impl Store for Leaky {
    fn name(&self) -> String {
        Store::name(&self.memory)
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.memory.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.outcome(Write::Append, AppendOutcome::Done, self.memory.append(expected, entry)).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.memory.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.memory.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(&self.memory).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}

#[async_trait]
impl Records for Leaky {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.outcome(Write::Put, (), self.memory.put(kind, key, bytes, ttl)).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.memory.list(kind).await
    }
}

#[async_trait]
impl Counters for Leaky {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        self.outcome(Write::Add, (), self.memory.add(kind, key, deltas, ttl)).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        self.memory.read(kind, key).await
    }
}

#[async_trait]
impl Assignments for Leaky {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.outcome(Write::Assign, choice.to_owned(), self.memory.assign(experiment, unit, choice)).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        self.outcome(Write::AssignMany, Vec::new(), self.memory.assign_many(experiment, units)).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        self.memory.assigned(experiment, unit).await
    }
}
