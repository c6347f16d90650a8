//! Counters in Redis.

use std::iter;
use std::time::Duration;

use async_trait::async_trait;
use redis::{Value, cmd, from_redis_value, pipe};

use super::Redis;
use super::error::Failure;
use super::keys::Keys;
use super::script::{self, milliseconds};
use super::session::Session;
use crate::error::Result;
use crate::store::{Counters, Store};

/// How many keys of counters are read in one go.
const KEYS: usize = 500;

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
        session.settle(done).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let counts = read(&mut session, keys, kind, key).await;
        session.settle(counts).await
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let (of, keys, mut session) = (keys, self.0.keys()?, self.0.session().await?);
        let counts = read_many(&mut session, keys, kind, of, names).await;
        session.settle(counts).await
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

/// With one round trip for many keys: they are all in one slot.
async fn read_many(
    session: &mut Session<'_>,
    keys: &Keys,
    kind: &str,
    of: &[String],
    names: Option<&[String]>,
) -> Result<Vec<Vec<(String, i64)>>, Failure> {
    // Redis takes no command that asks for no name.
    if names.is_some_and(<[String]>::is_empty) {
        return Ok(vec![Vec::new(); of.len()]);
    }
    let command = |key: &String| match names {
        None => cmd("HGETALL").arg(keys.counts(kind, key)).take(),
        Some(names) => cmd("HMGET").arg(keys.counts(kind, key)).arg(names).take(),
    };
    let mut all = Vec::with_capacity(of.len());
    for of in of.chunks(KEYS) {
        let mut commands = pipe();
        for key in of {
            commands.add_command(command(key));
        }
        for (key, answer) in of.iter().zip(session.pipeline(&commands).await?) {
            let answer = match answer {
                // The slot is on the move, or something is wrong; alone it is followed, or told what.
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
