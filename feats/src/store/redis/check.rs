//! Checks of a Redis: settings that can lose data, and lost revisions.

use redis::{Cmd, FromRedisValue, cmd};

use super::connection::Server;
use super::error::Failure;
use super::revisions;
use super::session::Session;
use crate::error::Result as Answer;
use crate::store::gaps;

/// Returns warnings for operators.
pub(super) async fn check(server: &Server) -> Answer<Vec<String>> {
    let mut session = server.session().await?;
    let gaps = revisions::gaps(&mut session, server.keys()?).await;
    let mut warnings = Vec::from_iter(gaps::warning(session.finish(gaps).await?));
    // Assignments are on all masters of a cluster.
    for node in server.masters().await? {
        let mut session = server.session_on(&node).await?;
        let found = settings(&mut session).await;
        for warning in session.finish(found).await? {
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
    Ok(memory.as_deref().and_then(|info| field(info, "maxmemory_policy")).and_then(eviction_warning))
}

/// Returns the warning about an eviction policy.
fn eviction_warning(policy: &str) -> Option<String> {
    let what = match policy {
        "noeviction" => return None,
        volatile if volatile.starts_with("volatile-") => "keys that expire, such as counts of uses,",
        _ => "any key, including revisions,",
    };
    Some(format!("with maxmemory-policy {policy}, Redis evicts {what} when its memory is full; set noeviction"))
}

async fn persistence(session: &mut Session<'_>) -> Result<Option<String>, Failure> {
    let info: Option<String> = if_permitted(session, cmd("INFO").arg("persistence")).await?;
    if info.as_deref().and_then(|info| field(info, "aof_enabled")) == Some("1") {
        return Ok(None);
    }
    // INFO does not report the save points.
    let save: Option<Vec<(String, String)>> = if_permitted(session, cmd("CONFIG").arg("GET").arg("save")).await?;
    let never = save.is_some_and(|save| save.iter().any(|(name, points)| name == "save" && points.trim().is_empty()));
    let warning = "Redis saves nothing to its disk (save is empty, appendonly is no), so a restart loses all data; \
                   set appendonly yes";
    Ok(never.then(|| warning.to_owned()))
}

/// Sends a command that the user may not be permitted to use, or that the server may lack. Returns `None` in these cases.
pub(super) async fn if_permitted<T: FromRedisValue>(
    session: &mut Session<'_>,
    command: &Cmd,
) -> Result<Option<T>, Failure> {
    match session.command(command).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Failure::Redis(error)) if !Failure::error_poisons(&error) => {
            tracing::debug!(%error, "a setting of Redis cannot be checked");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Returns a field of an INFO response.
pub(super) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_full_name() {
        let info = "# Memory\r\nmaxmemory_policy_old:a\r\nmaxmemory_policy:noeviction\r\nmaxmemory:0\r\n";
        assert_eq!(field(info, "maxmemory_policy"), Some("noeviction"));
        assert_eq!(field(info, "maxmemory"), Some("0"));
        assert_eq!(field(info, "memory"), None);
    }

    #[test]
    fn every_policy_but_noeviction_is_warned_of() {
        assert_eq!(eviction_warning("noeviction"), None);
        for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random", "a-new-one"] {
            assert!(
                eviction_warning(policy)
                    .is_some_and(|text| text.contains(policy) && text.contains("including revisions"))
            );
        }
        for policy in ["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"] {
            assert!(
                eviction_warning(policy).is_some_and(|text| text.contains(policy) && text.contains("counts of uses"))
            );
        }
    }
}
