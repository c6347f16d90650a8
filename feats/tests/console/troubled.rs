//! A store with troubles of its own.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{Appended, Cursor, Expected, Loaded, Memory, Page, Store, Watched, async_trait};
use feats::{Error, ErrorKind, Result};

/// A store in memory, but for what is wrong with it.
#[derive(Default)]
pub struct Troubled {
    pub memory: Memory,
    /// How often uses by the hour were asked for.
    pub asked: Arc<AtomicUsize>,
    /// Whether it never says what was counted.
    pub hangs: bool,
    /// Whether it has lost its histories.
    pub forgets: bool,
}

#[async_trait]
impl Store for Troubled {
    fn name(&self) -> String {
        "troubled:/srv/secret/place".to_owned()
    }

    async fn load(&self) -> Result<Loaded> {
        self.memory.load().await
    }

    async fn append(&self, expected: Expected, entry: &Entry) -> Result<Appended> {
        self.memory.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        match self.forgets {
            true => Err(Error::new(ErrorKind::Invalid, "the histories are lost")),
            false => self.memory.history(feature, page).await,
        }
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<Watched> {
        self.memory.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.memory.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.memory.epoch().await
    }

    async fn counts(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        if kind == "uses_by_hour" {
            self.asked.fetch_add(1, Ordering::Relaxed);
        }
        match self.hangs {
            true => pending().await,
            false => self.memory.counts(kind, key).await,
        }
    }
}
