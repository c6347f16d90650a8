//! Facts about the server, for diagnosis.

use redis::cmd;

use super::check::{field, if_permitted};
use super::connection::Server;
use super::error::Failure;
use super::keys::Keys;
use super::session::Session;
use crate::error::Result as Answer;
use crate::model::Timestamp;
use crate::store::ServerReport;

/// Returns the facts that the user may read about the node that keeps the revisions.
pub(super) async fn report(server: &Server) -> Answer<ServerReport> {
    let keys = server.keys()?;
    let mut session = server.session().await?;
    let report = facts(&mut session, keys).await;
    session.finish(report).await
}

async fn facts(session: &mut Session<'_>, keys: &Keys) -> Result<ServerReport, Failure> {
    let info: Option<String> = if_permitted(session, &cmd("INFO")).await?;
    let info = info.unwrap_or_default();
    let time: Option<(i64, i64)> = if_permitted(session, &cmd("TIME")).await?;
    let millis = |(seconds, micros): (i64, i64)| seconds.saturating_mul(1_000).saturating_add(micros / 1_000);
    Ok(ServerReport {
        version: version(&info),
        time: time.map(|time| Timestamp::from_millis(millis(time))),
        settings: settings(session, &info).await?,
        missing_rights: missing_rights(session, keys).await?,
    })
}

/// Returns the product and its version. Valkey reports the version of Redis with which it is compatible, too.
fn version(info: &str) -> Option<String> {
    let valkey = field(info, "valkey_version").map(|version| format!("Valkey {version}"));
    valkey.or_else(|| field(info, "redis_version").map(|version| format!("Redis {version}")))
}

/// Returns the settings that decide about durability.
async fn settings(session: &mut Session<'_>, info: &str) -> Result<Vec<(String, String)>, Failure> {
    let aof = field(info, "aof_enabled").map(|enabled| if enabled == "1" { "yes" } else { "no" });
    let known = [("maxmemory-policy", field(info, "maxmemory_policy")), ("appendonly", aof)];
    let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let mut settings: Vec<(String, String)> = known.collect();
    for name in ["appendfsync", "save"] {
        let values: Option<Vec<(String, String)>> = if_permitted(session, cmd("CONFIG").arg("GET").arg(name)).await?;
        settings.extend(values.into_iter().flatten());
    }
    let role = [("role", field(info, "role")), ("replicas", field(info, "connected_slaves"))];
    settings.extend(role.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))));
    Ok(settings)
}

/// Returns the commands that the user may not use on the keys of feats. Empty if the server cannot say, as before Redis 7, or if the
/// user may not ask.
async fn missing_rights(session: &mut Session<'_>, keys: &Keys) -> Result<Vec<String>, Failure> {
    let Some(user) = if_permitted::<String>(session, cmd("ACL").arg("WHOAMI")).await? else { return Ok(Vec::new()) };
    let (key, assigned) = (keys.epoch(), keys.assigned("experiment", "unit"));
    let rights: [&[&str]; 14] = [
        &["GET", &key],
        &["SET", &key, "value"],
        &["HGET", &key, "field"],
        &["HSET", &key, "field", "value"],
        &["HGETALL", &key],
        &["HGETALL", &assigned],
        &["HSETNX", &assigned, "field", "value"],
        &["XADD", &key, "1-0", "field", "value"],
        &["XREAD", "STREAMS", &key, "0"],
        &["XREVRANGE", &key, "+", "-"],
        &["EVALSHA", "digest", "1", &key],
        &["WAIT", "1", "1"],
        &["INFO"],
        &["PING"],
    ];
    let mut missing = Vec::new();
    for words in rights {
        let dry_run = cmd("ACL").arg("DRYRUN").arg(&user).arg(words).take();
        match if_permitted::<String>(session, &dry_run).await? {
            None => return Ok(Vec::new()),
            Some(answer) if answer == "OK" => {}
            // The answer names the command or the key.
            Some(answer) => missing.push(answer),
        }
    }
    missing.dedup();
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_names_the_product() {
        assert_eq!(version("redis_version:7.0.15\r\n").as_deref(), Some("Redis 7.0.15"));
        assert_eq!(version("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\n").as_deref(), Some("Valkey 8.0.1"));
        assert_eq!(version(""), None);
    }
}
