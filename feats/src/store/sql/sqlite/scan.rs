//! Pages of all assignments and counters, in the order of their primary keys.

use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, query_as};

use super::error::Failure;
use crate::model::Timestamp;
use crate::store::scan::{NamePosition, encode_position};
use crate::store::{Assignment, CounterGroup, Scan};

/// The maximum number of assignments or groups in one page.
const MAX_ENTRIES: usize = 10_000;

pub(super) async fn assignments(
    connection: &mut SqliteConnection,
    after: Option<NamePosition>,
    limit: usize,
) -> Result<Scan<Assignment>, Failure> {
    let limit = limit.clamp(1, MAX_ENTRIES);
    let condition = if after.is_some() { "WHERE (experiment, unit) > (?1, ?2)" } else { "" };
    let page =
        format!("SELECT experiment, unit, choice FROM assignments {condition} ORDER BY experiment, unit LIMIT {limit}");
    let (experiment, unit) = after.unzip();
    let rows: Vec<(String, String, String)> =
        query_as(AssertSqlSafe(page)).bind(experiment).bind(unit).fetch_all(connection).await?;
    let entry = |(experiment, unit, choice)| Assignment { experiment, unit, choice };
    let entries: Vec<Assignment> = rows.into_iter().map(entry).collect();
    let last = entries.last().filter(|_| entries.len() == limit);
    let next = last.map(|last| encode_position(&(last.experiment.clone(), last.unit.clone())));
    Ok(Scan { entries, next })
}

pub(super) async fn counters(
    connection: &mut SqliteConnection,
    after: Option<NamePosition>,
    limit: usize,
) -> Result<Scan<CounterGroup>, Failure> {
    let limit = limit.clamp(1, MAX_ENTRIES);
    let condition = if after.is_some() { "WHERE (kind, key) > (?1, ?2)" } else { "" };
    let page = format!(
        "WITH page AS MATERIALIZED (SELECT DISTINCT kind, key FROM counts {condition} ORDER BY kind, key LIMIT {limit})
         SELECT p.kind, p.key, e.expires, c.name, c.n FROM page AS p
         CROSS JOIN counts AS c ON c.kind = p.kind AND c.key = p.key
         LEFT JOIN counts_expiry AS e ON e.kind = p.kind AND e.key = p.key
         ORDER BY p.kind, p.key, c.name"
    );
    let (kind, key) = after.unzip();
    let rows: Vec<(String, String, Option<i64>, String, i64)> =
        query_as(AssertSqlSafe(page)).bind(kind).bind(key).fetch_all(connection).await?;
    let now = Timestamp::from(SystemTime::now());
    let mut groups: Vec<CounterGroup> = Vec::new();
    for (kind, key, expires, name, n) in rows {
        match groups.last_mut() {
            Some(group) if (&group.kind, &group.key) == (&kind, &key) => group.counts.push((name, n)),
            // Zero for an expired group.
            _ => {
                let ttl = expires.map(|expires| Timestamp::from_millis(expires).since(now));
                groups.push(CounterGroup { kind, key, counts: vec![(name, n)], ttl });
            }
        }
    }
    let last = groups.last().filter(|_| groups.len() == limit);
    let next = last.map(|last| encode_position(&(last.kind.clone(), last.key.clone())));
    groups.retain(|group| group.ttl != Some(Duration::ZERO));
    Ok(Scan { entries: groups, next })
}
