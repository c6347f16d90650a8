//! Records in Consul.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::time::Instant;

use super::Consul;
use super::client::Agent;
use super::codec::{decode_record, encode_record};
use super::transaction::Operation;
use crate::error::{ErrorKind, Result};
use crate::model::Timestamp;
use crate::store::{Record, Records, Store};

/// The maximum size of a value, which is Consul's default for `kv_max_value_size`.
const MAX_VALUE_BYTES: usize = 512 << 10;

/// The interval at which a handle that writes records deletes expired ones.
const PURGE_INTERVAL: Duration = Duration::from_secs(60);

/// The maximum number of expired records that are deleted at once.
const MAX_PURGED: usize = 64;

#[async_trait]
impl Records for Consul {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        put(&self.0, kind, key, bytes, ttl).await?;
        if is_purge_due(&self.0)
            && let Err(error) = purge(&self.0, kind).await
        {
            tracing::debug!(store = Store::name(self), %error, "expired records cannot be deleted now");
        }
        Ok(())
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let now = Timestamp::from(SystemTime::now());
        let values = self.0.list(&self.0.keys()?.records(kind)).await?;
        let records = values.iter().filter_map(|value| decode_record(&value.bytes));
        let mut records: Vec<Record> =
            records.filter(|(_, expires)| !is_expired(*expires, now)).map(|(record, _)| record).collect();
        records.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(records)
    }
}

async fn put(agent: &Agent, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
    let expires = ttl.map(|ttl| Timestamp::from(SystemTime::now()).after(ttl));
    let value = encode_record(key, bytes, expires);
    if value.len() > MAX_VALUE_BYTES {
        let message = format!(
            "the record needs {} bytes, and Consul accepts values of up to {MAX_VALUE_BYTES}; nothing was written",
            value.len()
        );
        return Err(agent.error(ErrorKind::TooLarge, message));
    }
    agent.put(&agent.keys()?.record(kind, key), &value, None).await?;
    Ok(())
}

fn is_purge_due(agent: &Agent) -> bool {
    let mut purged = agent.purged.lock().unwrap_or_else(PoisonError::into_inner);
    let is_due = purged.is_none_or(|purged| purged.elapsed() >= PURGE_INTERVAL);
    if is_due {
        *purged = Some(Instant::now());
    }
    is_due
}

/// Deletes expired records of a kind.
async fn purge(agent: &Agent, kind: &str) -> Result<()> {
    let now = Timestamp::from(SystemTime::now());
    let values = agent.list(&agent.keys()?.records(kind)).await?.into_iter();
    let expired =
        values.filter(|value| decode_record(&value.bytes).is_some_and(|(_, expires)| is_expired(expires, now)));
    let deletions: Vec<Operation> =
        expired.take(MAX_PURGED).map(|value| Operation::delete(value.key, value.index)).collect();
    if !deletions.is_empty() {
        // If one of them was written again, all are kept until the next time.
        agent.transact(&deletions).await?;
    }
    Ok(())
}

fn is_expired(expires: Option<Timestamp>, now: Timestamp) -> bool {
    expires.is_some_and(|expires| expires <= now)
}
