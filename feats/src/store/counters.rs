//! Counters: how often features are used, and how many units an experiment has.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;

/// Counters by kind, key and name. A capability of a [store](super::Store::counters).
///
/// Kinds, keys and names are any text without NUL, up to 200 characters; two of them are the same if their bytes are.
///
/// An app counts here how often features are [used](mod@crate::usage) and how many units its
/// [experiments](mod@crate::exposure) have. Without counters nothing is counted, and everything else works.
#[async_trait]
pub trait Counters: Send + Sync {
    /// The store that keeps the counters, as it may be shown in messages: without secrets.
    fn name(&self) -> String;

    /// The [epoch](super::Store::epoch) of that store: another one after it was emptied, or restored from an older copy.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Adds to counters, all or none of them; a counter that does not exist counts from 0. Sums saturate. From now on all
    /// counters of this kind and key are kept for ever, or for a time: as the last addition to any of them says.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()>;

    /// The counters of a kind and key that have not expired, sorted by name.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>>;

    /// The counters of several keys of a kind, in the order of the keys: for each key what [`read`](Self::read) returns, or
    /// only the counters with one of some names.
    ///
    /// The default reads one key after the other. A store that can answer in few round trips does.
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
}
