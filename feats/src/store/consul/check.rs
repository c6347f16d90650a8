//! Checks of Consul: an agent that keeps nothing on its disk, and lost revisions. Facts about the agent.

use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;

use super::client::{Agent, Consistency, Response};
use super::revisions;
use super::transaction::Operation;
use crate::error::{ErrorKind, Result};
use crate::model::Timestamp;
use crate::store::{ServerReport, gaps};

/// What an agent reports about itself.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AgentInfo {
    config: Config,
    debug_config: DebugConfig,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    datacenter: String,
    version: String,
    server: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct DebugConfig {
    dev_mode: bool,
}

/// Returns warnings for operators.
pub(super) async fn check(agent: &Agent) -> Result<Vec<String>> {
    let mut warnings = Vec::from_iter(gaps::warning(revisions::gaps(agent).await?));
    let (info, _) = info(agent).await?;
    if info.is_some_and(|info| info.debug_config.dev_mode) {
        let warning = "Consul runs in development mode and keeps nothing on its disk, so a restart loses all data; \
                       start it with -data-dir, without -dev";
        warnings.push(warning.to_owned());
    }
    Ok(warnings)
}

/// Returns facts about the agent.
pub(super) async fn server(agent: &Agent) -> Result<ServerReport> {
    let keys = agent.keys()?;
    let (info, date) = info(agent).await?;
    let mut report = ServerReport { time: date.as_deref().and_then(parse_date), ..ServerReport::default() };
    let rule = |access: &str| format!("key_prefix {:?} {access}", format!("{}/", keys.base()));
    match info {
        Some(info) => {
            report.version = Some(format!("Consul {}", info.config.version));
            report.settings = vec![
                ("datacenter".to_owned(), info.config.datacenter),
                ("server".to_owned(), info.config.server.to_string()),
                ("development mode".to_owned(), info.debug_config.dev_mode.to_string()),
            ];
        }
        None => report.missing_rights.push("agent read".to_owned()),
    }
    if is_denied(agent.get(&keys.head(), Consistency::Default).await)? {
        report.missing_rights.push(rule("read"));
    }
    // No key was ever modified at this index, so nothing is written even with the permission.
    let never = Operation::set(format!("{}/never", keys.base()), b"", u64::MAX >> 1);
    if is_denied(agent.transact(&[never]).await)? {
        report.missing_rights.push(rule("write"));
    }
    Ok(report)
}

/// Returns `true` if the token lacks the permission.
fn is_denied<T>(outcome: Result<T>) -> Result<bool> {
    match outcome {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::Invalid => Ok(true),
        Err(error) => Err(error),
    }
}

/// Returns what the agent reports about itself, unless the token may not read it, and the time of the response.
async fn info(agent: &Agent) -> Result<(Option<AgentInfo>, Option<String>)> {
    let answer = agent.send(Method::GET, "agent/self", Duration::ZERO, |request| request).await?;
    let date = answer.date.clone();
    match answer.status {
        403 => Ok((None, date)),
        _ => {
            let Response { body, .. } = agent.success(answer)?;
            Ok((Some(serde_json::from_slice(&body).map_err(|_| agent.not_consul())?), date))
        }
    }
}

/// Parses a date of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let start = Timestamp::start_of_day(&format!("{year}-{month:02}-{day}"))?;
    let mut time = words.next()?.split(':').map(str::parse::<u64>);
    let (hours, minutes, seconds) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);
    (hours < 24 && minutes < 60 && seconds <= 60 && words.next() == Some("GMT"))
        .then(|| start.after(Duration::from_secs(hours * 3600 + minutes * 60 + seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_a_response_is_parsed() {
        assert_eq!(parse_date("Sun, 06 Nov 1994 08:49:37 GMT").map(Timestamp::as_millis), Some(784_111_777_000));
        for text in ["", "Sun, 06 Nov 1994", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
