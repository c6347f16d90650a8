//! Records: the catalogs and heartbeats of running instances.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;

/// Records by kind and key, with an optional expiry. A capability of a [store](super::Store::records).
///
/// Kinds and keys are any text without NUL, up to 200 characters. Two of them are equal if their bytes are equal.
///
/// The instances of an app store their catalogs and heartbeats as records. Without records, an app knows only the features of its
/// own code, and checks a state against no other instance.
#[async_trait]
pub trait Records: Send + Sync {
    /// Returns the name for messages of the store that keeps the records, without secrets.
    fn name(&self) -> String;

    /// Returns the [epoch](super::Store::epoch) of that store, which changes when the store was emptied or restored from an older
    /// copy.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Sets the record of a kind and key. It expires after `ttl`; without a `ttl` it never expires.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()>;

    /// Returns all records of a kind that have not expired, sorted by the bytes of their keys.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn list(&self, kind: &str) -> Result<Vec<Record>>;
}

/// A record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// The key, unique among the records of a kind.
    pub key: String,
    /// The content, verbatim.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?}, {} bytes)", self.key, self.bytes.len())
    }
}
