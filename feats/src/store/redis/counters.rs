//! Counters in Redis.

use std::iter;
use std::time::Duration;

use async_trait::async_trait;
use redis::{Value, cmd, from_redis_value, pipe};

use super::Redis;
use super::error::Failure;
use super::keys::Keys;
use super::scan;
use super::script::{self, milliseconds};
use super::session::Session;
use crate::error::Result;
use crate::store::{CounterGroup, Counters, Scan, Store};

/// The maximum number of keys in one batch.
const MAX_KEYS_PER_CALL: usize = 500;

#[async_trait]
impl Counters for Redis {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let done = add(&mut session, keys, kind, key, deltas, ttl).await;
        session.finish(done).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let counts = read(&mut session, keys, kind, key).await;
        session.finish(counts).await
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let mut session = self.0.session().await?;
        let counts = read_many(&mut session, self.0.keys()?, kind, keys, names).await;
        session.finish(counts).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        scan::counters(&self.0, after, limit).await
    }
}

async fn add(
    session: &mut Session<'_>,
    keys: &Keys,
    kind: &str,
    key: &str,
    deltas: &[(String, i64)],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    let deltas = deltas.iter().flat_map(|(name, delta)| [name.clone(), delta.to_string()]);
    let arguments: Vec<String> = iter::once(milliseconds(ttl)).chain(deltas).collect();
    script::run(session, script::ADD_COUNTS, &[keys.counts(kind, key)], &arguments).await
}

async fn read(session: &mut Session<'_>, keys: &Keys, kind: &str, key: &str) -> Result<Vec<(String, i64)>, Failure> {
    let mut counts: Vec<(String, i64)> = session.command(cmd("HGETALL").arg(keys.counts(kind, key))).await?;
    counts.sort();
    Ok(counts)
}

/// Reads the counters of several keys, which are all in one slot, with one round trip for many of them.
async fn read_many(
    session: &mut Session<'_>,
    keys: &Keys,
    kind: &str,
    requested: &[String],
    names: Option<&[String]>,
) -> Result<Vec<Vec<(String, i64)>>, Failure> {
    // Redis rejects HMGET without a name.
    if names.is_some_and(<[String]>::is_empty) {
        return Ok(vec![Vec::new(); requested.len()]);
    }
    let command = |key: &String| match names {
        None => cmd("HGETALL").arg(keys.counts(kind, key)).take(),
        Some(names) => cmd("HMGET").arg(keys.counts(kind, key)).arg(names).take(),
    };
    let mut all = Vec::with_capacity(requested.len());
    for batch in requested.chunks(MAX_KEYS_PER_CALL) {
        let mut commands = pipe();
        for key in batch {
            commands.add_command(command(key));
        }
        for (key, answer) in batch.iter().zip(session.pipeline(&commands).await?) {
            let answer = match answer {
                // The slot is being moved, or there is an error. A single command follows redirections, and returns the error.
                Value::ServerError(_) => session.command(&command(key)).await?,
                answer => answer,
            };
            let mut counts: Vec<(String, i64)> = match names {
                None => from_redis_value(answer)?,
                Some(names) => {
                    let counts: Vec<Option<i64>> = from_redis_value(answer)?;
                    names.iter().zip(counts).filter_map(|(name, count)| Some((name.clone(), count?))).collect()
                }
            };
            counts.sort();
            counts.dedup();
            all.push(counts);
        }
    }
    Ok(all)
}
