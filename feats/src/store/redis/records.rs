//! Records in Redis.

use std::time::Duration;

use async_trait::async_trait;

use super::Redis;
use super::error::Failure;
use super::keys::Keys;
use super::script::{self, milliseconds};
use super::session::Session;
use crate::error::Result;
use crate::store::{Record, Records, Store};

#[async_trait]
impl Records for Redis {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let done = put(&mut session, keys, kind, key, bytes, ttl).await;
        session.finish(done).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let records = list(&mut session, keys, kind).await;
        session.finish(records).await
    }
}

async fn put(
    session: &mut Session<'_>,
    keys: &Keys,
    kind: &str,
    key: &str,
    bytes: &[u8],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    let ttl = milliseconds(ttl);
    let arguments: [&[u8]; 3] = [key.as_bytes(), bytes, ttl.as_bytes()];
    script::run(session, script::PUT, &[keys.records(kind), keys.expiry(kind)], &arguments).await
}

async fn list(session: &mut Session<'_>, keys: &Keys, kind: &str) -> Result<Vec<Record>, Failure> {
    let places = [keys.records(kind), keys.expiry(kind)];
    let records: Vec<(Vec<u8>, Vec<u8>)> = script::run(session, script::LIST, &places, &[""; 0]).await?;
    let record = |(key, bytes)| Some(Record { key: String::from_utf8(key).ok()?, bytes });
    let mut records: Vec<Record> = records.into_iter().filter_map(record).collect();
    records.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(records)
}
