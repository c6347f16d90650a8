//! The data that clones of a store in memory share.

use std::collections::BTreeMap;
use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::model::Entry;
use crate::store::Cursor;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) epoch: String,
    /// The names of the features that changed, in commit order. Its lock orders commits: a writer holds it exclusively, and
    /// readers of states share it. Watchers wait for it to grow.
    pub(super) commits: watch::Sender<Vec<Arc<str>>>,
    pub(super) histories: DashMap<Arc<str>, Vec<Entry>>,
    pub(super) records: RecordMap,
    pub(super) counts: CounterMap,
    pub(super) assignments: AssignmentMap,
}

/// The records of each kind, by key.
pub(super) type RecordMap = DashMap<String, BTreeMap<String, StoredRecord>>;

#[derive(Debug)]
pub(super) struct StoredRecord {
    pub(super) bytes: Vec<u8>,
    pub(super) expires: Option<Instant>,
}

/// The counters of each kind and key.
pub(super) type CounterMap = DashMap<(String, String), CounterGroup>;

#[derive(Debug, Default)]
pub(super) struct CounterGroup {
    pub(super) counts: BTreeMap<String, i64>,
    pub(super) expires: Option<Instant>,
}

/// The choice of each experiment and unit.
pub(super) type AssignmentMap = DashMap<(String, String), String>;

impl Default for Shared {
    fn default() -> Self {
        Self {
            epoch: format!("{:016x}", fastrand::u64(..)),
            commits: watch::Sender::new(Vec::new()),
            histories: DashMap::new(),
            records: RecordMap::default(),
            counts: CounterMap::default(),
            assignments: AssignmentMap::default(),
        }
    }
}

impl Shared {
    pub(super) fn newest(&self, feature: &str) -> Option<Entry> {
        self.histories.get(feature).and_then(|history| history.last().cloned())
    }

    pub(super) fn cursor(&self, commits: usize) -> Cursor {
        Cursor(format!("{}:{commits}", self.epoch))
    }

    /// Returns the number of commits before a cursor of this store; `None` for any other cursor.
    pub(super) fn position(&self, cursor: &Cursor) -> Option<usize> {
        let (epoch, commits) = cursor.0.split_once(':')?;
        if epoch == self.epoch { commits.parse().ok() } else { None }
    }
}

/// Returns `true` if an item with this expiry is still valid at `now`.
pub(super) fn is_alive(expires: Option<Instant>, now: Instant) -> bool {
    expires.is_none_or(|expires| now < expires)
}
