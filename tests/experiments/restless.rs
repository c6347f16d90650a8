//! A store in memory that can be made to fail or to hang, like one with a full disk or a stopped server.

use std::sync::Arc;
use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, AssignmentOutcome, Assignments, Counters, Cursor, LoadedStates, Memory, Page, Record, Records,
    RevisionStamp, Store, WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};
use tokio::sync::watch;

/// The behavior of the store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    Well,
    /// Calls for assignments and counters fail.
    Failing,
    /// Calls for assignments and counters hang until the store works again.
    Hanging,
    /// All calls fail.
    Away,
}

#[derive(Clone)]
pub struct Restless {
    pub memory: Memory,
    mood: Arc<watch::Sender<Mood>>,
}

impl Restless {
    pub fn new() -> Self {
        Self { memory: Memory::new(), mood: Arc::new(watch::Sender::new(Mood::Well)) }
    }

    pub fn set_mood(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    async fn answers(&self) -> Result<()> {
        if *self.mood.borrow() == Mood::Hanging {
            let _ = self.mood.subscribe().wait_for(|mood| *mood != Mood::Hanging).await;
        }
        match *self.mood.borrow() {
            Mood::Failing => Err(Error::new(ErrorKind::Unavailable, "simulated failure")),
            _ => self.states(),
        }
    }

    fn states(&self) -> Result<()> {
        match *self.mood.borrow() {
            Mood::Away => Err(Error::new(ErrorKind::Unavailable, "simulated outage")),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Store for Restless {
    fn name(&self) -> String {
        "restless".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.states()?;
        self.memory.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.states()?;
        self.memory.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.states()?;
        self.memory.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let mut mood = self.mood.subscribe();
        tokio::select! {
            watched = self.memory.watch(after, wait) => watched,
            _ = mood.wait_for(|mood| *mood == Mood::Away) => Err(self.states().expect_err("away")),
        }
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.states()?;
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.states()?;
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
impl Records for Restless {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        self.states()?;
        self.memory.put(kind, key, bytes, ttl).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.states()?;
        self.memory.list(kind).await
    }
}

#[async_trait]
impl Counters for Restless {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        self.answers().await?;
        self.memory.add(kind, key, deltas, ttl).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        self.answers().await?;
        self.memory.read(kind, key).await
    }
}

#[async_trait]
impl Assignments for Restless {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        self.answers().await?;
        self.memory.assign_many(experiment, units).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        self.answers().await?;
        self.memory.assigned(experiment, unit).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        self.answers().await?;
        self.memory.assign(experiment, unit, choice).await
    }
}
