//! Pages of all assignments and counters, which SCAN finds by the start of their keys.

use std::time::Duration;

use redis::{Value, cmd, from_redis_value, pipe};
use xxhash_rust::xxh3::xxh3_64;

use super::connection::Server;
use super::error::Failure;
use super::keys::Keys;
use super::plain::pattern;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::store::scan::foreign_position;
use crate::store::{Assignment, CounterGroup, Scan};
use crate::url::HostPort;

/// The maximum number of keys that the server visits for one page.
const MAX_VISITED: usize = 1_000;

/// The position of a scan: that of SCAN on one of the masters.
struct ScanPosition {
    cursor: u64,
    node: usize,
    /// The digest of the list of masters. With other masters, SCAN could skip keys that have moved.
    masters: u64,
}

/// Returns a page of the assignments, which are on all masters.
pub(super) async fn assignments(server: &Server, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
    let keys = server.keys()?;
    let mut masters = server.masters().await?;
    masters.sort_by_key(ToString::to_string);
    let (found, next) = page(server, &masters, after, &keys.assigned_start(), limit).await?;
    let mut entries = Vec::new();
    for key in found {
        let Some(experiment) = keys.experiment_of(&key) else { continue };
        let mut session = server.session_for_key(&key).await?;
        let units: Result<Vec<(String, String)>, Failure> = session.command(cmd("HGETALL").arg(&key)).await;
        let units = session.finish(units).await?.into_iter();
        entries.extend(units.map(|(unit, choice)| Assignment { experiment: experiment.clone(), unit, choice }));
    }
    Ok(Scan { entries, next })
}

/// Returns a page of the counters, which are all in one slot.
pub(super) async fn counters(server: &Server, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
    let keys = server.keys()?;
    let node = server.node_of(&keys.epoch()).await?;
    let (found, next) = page(server, &[node], after, &keys.counts_start(), limit).await?;
    let mut session = server.session().await?;
    let groups = groups(&mut session, keys, &found).await;
    Ok(Scan { entries: session.finish(groups).await?, next })
}

/// Reads counters with one round trip. A group that has expired in between is left out.
async fn groups(session: &mut Session<'_>, keys: &Keys, found: &[String]) -> Result<Vec<CounterGroup>, Failure> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (counts, ttl) = (|key: &str| cmd("HGETALL").arg(key).take(), |key: &str| cmd("PTTL").arg(key).take());
    let mut commands = pipe();
    for key in found {
        commands.add_command(counts(key)).add_command(ttl(key));
    }
    let answers = session.pipeline(&commands).await?;
    let mut groups = Vec::with_capacity(found.len());
    for (id, answers) in found.iter().zip(answers.chunks_exact(2)) {
        let (Some((kind, key)), [counted, expiry]) = (keys.counter_of(id), answers) else { continue };
        let (counted, expiry) = match (counted, expiry) {
            // The slot is being moved, or there is an error. A single command follows redirections, and returns the error.
            (Value::ServerError(_), _) | (_, Value::ServerError(_)) => {
                (session.command(&counts(id)).await?, session.command(&ttl(id)).await?)
            }
            (counted, expiry) => (counted.clone(), expiry.clone()),
        };
        let mut counts: Vec<(String, i64)> = from_redis_value(counted)?;
        counts.sort();
        let ttl = u64::try_from(from_redis_value::<i64>(expiry)?).ok().map(Duration::from_millis);
        if !counts.is_empty() {
            groups.push(CounterGroup { kind, key, counts, ttl });
        }
    }
    Ok(groups)
}

/// Returns some of the keys with a start, and the position after them.
async fn page(
    server: &Server,
    masters: &[HostPort],
    after: Option<&str>,
    start: &str,
    limit: usize,
) -> Result<(Vec<String>, Option<String>)> {
    let digest = digest(masters);
    let position = match after {
        None => ScanPosition { cursor: 0, node: 0, masters: digest },
        Some(after) => ScanPosition::parse(after).ok_or_else(|| foreign_position().with_store(server.name()))?,
    };
    let node = masters.get(position.node).filter(|_| position.masters == digest).ok_or_else(|| {
        Error::new(ErrorKind::Unavailable, "the masters changed during the scan; start the scan again")
            .with_store(server.name())
    })?;
    let mut session = server.session_on(node).await?;
    let count = limit.clamp(1, MAX_VISITED);
    let command =
        cmd("SCAN").arg(position.cursor).arg("MATCH").arg(pattern(start.as_bytes())).arg("COUNT").arg(count).take();
    let scanned: Result<(u64, Vec<Vec<u8>>), Failure> = session.command(&command).await;
    let (cursor, found) = session.finish(scanned).await?;
    let next = match cursor {
        0 => ScanPosition { cursor, node: position.node + 1, masters: digest },
        _ => ScanPosition { cursor, ..position },
    };
    let next = (next.node < masters.len()).then(|| next.encode());
    // The keys of feats are UTF-8.
    Ok((found.into_iter().filter_map(|key| String::from_utf8(key).ok()).collect(), next))
}

fn digest(masters: &[HostPort]) -> u64 {
    let names: Vec<String> = masters.iter().map(ToString::to_string).collect();
    xxh3_64(names.join(",").as_bytes())
}

impl ScanPosition {
    fn encode(&self) -> String {
        format!("{}:{}:{:016x}", self.cursor, self.node, self.masters)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (cursor, node, masters) = (parts.next()?, parts.next()?, parts.next()?);
        let position = Self {
            cursor: cursor.parse().ok()?,
            node: node.parse().ok()?,
            masters: u64::from_str_radix(masters, 16).ok()?,
        };
        (position.encode() == text).then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_parsed_as_it_was_encoded() {
        let text = ScanPosition { cursor: u64::MAX, node: 2, masters: 7 }.encode();
        assert!(ScanPosition::parse(&text).is_some_and(|position| position.encode() == text));
        for text in ["", "0", "0:0", "0:0:0", "-1:0:0000000000000007", "0:0:0000000000000007:", "a:0:0000000000000007"]
        {
            assert!(ScanPosition::parse(text).is_none(), "{text}");
        }
    }
}
