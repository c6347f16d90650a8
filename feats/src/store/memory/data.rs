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
    /// The names of the features that changed, in commit order. Its lock is what orders commits: whoever appends
    /// holds it alone, whoever reads states holds it together with other readers. Watchers wait for it to grow.
    pub(super) commits: watch::Sender<Vec<Arc<str>>>,
    pub(super) histories: DashMap<Arc<str>, Vec<Entry>>,
    pub(super) records: Kinds,
    pub(super) counts: Keys,
    pub(super) assignments: Units,
}

/// The records of each kind, by key.
pub(super) type Kinds = DashMap<String, BTreeMap<String, Stored>>;

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) bytes: Vec<u8>,
    pub(super) expires: Option<Instant>,
}

/// The counters of each kind and key.
pub(super) type Keys = DashMap<(String, String), Counted>;

#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) counts: BTreeMap<String, i64>,
    pub(super) expires: Option<Instant>,
}

/// The choice of each experiment and unit.
pub(super) type Units = DashMap<(String, String), String>;

impl Default for Shared {
    fn default() -> Self {
        Self {
            epoch: format!("{:016x}", fastrand::u64(..)),
            commits: watch::Sender::new(Vec::new()),
            histories: DashMap::new(),
            records: Kinds::default(),
            counts: Keys::default(),
            assignments: Units::default(),
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

    /// How many commits a cursor of this store has seen.
    pub(super) fn place(&self, cursor: &Cursor) -> Option<usize> {
        let (epoch, commits) = cursor.0.split_once(':')?;
        if epoch == self.epoch { commits.parse().ok() } else { None }
    }
}

/// Whether something is still there at an instant.
pub(super) fn is_alive(expires: Option<Instant>, now: Instant) -> bool {
    expires.is_none_or(|expires| now < expires)
}
