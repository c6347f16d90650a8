//! A store with configurable failures.

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

/// A memory store with configurable failures.
#[derive(Default)]
pub struct Troubled {
    pub memory: Memory,
    /// The number of reads of hourly uses.
    pub usage_reads: Arc<AtomicUsize>,
    /// The number of revisions read from histories.
    pub revisions_read: Arc<AtomicUsize>,
    /// Whether reads of counters hang.
    pub hangs: bool,
    /// Whether its histories are lost.
    pub loses_history: bool,
    /// Whether it reports no writes of other programs, so that this program has an older state than the store.
    pub is_silent: bool,
    /// Whether it was emptied and uses `fresh` instead of `memory`.
    pub is_emptied: Arc<AtomicBool>,
    pub fresh: Memory,
    /// Whether it is unreachable.
    pub is_away: Arc<AtomicBool>,
}

/// The error of an unreachable store.
pub const AWAY: &str = "redis://prod-7.internal:6379 refused: /srv/secret/place/feats.db is gone";

#[async_trait]
impl Store for Troubled {
    fn name(&self) -> String {
        "troubled:/srv/secret/place".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.check_reachable()?;
        self.memory.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.check_reachable()?;
        self.current().append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.check_reachable()?;
        match self.loses_history {
            true => Err(Error::new(ErrorKind::Invalid, "the histories are lost")),
            false => {
                let entries = self.current().history(feature, page).await?;
                self.revisions_read.fetch_add(entries.len(), Ordering::Relaxed);
                Ok(entries)
            }
        }
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        if self.is_silent {
            return pending().await;
        }
        self.check_reachable()?;
        self.memory.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        if self.is_silent {
            return pending().await;
        }
        self.check_reachable()?;
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.check_reachable()?;
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
        self.check_reachable()?;
        self.memory.list(kind).await
    }

    /// Drops the records of programs.
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
        self.check_reachable()?;
        if kind == "uses_by_hour" {
            self.usage_reads.fetch_add(1, Ordering::Relaxed);
        }
        match self.hangs {
            true => pending().await,
            false => self.memory.read(kind, key).await,
        }
    }

    /// Drops all counts.
    async fn add(&self, _kind: &str, _key: &str, _deltas: &[(String, i64)], _ttl: Option<Duration>) -> Result<()> {
        Ok(())
    }
}

impl Troubled {
    fn current(&self) -> &Memory {
        if self.is_emptied.load(Ordering::Relaxed) { &self.fresh } else { &self.memory }
    }

    fn check_reachable(&self) -> Result<()> {
        match self.is_away.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Unavailable, AWAY).with_store(Store::name(self))),
            false => Ok(()),
        }
    }
}
