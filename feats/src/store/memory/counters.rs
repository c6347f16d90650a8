//! Counters in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Memory;
use super::data::{Shared, is_alive};
use super::scan::page_of;
use crate::error::Result;
use crate::store::{CounterGroup, Counters, Scan, Store};

#[async_trait]
impl Counters for Memory {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let now = Instant::now();
        let id = (kind.to_owned(), key.to_owned());
        if !self.0.counts.contains_key(&id) {
            self.0.counts.retain(|_, group| is_alive(group.expires, now));
        }
        let mut group = self.0.counts.entry(id).or_default();
        if !is_alive(group.expires, now) {
            group.counts.clear();
        }
        group.expires = ttl.and_then(|ttl| now.checked_add(ttl));
        for (name, delta) in deltas {
            let count = group.counts.entry(name.clone()).or_default();
            *count = count.saturating_add(*delta);
        }
        Ok(())
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        Ok(self.0.read_group(kind, key, |counts| counts.clone().into_iter().collect()))
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let select = |counts: &BTreeMap<String, i64>| match names {
            None => counts.clone().into_iter().collect(),
            Some(names) => {
                let sorted: BTreeSet<&String> = names.iter().collect();
                sorted.into_iter().filter_map(|name| Some((name.clone(), *counts.get(name)?))).collect()
            }
        };
        Ok(keys.iter().map(|key| self.0.read_group(kind, key, select)).collect())
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let now = Instant::now();
        let page = page_of(&self.0.counts, after, limit)?;
        Ok(page.map(|(kind, key), group| {
            let counts: Vec<_> = group.counts.iter().map(|(name, count)| (name.clone(), *count)).collect();
            let ttl = group.expires.map(|expires| expires.saturating_duration_since(now));
            let exists = is_alive(group.expires, now) && !counts.is_empty();
            exists.then_some(CounterGroup { kind, key, counts, ttl })
        }))
    }
}

impl Shared {
    /// Reads the counters of a kind and key with `read`. Returns the default if there are none or they have expired.
    fn read_group<T: Default>(&self, kind: &str, key: &str, read: impl FnOnce(&BTreeMap<String, i64>) -> T) -> T {
        let now = Instant::now();
        let group = self.counts.get(&(kind.to_owned(), key.to_owned()));
        let unexpired = group.as_ref().filter(|group| is_alive(group.expires, now));
        unexpired.map(|unexpired| read(&unexpired.counts)).unwrap_or_default()
    }
}
