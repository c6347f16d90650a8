//! Plain keys: the data of other programs in the same Redis.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use redis::{Pipeline, Value, cmd, from_redis_value};

use super::Redis;
use super::address::Topology;
use super::connection::Server;
use super::error::Failure;
use super::session::Session;
use crate::error::Result;

/// The number of keys that the server visits for one command.
const SCAN_COUNT: usize = 1_000;

/// The number of values in one round trip.
const BATCH_SIZE: usize = 100;

/// Access to the keys that other programs have in a Redis, with the login, certificates and timeouts of the handle.
///
/// The command line reads flags of other systems with it. Keys of feats are for [`Store`](crate::store::Store) alone.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// let keys = feats::store::Redis::open("redis://localhost")?.plain_keys();
/// let found = keys.starting_with(b"features/").await?;
/// for value in keys.values(&found, 1 << 20).await? {
///     println!("{value:?}");
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PlainKeys(Arc<Server>);

/// The value of a plain key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlainValue {
    /// There is no such key, or its text is empty.
    Absent,
    /// A text, which need not be UTF-8.
    Text(Vec<u8>),
    /// A text that is longer than the limit of the reader.
    TooLong,
    /// Another type, such as a list.
    NotText,
}

impl Redis {
    /// Returns access to the keys of other programs in this Redis.
    pub fn plain_keys(&self) -> PlainKeys {
        PlainKeys(self.0.clone())
    }
}

impl PlainKeys {
    /// Returns the prefix in the URL of the handle, if it has one.
    pub fn prefix(&self) -> Option<&str> {
        self.0.options.address.prefix.as_deref()
    }

    /// Returns the keys that start with `prefix`, in any order, each once. Keys that are written or deleted meanwhile may be
    /// missing. Uses SCAN, which does not block the server, and asks every master of a cluster.
    ///
    /// # Errors
    /// The server cannot be read.
    pub async fn starting_with(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>> {
        let pattern = pattern(prefix);
        let (mut keys, mut seen) = (Vec::new(), HashSet::new());
        for node in self.0.masters().await? {
            let mut session = self.0.session_on(&node).await?;
            let scanned = scan(&mut session, |position| {
                cmd("SCAN").arg(position).arg("MATCH").arg(&pattern).arg("COUNT").arg(SCAN_COUNT).take()
            });
            let found: Result<Vec<Vec<u8>>, Failure> = scanned.await;
            keys.extend(session.finish(found).await?.into_iter().filter(|key| seen.insert(key.clone())));
        }
        Ok(keys)
    }

    /// Returns the members of a sorted set, in any order, each once; none if there is no such key.
    ///
    /// # Errors
    /// The server cannot be read, or the key has another type.
    pub async fn members(&self, key: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut session = self.0.session_for_key(key).await?;
        let scanned =
            scan(&mut session, |position| cmd("ZSCAN").arg(key).arg(position).arg("COUNT").arg(SCAN_COUNT).take());
        let found: Result<Vec<Vec<u8>>, Failure> = scanned.await;
        // Each member is followed by its score.
        let members = session.finish(found).await?.into_iter().step_by(2).collect::<HashSet<_>>();
        Ok(members.into_iter().collect())
    }

    /// Returns the values of keys, in their order. Reads no more than `limit` bytes of each.
    ///
    /// # Errors
    /// The server cannot be read.
    pub async fn values(&self, keys: &[Vec<u8>], limit: usize) -> Result<Vec<PlainValue>> {
        let mut values = Vec::with_capacity(keys.len());
        if matches!(self.0.options.address.topology, Topology::Cluster(_)) {
            // The keys are on different nodes.
            for key in keys {
                let mut session = self.0.session_for_key(key).await?;
                let value = session.command(cmd("GETRANGE").arg(key).arg(0).arg(limit)).await;
                values.push(session.finish(value_of(value, limit)).await?);
            }
            return Ok(values);
        }
        for keys in keys.chunks(BATCH_SIZE) {
            let Some(first) = keys.first() else { continue };
            let mut session = self.0.session_for_key(first).await?;
            let mut commands = Pipeline::new();
            for key in keys {
                commands.cmd("GETRANGE").arg(key).arg(0).arg(limit);
            }
            let read = session.pipeline(&commands).await.and_then(|answers| {
                let answers = answers.into_iter().map(|answer| answer.extract_error().map_err(Failure::from));
                answers.map(|answer| value_of(answer, limit)).collect::<Result<Vec<_>, Failure>>()
            });
            values.extend(session.finish(read).await?);
        }
        Ok(values)
    }

    /// Writes a value unless the key exists. Returns `true` if it was written.
    ///
    /// # Errors
    /// The server cannot be written.
    pub async fn create(&self, key: &[u8], value: &[u8]) -> Result<bool> {
        let mut session = self.0.session_for_key(key).await?;
        let created: Result<Value, Failure> = session.command(cmd("SET").arg(key).arg(value).arg("NX")).await;
        Ok(session.finish(created).await? != Value::Nil)
    }

    /// Writes a value, whether or not the key exists.
    ///
    /// # Errors
    /// The server cannot be written.
    pub async fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        let mut session = self.0.session_for_key(key).await?;
        let set: Result<Value, Failure> = session.command(cmd("SET").arg(key).arg(value)).await;
        session.finish(set).await.map(drop)
    }
}

impl fmt::Debug for PlainKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainKeys({})", self.0.name())
    }
}

/// Repeats a scanning command until the server has visited everything.
async fn scan(session: &mut Session<'_>, command: impl Fn(u64) -> redis::Cmd) -> Result<Vec<Vec<u8>>, Failure> {
    let (mut found, mut position) = (Vec::new(), 0);
    loop {
        let (next, page): (u64, Vec<Vec<u8>>) = session.command(&command(position)).await?;
        found.extend(page);
        position = next;
        if position == 0 {
            return Ok(found);
        }
    }
}

fn value_of(answer: Result<Value, Failure>, limit: usize) -> Result<PlainValue, Failure> {
    let text: Vec<u8> = match answer {
        Err(Failure::Redis(error)) if error.code() == Some("WRONGTYPE") => return Ok(PlainValue::NotText),
        answer => from_redis_value(answer?)?,
    };
    Ok(match text.len() {
        0 => PlainValue::Absent,
        length if length > limit => PlainValue::TooLong,
        _ => PlainValue::Text(text),
    })
}

/// Returns the pattern of the keys that start with a prefix.
pub(super) fn pattern(prefix: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(prefix.len() + 1);
    for byte in prefix {
        if b"*?[]\\^-".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern.push(b'*');
    pattern
}
