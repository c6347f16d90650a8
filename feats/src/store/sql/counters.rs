//! Counters.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::error::Failure;
use super::session::Session;
use super::value::{MAX_ROWS, Value, milliseconds, numbered, page_limit};
use crate::store::scan::{NamePosition, encode_position};
use crate::store::{CounterGroup, Scan};

/// The maximum number of expired keys that one addition deletes. A program that resumes after a long pause would otherwise block
/// all others.
const MAX_EXPIRED_KEYS: i64 = 4;

pub(super) async fn add(
    session: &mut Session,
    kind: &str,
    key: &str,
    deltas: &[(String, i64)],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    let group = [kind.into(), key.into()];
    // Whether this key can expire, and a few expired keys. A lock of a row that does not exist would lock the gap around it in
    // MySQL.
    let expiry = "SELECT kind, @key, 1 FROM ~counts_expiry WHERE kind = $1 AND @key = $2 UNION ALL
        SELECT * FROM (SELECT kind, @key, 0 FROM ~counts_expiry WHERE expires <= @now ORDER BY expires LIMIT $3) AS e";
    let rows = session.fetch(expiry, &[kind.into(), key.into(), MAX_EXPIRED_KEYS.into()]).await?;
    let mut may_expire = false;
    for mut row in rows {
        match row.integer(2)? {
            0 => delete_expired(session, &row.text(0)?, &row.text(1)?).await?,
            _ => may_expire = true,
        }
    }
    // One statement needs no transaction.
    let is_transaction = may_expire || ttl.is_some() || deltas.len() > MAX_ROWS;
    if is_transaction {
        session.begin().await?;
    }
    if may_expire {
        // The lock excludes programs that delete the counters of this key.
        let lock = "SELECT CASE WHEN expires <= @now THEN 1 ELSE 0 END FROM ~counts_expiry
            WHERE kind = $1 AND @key = $2 @locked";
        let expired = session.fetch_first(lock, &group).await?;
        if expired.map_or(Ok(0), |row| row.integer(0))? == 1 {
            session.execute("DELETE FROM ~counts WHERE kind = $1 AND @key = $2", &group).await?;
        }
    }
    // Sorted, so that concurrent additions lock the rows in the same order; one statement cannot change a row twice.
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (name, delta) in deltas {
        let sum = sums.entry(name).or_default();
        *sum = sum.saturating_add(*delta);
    }
    let sums = Vec::from_iter(sums);
    for part in sums.chunks(MAX_ROWS) {
        let mut values = vec![kind.into(), key.into(), i64::MAX.into(), i64::MIN.into()];
        let rows = numbered(part, 5, 2, |n| format!("($1, $2, ${n}, ${})", n + 1));
        values.extend(part.iter().flat_map(|(name, delta)| [Value::Text(name), Value::Integer(*delta)]));
        // A sum beyond 64 bits would be an error.
        let insert = format!(
            "INSERT INTO ~counts (kind, @key, name, n) VALUES {rows} @upsert(kind, key, name) n = CASE
                 WHEN ~counts.n > 0 AND @new(n) > $3 - ~counts.n THEN $3
                 WHEN ~counts.n < 0 AND @new(n) < $4 - ~counts.n THEN $4
                 ELSE ~counts.n + @new(n)
             END"
        );
        session.execute_list(&insert, &values).await?;
    }
    match ttl {
        None if !may_expire => {}
        None => {
            session.execute("DELETE FROM ~counts_expiry WHERE kind = $1 AND @key = $2", &group).await?;
        }
        Some(ttl) => {
            let keep = "INSERT INTO ~counts_expiry (kind, @key, expires) VALUES ($1, $2, @now + $3)
                @upsert(kind, key) expires = @new(expires)";
            session.execute(keep, &[kind.into(), key.into(), milliseconds(ttl).into()]).await?;
        }
    }
    if is_transaction { session.commit().await } else { Ok(()) }
}

