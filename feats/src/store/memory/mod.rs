//! A store in the memory of this process: for tests, examples, and programs that need no durability.

mod assignments;
mod counters;
mod data;
mod records;
mod scan;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use self::data::Shared;
use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, Store, WatchEvent,
    warn_of_foreign_cursor,
};
use crate::error::Result;
use crate::model::Entry;

/// A store in memory. Clones share their data, which is dropped with the last of them.
///
/// It keeps complete histories and supports all capabilities. Changes reach watchers immediately.
///
/// ```
/// # use feats::store::{Memory, Store};
/// let store = Memory::new();
/// assert_eq!(store.name(), "memory");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Shared>);

impl Memory {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Store for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    /// The epoch, which is unique to each store in memory.
    fn data_id(&self) -> String {
        format!("memory:{}", self.0.epoch)
    }

    async fn load(&self) -> Result<LoadedStates> {
        let commits = self.0.commits.borrow();
        let entries = self.0.histories.iter().filter_map(|history| history.last().cloned()).collect();
        Ok(LoadedStates { entries, cursor: self.0.cursor(commits.len()) })
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(Store::name(self)))?;
        let mut conflict = None;
        let done = self.0.commits.send_if_modified(|commits| {
            let current = self.0.newest(&entry.feature);
            if current.as_ref().map(RevisionStamp::after).unwrap_or_default() != expected {
                conflict = current;
                return false;
            }
            let feature: Arc<str> = entry.feature.as_str().into();
            self.0.histories.entry(feature.clone()).or_default().push(entry.clone());
            commits.push(feature);
            true
        });
        Ok(if done { AppendOutcome::Done } else { AppendOutcome::Conflict(conflict) })
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let Some(history) = self.0.histories.get(feature) else { return Ok(Vec::new()) };
        let older = |entry: &&Entry| page.before.is_none_or(|before| entry.version < before);
        Ok(history.iter().rev().filter(older).take(page.limit).cloned().collect())
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let Some(seen) = self.0.position(after) else {
            warn_of_foreign_cursor(&Store::name(self), after, &self.0.epoch);
            return Ok(WatchEvent::Gap);
        };
        let mut commits = self.0.commits.subscribe();
        // On a timeout there are simply no new commits below.
        let _ = timeout(wait, commits.wait_for(|commits| commits.len() != seen)).await;
        let commits = commits.borrow();
        let Some(changed) = commits.get(seen..) else { return Ok(WatchEvent::Gap) };
        let mut seen_features = HashSet::new();
        let newest_first = changed.iter().rev().filter(|feature| seen_features.insert(Arc::clone(feature)));
        let mut entries: Vec<Entry> = newest_first.filter_map(|feature| self.0.newest(feature)).collect();
        entries.reverse();
        Ok(WatchEvent::Changes { entries, cursor: self.0.cursor(commits.len()) })
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let _commits = self.0.commits.borrow();
        let newest = self
            .0
            .histories
            .iter()
            .filter_map(|history| history.last().map(|entry| (entry.feature.clone(), entry.version)));
        Ok(newest.collect())
    }

    async fn epoch(&self) -> Result<String> {
        Ok(self.0.epoch.clone())
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
