//! Checks of a Redis: settings by which it can lose data, and revisions that it has lost.

use redis::{Cmd, FromRedisValue, cmd};

use super::connection::Server;
use super::error::Failure;
use super::revisions;
use super::session::Session;
use crate::error::Result as Answer;
use crate::store::gaps;

/// Warnings for operators.
pub(super) async fn check(server: &Server) -> Answer<Vec<String>> {
    let mut session = server.session().await?;
    let gaps = revisions::gaps(&mut session, server.keys()?).await;
    let mut warnings = Vec::from_iter(gaps::warning(session.settle(gaps).await?));
    // Assignments are on all masters of a cluster.
    for node in server.masters().await? {
        let mut session = server.session_with(&node).await?;
        let found = settings(&mut session).await;
        for warning in session.settle(found).await? {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    Ok(warnings)
}

async fn settings(session: &mut Session<'_>) -> Result<Vec<String>, Failure> {
    let mut warnings = Vec::new();
    warnings.extend(eviction(session).await?);
    warnings.extend(persistence(session).await?);
    Ok(warnings)
}

async fn eviction(session: &mut Session<'_>) -> Result<Option<String>, Failure> {
    let memory: Option<String> = if_permitted(session, cmd("INFO").arg("memory")).await?;
    Ok(memory.as_deref().and_then(|info| field(info, "maxmemory_policy")).and_then(evicted))
}

/// The warning about a policy of eviction.
fn evicted(policy: &str) -> Option<String> {
    let what = match policy {
        "noeviction" => return None,
        volatile if volatile.starts_with("volatile-") => "keys that expire, such as counts of uses",
        _ => "any key, revisions too",
    };
    Some(format!("with maxmemory-policy {policy}, Redis removes {what}, when its memory is full; set noeviction"))
}

async fn persistence(session: &mut Session<'_>) -> Result<Option<String>, Failure> {
    let info: Option<String> = if_permitted(session, cmd("INFO").arg("persistence")).await?;
    if info.as_deref().and_then(|info| field(info, "aof_enabled")) == Some("1") {
        return Ok(None);
    }
    // INFO does not have the times at which it saves.
    let save: Option<Vec<(String, String)>> = if_permitted(session, cmd("CONFIG").arg("GET").arg("save")).await?;
    let never = save.is_some_and(|save| save.iter().any(|(name, points)| name == "save" && points.trim().is_empty()));
    let warning = "Redis keeps nothing on its disk (save is empty, appendonly is no): a restart loses everything; \
                   set appendonly yes";
    Ok(never.then(|| warning.to_owned()))
}

/// The answer to a command that the user may lack the right to, or the server the command.
async fn if_permitted<T: FromRedisValue>(session: &mut Session<'_>, command: &Cmd) -> Result<Option<T>, Failure> {
    match session.command(command).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Failure::Redis(error)) if !Failure::spoils_by(&error) => {
            tracing::debug!(%error, "a setting of Redis cannot be checked");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// A field of an INFO.
fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "# Memory\r\nmaxmemory_policy_old:a\r\nmaxmemory_policy:noeviction\r\nmaxmemory:0\r\n";
        assert_eq!(field(info, "maxmemory_policy"), Some("noeviction"));
        assert_eq!(field(info, "maxmemory"), Some("0"));
        assert_eq!(field(info, "memory"), None);
    }

    #[test]
    fn every_policy_but_noeviction_is_warned_of() {
        assert_eq!(evicted("noeviction"), None);
        for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random", "a-new-one"] {
            assert!(evicted(policy).is_some_and(|text| text.contains(policy) && text.contains("revisions too")));
        }
        for policy in ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"] {
            assert!(evicted(policy).is_some_and(|text| text.contains(policy) && text.contains("counts of uses")));
        }
    }
}
