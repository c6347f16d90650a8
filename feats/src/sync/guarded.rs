//! The guard around a store: what panics or hangs in it is an error of the call, like any other.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;
use crate::store::{Appended, Assigned, Cursor, Expected, Loaded, Page, Record, Store, Watched};
use crate::tasks::{Source, Warnings, caught, caught_call};

/// A store of users as an app calls it. It has every method of [`Store`], so that none loses what the store does better
/// than the trait.
pub(crate) struct GuardedStore {
    store: Arc<dyn Store>,
    /// Asked once: it goes into every message.
    name: String,
    /// Asked once.
    identity: String,
    /// How long a call may take beyond what it is asked to wait.
    timeout: Duration,
}

impl GuardedStore {
    pub(crate) fn new(store: Arc<dyn Store>, timeout: Duration, warnings: &Warnings) -> Self {
        let name = caught_call("the store, in `name`,", || Ok(store.name())).unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            "a store without a name".to_owned()
        });
        let identity = caught_call("the store, in `identity`,", || Ok(store.identity())).unwrap_or_else(|panicked| {
            warnings.set(Source::StoreName, panicked);
            name.clone()
        });
        Self { store, name, identity, timeout }
    }
}

/// The error for an answer that did not come in time.
pub(super) fn late(time: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the store gave no answer within {time:?}"))
}

/// Calls a method of the guarded store, and waits for its answer at most for a time.
macro_rules! call {
    ($self:ident . $method:ident ( $($argument:expr),* )) => {
        call!($self.$method($($argument),*) within $self.timeout)
    };
    ($self:ident . $method:ident ( $($argument:expr),* ) within $time:expr) => {{
        let what = concat!("the store, in `", stringify!($method), "`,");
        let time: Duration = $time;
        // Also a method that panics before it gives its future.
        let called = caught(what, async { $self.store.$method($($argument),*).await });
        timeout(time, called).await.unwrap_or_else(|_| Err(late(time)))
    }};
}

#[async_trait]
impl Store for GuardedStore {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn identity(&self) -> String {
        self.identity.clone()
    }

    async fn load(&self) -> Result<Loaded> {
        // Large stores take their time; whoever loads says how much that may be.
        caught("the store, in `load`,", async { self.store.load().await }).await
    }

    async fn append(&self, expected: Expected, entry: &Entry) -> Result<Appended> {
        call!(self.append(expected, entry))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        call!(self.history(feature, page))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<Watched> {
        call!(self.watch(after, wait) within wait.saturating_add(self.timeout))
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        call!(self.versions())
    }

    async fn epoch(&self) -> Result<String> {
        call!(self.epoch())
    }

    async fn check(&self) -> Result<Vec<String>> {
        call!(self.check())
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        call!(self.put(kind, key, bytes, ttl))
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        call!(self.list(kind))
    }

    async fn add_counts(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        call!(self.add_counts(kind, key, deltas, ttl))
    }

    async fn counts(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        call!(self.counts(kind, key))
    }

    async fn counts_all(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        call!(self.counts_all(kind, keys, names))
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        call!(self.assign(experiment, unit, choice))
    }

    async fn assign_all(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<Assigned>> {
        call!(self.assign_all(experiment, units))
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        call!(self.assigned(experiment, unit))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The names of the functions between two lines of a source.
    fn functions<'a>(source: &'a str, from: &str, to: &str) -> BTreeSet<&'a str> {
        let part = source.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("the part").0;
        let names = part.lines().filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn "));
        names.filter_map(|line| line.split('(').next()).collect()
    }

    #[test]
    fn every_method_of_a_store_is_passed_on() {
        let of_trait = functions(include_str!("../store/mod.rs"), "pub trait Store", "\n}");
        let guarded = functions(include_str!("guarded.rs"), "impl Store for GuardedStore", "\n}");
        assert!(of_trait.len() > 10);
        // An error that says only what is missing.
        let missing: Vec<_> = of_trait.difference(&guarded).filter(|name| **name != "without_records").collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