/// Deletes the counters of an expired key.
async fn delete_expired(session: &mut Session, kind: &str, key: &str) -> Result<(), Failure> {
    let group = [kind.into(), key.into()];
    session.begin().await?;
    let lock = "SELECT 1 FROM ~counts_expiry WHERE kind = $1 AND @key = $2 AND expires <= @now @locked";
    if session.fetch_first(lock, &group).await?.is_some() {
        session.execute("DELETE FROM ~counts WHERE kind = $1 AND @key = $2", &group).await?;
        session.execute("DELETE FROM ~counts_expiry WHERE kind = $1 AND @key = $2", &group).await?;
    }
    session.commit().await
}

pub(super) async fn read_many(
    session: &mut Session,
    kind: &str,
    keys: &[String],
    names: Option<&[String]>,
) -> Result<Vec<Vec<(String, i64)>>, Failure> {
    let mut by_key: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    let mut asked: Vec<&String> = keys.iter().collect();
    asked.sort();
    asked.dedup();
    let listed = names.filter(|names| names.len() <= MAX_ROWS);
    if listed.is_some_and(<[String]>::is_empty) {
        return Ok(vec![Vec::new(); keys.len()]);
    }
    for part in asked.chunks(MAX_ROWS) {
        let mut values = vec![kind.into()];
        values.extend(part.iter().map(|key| Value::Text(key)));
        let mut sql = format!(
            "SELECT c.@key, c.name, c.n FROM ~counts AS c WHERE c.kind = $1 AND c.@key IN ({})
                 AND NOT EXISTS (SELECT 1 FROM ~counts_expiry AS e
                     WHERE e.kind = c.kind AND e.@key = c.@key AND e.expires <= @now)",
            numbered(part, 2, 1, |n| format!("${n}"))
        );
        if let Some(names) = listed {
            let list = numbered(names, part.len() + 2, 1, |n| format!("${n}"));
            sql.push_str(&format!(" AND c.name IN ({list})"));
            values.extend(names.iter().map(Value::from));
        }
        sql.push_str(" ORDER BY c.@key, c.name");
        for mut row in session.fetch_list(&sql, &values).await? {
            by_key.entry(row.text(0)?).or_default().push((row.text(1)?, row.integer(2)?));
        }
    }
    if let Some(names) = names {
        by_key.values_mut().for_each(|counts| counts.retain(|(name, _)| names.contains(name)));
    }
    Ok(keys.iter().map(|key| by_key.get(key).cloned().unwrap_or_default()).collect())
}

pub(super) async fn scan(
    session: &mut Session,
    after: Option<&NamePosition>,
    limit: usize,
) -> Result<Scan<CounterGroup>, Failure> {
    let limit = page_limit(limit);
    let (kind, key) = after.map_or(("", ""), |(kind, key)| (kind, key));
    let sql = "SELECT c.kind, c.@key, c.name, c.n, e.expires - @now FROM (
            SELECT DISTINCT kind, @key FROM ~counts WHERE kind >= $1 AND (kind > $1 OR @key > $2)
            ORDER BY kind, @key LIMIT $3
        ) AS g @lookup ~counts AS c ON c.kind = g.kind AND c.@key = g.@key
        LEFT JOIN ~counts_expiry AS e ON e.kind = c.kind AND e.@key = c.@key
        ORDER BY c.kind, c.@key, c.name";
    // Each group, and the time until it expires.
    let mut groups: Vec<(CounterGroup, Option<i64>)> = Vec::new();
    for mut row in session.fetch(sql, &[kind.into(), key.into(), limit.into()]).await? {
        let (kind, key, count) = (row.text(0)?, row.text(1)?, (row.text(2)?, row.integer(3)?));
        match groups.last_mut() {
            Some((group, _)) if group.kind == kind && group.key == key => group.counts.push(count),
            _ => groups.push((CounterGroup { kind, key, counts: vec![count], ttl: None }, row.optional_integer(4)?)),
        }
    }
    let is_last = i64::try_from(groups.len()).unwrap_or(i64::MAX) < limit;
    let last = groups.last().filter(|_| !is_last);
    let next = last.map(|(group, _)| encode_position(&(group.kind.clone(), group.key.clone())));
    groups.retain(|(_, left)| left.is_none_or(|left| left > 0));
    let entries = groups.into_iter().map(|(group, left)| {
        let ttl = left.and_then(|left| u64::try_from(left).ok()).map(Duration::from_millis);
        CounterGroup { ttl, ..group }
    });
    Ok(Scan { entries: entries.collect(), next })
}
