//! The store in this process's memory: for tests, for examples, and for programs that keep nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dashmap::{DashMap, Entry as Place};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::{Appended, Assigned, Cursor, Expected, Loaded, Page, Record, Store, Watched, warn_of_foreign_cursor};
use crate::error::Result;
use crate::model::Entry;

/// A store in memory. Clones share their data; with the last of them it is gone.
///
/// It keeps the whole history, and has all that a store can have. Changes arrive at once.
///
/// ```
/// # use feats::store::{Memory, Store};
/// let store = Memory::new();
/// assert_eq!(store.name(), "memory");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    epoch: String,
    /// The names of the features that changed, in commit order. Its lock is what orders commits: whoever appends
    /// holds it alone, whoever reads states holds it together with other readers. Watchers wait for it to grow.
    commits: watch::Sender<Vec<Arc<str>>>,
    histories: DashMap<Arc<str>, Vec<Entry>>,
    records: DashMap<String, BTreeMap<String, Stored>>,
    counts: DashMap<(String, String), Counters>,
    assignments: DashMap<(String, String), String>,
}

#[derive(Debug)]
struct Stored {
    bytes: Vec<u8>,
    expires: Option<Instant>,
}

#[derive(Debug, Default)]
struct Counters {
    counts: BTreeMap<String, i64>,
    expires: Option<Instant>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            epoch: format!("{:016x}", fastrand::u64(..)),
            commits: watch::Sender::new(Vec::new()),
            histories: DashMap::new(),
            records: DashMap::new(),
            counts: DashMap::new(),
            assignments: DashMap::new(),
        }
    }
}

#[async_trait]
impl Store for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    async fn load(&self) -> Result<Loaded> {
        let commits = self.0.commits.borrow();
        let entries = self.0.histories.iter().filter_map(|history| history.last().cloned()).collect();
        Ok(Loaded { entries, cursor: self.0.cursor(commits.len()) })
    }

    async fn append(&self, expected: Expected, entry: &Entry) -> Result<Appended> {
        expected.check_next(entry).map_err(|error| error.with_store(self.name()))?;
        let mut conflict = None;
        let done = self.0.commits.send_if_modified(|commits| {
            let current = self.0.newest(&entry.feature);
            if current.as_ref().map(Expected::after).unwrap_or_default() != expected {
                conflict = current;
                return false;
            }
            let feature: Arc<str> = entry.feature.as_str().into();
            self.0.histories.entry(feature.clone()).or_default().push(entry.clone());
            commits.push(feature);
            true
        });
        Ok(if done { Appended::Done } else { Appended::Conflict(conflict) })
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let Some(history) = self.0.histories.get(feature) else { return Ok(Vec::new()) };
        let older = |entry: &&Entry| page.before.is_none_or(|before| entry.version < before);
        Ok(history.iter().rev().filter(older).take(page.limit).cloned().collect())
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<Watched> {
        let Some(seen) = self.0.place(after) else {
            warn_of_foreign_cursor(&self.name(), after, &self.0.epoch);
            return Ok(Watched::Gap);
        };
        let mut commits = self.0.commits.subscribe();
        // Whether time ran out shows in what is there afterwards.
        let _ = timeout(wait, commits.wait_for(|commits| commits.len() != seen)).await;
        let commits = commits.borrow();
        let Some(changed) = commits.get(seen..) else { return Ok(Watched::Gap) };
        let mut given = HashSet::new();
        let newest_first = changed.iter().rev().filter(|feature| given.insert(Arc::clone(feature)));
        let mut entries: Vec<Entry> = newest_first.filter_map(|feature| self.0.newest(feature)).collect();
        entries.reverse();
        Ok(Watched::Changes { entries, cursor: self.0.cursor(commits.len()) })
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

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let now = Instant::now();
        // A time too far off to be told is for ever.
        let stored = Stored { bytes: bytes.to_vec(), expires: ttl.and_then(|ttl| now.checked_add(ttl)) };
        let mut records = self.0.records.entry(kind.to_owned()).or_default();
        records.retain(|_, stored| lives(stored.expires, now));
        records.insert(key.to_owned(), stored);
        Ok(())
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let now = Instant::now();
        let Some(records) = self.0.records.get(kind) else { return Ok(Vec::new()) };
        let living = records.iter().filter(|(_, stored)| lives(stored.expires, now));
        Ok(living.map(|(key, stored)| Record { key: key.clone(), bytes: stored.bytes.clone() }).collect())
    }

    async fn add_counts(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let now = Instant::now();
        let place = (kind.to_owned(), key.to_owned());
        if !self.0.counts.contains_key(&place) {
            self.0.counts.retain(|_, counters| lives(counters.expires, now));
        }
        let mut counters = self.0.counts.entry(place).or_default();
        if !lives(counters.expires, now) {
            counters.counts.clear();
        }
        counters.expires = ttl.and_then(|ttl| now.checked_add(ttl));
        for (name, delta) in deltas {
            let count = counters.counts.entry(name.clone()).or_default();
            *count = count.saturating_add(*delta);
        }
        Ok(())
    }

    async fn counts(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        Ok(self.0.counters(kind, key, |counts| counts.clone().into_iter().collect()))
    }

    async fn counts_all(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let of = |counts: &BTreeMap<String, i64>| match names {
            None => counts.clone().into_iter().collect(),
            Some(names) => {
                let sorted: BTreeSet<&String> = names.iter().collect();
                sorted.into_iter().filter_map(|name| Some((name.clone(), *counts.get(name)?))).collect()
            }
        };
        Ok(keys.iter().map(|key| self.0.counters(kind, key, of)).collect())
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        Ok(self.0.assign(experiment, unit, choice).choice)
    }

    async fn assign_all(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<Assigned>> {
        Ok(units.iter().map(|(unit, choice)| self.0.assign(experiment, unit, choice)).collect())
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let place = (experiment.to_owned(), unit.to_owned());
        Ok(self.0.assignments.get(&place).map(|choice| choice.clone()))
    }
}

impl Shared {
    /// What is to be known of the counters of a kind and key, unless they have expired.
    fn counters<T: Default>(&self, kind: &str, key: &str, of: impl FnOnce(&BTreeMap<String, i64>) -> T) -> T {
        let now = Instant::now();
        let counters = self.counts.get(&(kind.to_owned(), key.to_owned()));
        let living = counters.as_ref().filter(|counters| lives(counters.expires, now));
        living.map(|living| of(&living.counts)).unwrap_or_default()
    }

    fn newest(&self, feature: &str) -> Option<Entry> {
        self.histories.get(feature).and_then(|history| history.last().cloned())
    }

    fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Assigned {
        match self.assignments.entry((experiment.to_owned(), unit.to_owned())) {
            Place::Occupied(winner) => Assigned { choice: winner.get().clone(), first: false },
            Place::Vacant(place) => Assigned { choice: place.insert(choice.to_owned()).clone(), first: true },
        }
    }

    fn cursor(&self, commits: usize) -> Cursor {
        Cursor(format!("{}:{commits}", self.epoch))
    }

    /// How many commits a cursor of this store has seen.
    fn place(&self, cursor: &Cursor) -> Option<usize> {
        let (epoch, commits) = cursor.0.split_once(':')?;
        if epoch == self.epoch { commits.parse().ok() } else { None }
    }
}

/// Whether something is still there at an instant.
fn lives(expires: Option<Instant>, now: Instant) -> bool {
    expires.is_none_or(|expires| now < expires)
}
