//! Scripts, which run atomically on the server.

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

/// Runs a script by its digest, or sends it in full if the server does not know it yet.
pub(super) async fn run<T: FromRedisValue>(
    session: &mut Session<'_>,
    code: &str,
    keys: &[String],
    arguments: impl ToRedisArgs,
) -> Result<T, Failure> {
    let invocation = |name: &str, script: &str| -> Cmd {
        redis::cmd(name).arg(script).arg(keys.len()).arg(keys).arg(&arguments).take()
    };
    let by_digest = invocation("EVALSHA", Script::new(code).get_hash());
    match session.command(&by_digest).await {
        Err(Failure::Redis(error)) if error.kind() == ServerErrorKind::NoScript.into() => {
            session.command(&invocation("EVAL", code)).await
        }
        done => done,
    }
}

/// The maximum time to live in milliseconds: a number that a sorted set stores exactly, and more than 100 000 years.
const MAX_TTL_MILLIS: u64 = 1 << 52;

/// Formats a time to live for the scripts. An empty text means for ever.
pub(super) fn milliseconds(ttl: Option<Duration>) -> String {
    let ttl = ttl.map(|ttl| u64::try_from(ttl.as_millis()).unwrap_or(MAX_TTL_MILLIS).min(MAX_TTL_MILLIS));
    ttl.map(|ttl| ttl.to_string()).unwrap_or_default()
}
