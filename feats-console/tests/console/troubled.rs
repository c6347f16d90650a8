//! A store with troubles of its own.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, Counters, Cursor, LoadedStates, Memory, Page, Record, Records, RevisionStamp, Store, WatchEvent,
    async_trait,
};
use feats::{Error, ErrorKind, Result};

/// A store in memory, but for what is wrong with it.
#[derive(Default)]
pub struct Troubled {
    pub memory: Memory,
    /// How often uses by the hour were asked for.
    pub asked: Arc<AtomicUsize>,
    /// How many revisions it gave from histories.
    pub given: Arc<AtomicUsize>,
    /// Whether it never says what was counted.
    pub hangs: bool,
    /// Whether it has lost its histories.
    pub forgets: bool,
    /// Whether it says nothing of what others write: a program on it is older than the store.
    pub is_silent: bool,
    /// Whether it was emptied: from now on this memory is its own.
    pub is_emptied: Arc<AtomicBool>,
    pub fresh: Memory,
    /// Whether it is away from now on, and says where it would be.
    pub is_away: Arc<AtomicBool>,
}

/// What a store that is away says.
pub const AWAY: &str = "redis://prod-7.internal:6379 refused: /srv/secret/place/feats.db is gone";

#[async_trait]
impl Store for Troubled {
    fn name(&self) -> String {
        "troubled:/srv/secret/place".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.answers()?;
        self.memory.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.answers()?;
        self.current().append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.answers()?;
        match self.forgets {
            true => Err(Error::new(ErrorKind::Invalid, "the histories are lost")),
            false => {
                let entries = self.current().history(feature, page).await?;
                self.given.fetch_add(entries.len(), Ordering::Relaxed);
                Ok(entries)
            }
        }
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        if self.is_silent {
            return pending().await;
        }
        self.answers()?;
        self.memory.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        if self.is_silent {
            return pending().await;
        }
        self.answers()?;
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.answers()?;
        Store::epoch(&self.memory).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }
}

#[async_trait]
impl Records for Troubled {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        self.answers()?;
        self.memory.list(kind).await
    }

    /// Nothing of programs is kept.
    async fn put(&self, _kind: &str, _key: &str, _bytes: &[u8], _ttl: Option<Duration>) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl Counters for Troubled {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        self.answers()?;
        if kind == "uses_by_hour" {
            self.asked.fetch_add(1, Ordering::Relaxed);
        }
        match self.hangs {
            true => pending().await,
            false => self.memory.read(kind, key).await,
        }
    }

    /// Nothing is counted.
    async fn add(&self, _kind: &str, _key: &str, _deltas: &[(String, i64)], _ttl: Option<Duration>) -> Result<()> {
        Ok(())
    }
}

impl Troubled {
    fn current(&self) -> &Memory {
        if self.is_emptied.load(Ordering::Relaxed) { &self.fresh } else { &self.memory }
    }

    fn answers(&self) -> Result<()> {
        match self.is_away.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Unavailable, AWAY).with_store(Store::name(self))),
            false => Ok(()),
        }
    }
}
