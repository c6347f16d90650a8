//! Records, counters and assignments in Redis.

use std::collections::HashMap;
use std::iter;
use std::time::Duration;

use redis::{Value, cmd, from_redis_value, pipe};

use super::connection::Server;
use super::error::Failure;
use super::keys::Keys;
use super::script;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Assigned, Record};

/// The longest time that a record is kept for, in milliseconds: a number that a sorted set holds exactly. It is more
/// than a hundred thousand years.
const LONGEST: u64 = 1 << 52;

/// How many units are assigned in one go.
const UNITS: usize = 1_000;

/// How many keys of counters are read in one go.
const KEYS: usize = 500;

pub(super) async fn put(
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

pub(super) async fn list(session: &mut Session<'_>, keys: &Keys, kind: &str) -> Result<Vec<Record>, Failure> {
    let places = [keys.records(kind), keys.expiry(kind)];
    let records: Vec<(Vec<u8>, Vec<u8>)> = script::run(session, script::LIST, &places, &[""; 0]).await?;
    let record = |(key, bytes)| Some(Record { key: String::from_utf8(key).ok()?, bytes });
    let mut records: Vec<Record> = records.into_iter().filter_map(record).collect();
    records.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(records)
}

pub(super) async fn add_counts(
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

/// A time as the scripts take it; for ever is nothing.
fn milliseconds(ttl: Option<Duration>) -> String {
    let ttl = ttl.map(|ttl| u64::try_from(ttl.as_millis()).unwrap_or(LONGEST).min(LONGEST));
    ttl.map(|ttl| ttl.to_string()).unwrap_or_default()
}

pub(super) async fn counts(
    session: &mut Session<'_>,
    keys: &Keys,
    kind: &str,
    key: &str,
) -> Result<Vec<(String, i64)>, Failure> {
    let mut counts: Vec<(String, i64)> = session.command(cmd("HGETALL").arg(keys.counts(kind, key))).await?;
    counts.sort();
    Ok(counts)
}

/// With one round trip for many keys: they are all in one slot.
pub(super) async fn counts_all(
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
    let read = |key: &String| match names {
        None => cmd("HGETALL").arg(keys.counts(kind, key)).take(),
        Some(names) => cmd("HMGET").arg(keys.counts(kind, key)).arg(names).take(),
    };
    let mut all = Vec::with_capacity(of.len());
    for of in of.chunks(KEYS) {
        let mut commands = pipe();
        for key in of {
            commands.add_command(read(key));
        }
        for (key, answer) in of.iter().zip(session.pipeline(&commands).await?) {
            let answer = match answer {
                // The slot is on the move, or something is wrong; alone it is followed, or told what.
                Value::ServerError(_) => session.command(&read(key)).await?,
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

pub(super) async fn assign(server: &Server, experiment: &str, unit: &str, choice: &str) -> Result<Assigned> {
    let key = server.keys()?.assigned(experiment, unit);
    let mut session = server.session_for_key(&key).await?;
    let assigned = async {
        let first: bool = session.command(cmd("HSETNX").arg(&key).arg(unit).arg(choice)).await?;
        let winner: Option<String> = session.command(cmd("HGET").arg(&key).arg(unit)).await?;
        Ok(Assigned { choice: winner.ok_or_else(emptied)?, first })
    };
    let assigned = assigned.await;
    session.settle(assigned).await
}

pub(super) async fn assign_all(server: &Server, experiment: &str, units: &[(String, String)]) -> Result<Vec<Assigned>> {
    let mut all = Vec::with_capacity(units.len());
    for units in units.chunks(UNITS) {
        all.extend(assign_some(server, experiment, units).await?);
    }
    Ok(all)
}

/// Assigns units with one round trip to each node that keeps some of them.
async fn assign_some(server: &Server, experiment: &str, units: &[(String, String)]) -> Result<Vec<Assigned>> {
    let keys = server.keys()?;
    let mut by_node: HashMap<_, Vec<(usize, String)>> = HashMap::new();
    for (position, (unit, _)) in units.iter().enumerate() {
        let key = keys.assigned(experiment, unit);
        by_node.entry(server.node_of(&key).await?).or_default().push((position, key));
    }
    let mut answered = vec![None; units.len()];
    for assigned in by_node.into_values() {
        let Some((_, key)) = assigned.first() else { continue };
        let mut session = server.session_for_key(key).await?;
        let mut commands = pipe();
        for (position, key) in &assigned {
            let Some((unit, choice)) = units.get(*position) else { continue };
            commands.cmd("HSETNX").arg(key).arg(unit).arg(choice);
            commands.cmd("HGET").arg(key).arg(unit);
        }
        let answers = session.pipeline(&commands).await;
        let answers = session.settle(answers).await?;
        for ((position, _), answer) in assigned.iter().zip(answers.chunks_exact(2)) {
            if let ([first, winner], Some(place)) = (answer, answered.get_mut(*position)) {
                *place = read_assigned(first, winner);
            }
        }
    }
    let mut all = Vec::with_capacity(units.len());
    for ((unit, choice), answer) in units.iter().zip(answered) {
        all.push(match answer {
            Some(assigned) => assigned,
            // Its slot is on the move, or something is wrong; alone it is followed, or told what.
            None => assign(server, experiment, unit, choice).await?,
        });
    }
    Ok(all)
}

fn read_assigned(first: &Value, winner: &Value) -> Option<Assigned> {
    let first = from_redis_value(first.clone()).ok()?;
    Some(Assigned { choice: from_redis_value::<Option<String>>(winner.clone()).ok()??, first })
}

pub(super) async fn assigned(server: &Server, experiment: &str, unit: &str) -> Result<Option<String>> {
    let key = server.keys()?.assigned(experiment, unit);
    let mut session = server.session_for_key(&key).await?;
    let choice = session.command(cmd("HGET").arg(&key).arg(unit)).await;
    session.settle(choice).await
}

fn emptied() -> Failure {
    Error::new(ErrorKind::Unavailable, "the store was emptied while it was written").into()
}
