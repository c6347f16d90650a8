//! Scripts: what has to happen as a whole, or not at all.

use std::time::Duration;

use redis::{Cmd, FromRedisValue, Script, ServerErrorKind, ToRedisArgs};

use super::error::Failure;
use super::session::Session;

pub(super) const APPEND: &str = include_str!("append.lua");
pub(super) const DETECT_LOSS: &str = include_str!("detect_loss.lua");
pub(super) const PUT: &str = include_str!("put.lua");
pub(super) const LIST: &str = include_str!("list.lua");
pub(super) const LENGTHS: &str = include_str!("lengths.lua");
pub(super) const ADD_COUNTS: &str = include_str!("add_counts.lua");

/// Runs a script by its digest; in full if the server does not know it yet.
pub(super) async fn run<T: FromRedisValue>(
    session: &mut Session<'_>,
    code: &str,
    keys: &[String],
    arguments: impl ToRedisArgs,
) -> Result<T, Failure> {
    let invocation = |name: &str, script: &str| -> Cmd {
        redis::cmd(name).arg(script).arg(keys.len()).arg(keys).arg(&arguments).take()
    };
    let known = invocation("EVALSHA", Script::new(code).get_hash());
    match session.command(&known).await {
        Err(Failure::Redis(error)) if error.kind() == ServerErrorKind::NoScript.into() => {
            session.command(&invocation("EVAL", code)).await
        }
        done => done,
    }
}

/// The longest time that something is kept for, in milliseconds: a number that a sorted set holds exactly. It is more
/// than a hundred thousand years.
const LONGEST: u64 = 1 << 52;

/// A time as the scripts take it; for ever is nothing.
pub(super) fn milliseconds(ttl: Option<Duration>) -> String {
    let ttl = ttl.map(|ttl| u64::try_from(ttl.as_millis()).unwrap_or(LONGEST).min(LONGEST));
    ttl.map(|ttl| ttl.to_string()).unwrap_or_default()
}
