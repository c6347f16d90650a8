//! Records in memory.

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::Memory;
use super::data::{StoredRecord, is_alive};
use crate::error::Result;
use crate::store::{Record, Records, Store};

#[async_trait]
impl Records for Memory {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let now = Instant::now();
        // A time beyond the range of `Instant` never comes.
        let stored = StoredRecord { bytes: bytes.to_vec(), expires: ttl.and_then(|ttl| now.checked_add(ttl)) };
        let mut records = self.0.records.entry(kind.to_owned()).or_default();
        records.retain(|_, stored| is_alive(stored.expires, now));
        records.insert(key.to_owned(), stored);
        Ok(())
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let now = Instant::now();
        let Some(records) = self.0.records.get(kind) else { return Ok(Vec::new()) };
        let unexpired = records.iter().filter(|(_, stored)| is_alive(stored.expires, now));
        Ok(unexpired.map(|(key, stored)| Record { key: key.clone(), bytes: stored.bytes.clone() }).collect())
    }
}
