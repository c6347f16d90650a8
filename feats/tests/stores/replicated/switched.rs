//! A store in memory that can become unreachable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{
    AppendOutcome, Assignments, Cursor, LoadedStates, Memory, Page, RevisionStamp, Store, WatchEvent, async_trait,
};
use feats::{Error, ErrorKind, Result};

#[derive(Clone, Default)]
pub struct Switched {
    memory: Memory,
    is_unreachable: Arc<AtomicBool>,
}

impl Switched {
    pub fn set_unreachable(&self, is_unreachable: bool) {
        self.is_unreachable.store(is_unreachable, Ordering::Relaxed);
    }

    /// Returns the data, even while the store is unreachable.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    fn reach(&self) -> Result<&Memory> {
        match self.is_unreachable.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Unavailable, "unreachable")),
            false => Ok(&self.memory),
        }
    }
}

#[async_trait]
impl Store for Switched {
    fn name(&self) -> String {
        "switched".to_owned()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.reach()?.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.reach()?.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.reach()?.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.reach()?.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.reach()?.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self.reach()?).await
    }

    async fn check(&self) -> Result<Vec<String>> {
        self.reach()?.check().await
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(&self.memory)
    }
}
