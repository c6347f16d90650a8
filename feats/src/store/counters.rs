//! Counters: uses of features, and units of experiments.

use std::time::Duration;

use async_trait::async_trait;

use super::scan::{Scan, not_listed};
use crate::error::Result;

/// Counters by kind, key and name. A capability of a [store](super::Store::counters).
///
/// Kinds, keys and names are any text without NUL, up to 200 characters. Two of them are equal if their bytes are equal.
///
/// An app counts the [uses](mod@crate::usage) of features and the units of [experiments](mod@crate::exposure). Without
/// counters it counts nothing, and everything else works.
#[async_trait]
pub trait Counters: Send + Sync {
    /// Returns the name for messages of the store that keeps the counters, without secrets.
    fn name(&self) -> String;

    /// Returns the [epoch](super::Store::epoch) of that store, which changes when the store was emptied or restored from an older
    /// copy.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Adds to counters of a kind and key, atomically: to all of them or to none. A counter that does not exist starts at 0. Sums
    /// saturate.
    ///
    /// All counters of a kind and key expire together, `ttl` after the last addition to any of them; without a `ttl` they never
    /// expire.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()>;

    /// Returns the counters of a kind and key that have not expired, sorted by name.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>>;

    /// Returns the counters of several keys of a kind, in the order of the keys. For each key the result is that of
    /// [`read`](Self::read), limited to the counters with one of `names` if these are given.
    ///
    /// The default implementation reads one key after the other. Override it if the store can batch.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            let mut counts = self.read(kind, key).await?;
            counts.retain(|(name, _)| names.is_none_or(|names| names.contains(name)));
            all.push(counts);
        }
        Ok(all)
    }

    /// Returns a page of all counters that have not expired, grouped by kind and key, for copies. `after` is [`Scan::next`] of the
    /// previous page, or `None` for the first one. `limit` is about the number of groups; a page can be longer, and empty before
    /// the last one.
    ///
    /// Every group that exists during all calls occurs on one page at least.
    ///
    /// # Errors
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the store cannot list them, as by default.
    /// - [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `after` is not a position of this store.
    /// - Any other kind if the store cannot be read.
    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let _ = (after, limit);
        Err(not_listed("counters"))
    }
}

/// All counters of a kind and key, which expire together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterGroup {
    /// The kind.
    pub kind: String,
    /// The key.
    pub key: String,
    /// The names and their counts, sorted by name.
    pub counts: Vec<(String, i64)>,
    /// The time until they expire; `None` if they never do.
    pub ttl: Option<Duration>,
}
