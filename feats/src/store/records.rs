//! Records: what programs tell each other, such as their catalogs and that they run.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;

/// Records by kind and key, for ever or for a time. A capability of a [store](super::Store::records).
///
/// Kinds and keys are any text without NUL, up to 200 characters; two of them are the same if their bytes are.
///
/// The programs of an app put their catalogs here, and that they run. Without records, no program knows what others
/// declare: an app then knows the features of its own code, and a state is checked against no other program.
#[async_trait]
pub trait Records: Send + Sync {
    /// The store that keeps the records, as it may be shown in messages: without secrets.
    fn name(&self) -> String;

    /// The [epoch](super::Store::epoch) of that store: another one after it was emptied, or restored from an older copy.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Sets a record, for ever or for a time from now, and replaces the one of the same kind and key.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()>;

    /// All records of a kind that have not expired, sorted by the bytes of their keys.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn list(&self, kind: &str) -> Result<Vec<Record>>;
}

/// A record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Its key among those of its kind.
    pub key: String,
    /// Its content, verbatim.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?}, {} bytes)", self.key, self.bytes.len())
    }
}
