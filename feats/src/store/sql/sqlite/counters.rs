//! Counters in SQL.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_as};

use super::Sqlite;
use super::error::Failure;
use super::scan;
use crate::error::Result;
use crate::model::Timestamp;
use crate::store::scan::decode_position;
use crate::store::{CounterGroup, Counters, Scan, Store};

/// The maximum number of expired keys that one addition deletes. A program that resumes after a long pause would otherwise block
/// all others.
const MAX_EXPIRED_KEYS: i64 = 4;

#[async_trait]
impl Counters for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = add(lease.connection(), kind, key, deltas, ttl).await;
        lease.finish(done)
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let counts = read(lease.connection(), kind, key).await;
        lease.finish(counts)
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let counts = read_many(lease.connection(), kind, keys, names).await;
        lease.finish(counts)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        let after = decode_position(after).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.reader).await?;
        let page = scan::counters(lease.connection(), after, limit).await;
        lease.finish(page)
    }
}

async fn add(
    connection: &mut SqliteConnection,
    kind: &str,
    key: &str,
    deltas: &[(String, i64)],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    let now = Timestamp::from(SystemTime::now());
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    delete_expired(&mut transaction, kind, key, now).await?;
    for (name, delta) in deltas {
        // A sum beyond 64 bits would become a floating-point number.
        query(
            "INSERT INTO counts (kind, key, name, n) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, key, name) DO UPDATE SET n = CASE
                 WHEN n > 0 AND ?4 > ?5 - n THEN ?5
                 WHEN n < 0 AND ?4 < ?6 - n THEN ?6
                 ELSE n + ?4
             END",
        )
        .bind(kind)
        .bind(key)
        .bind(name)
        .bind(delta)
        .bind(i64::MAX)
        .bind(i64::MIN)
        .execute(&mut *transaction)
        .await?;
    }
    let keep = match ttl {
        None => query("DELETE FROM counts_expiry WHERE kind = ? AND key = ?").bind(kind).bind(key),
        Some(ttl) => query("INSERT OR REPLACE INTO counts_expiry (kind, key, expires) VALUES (?, ?, ?)")
            .bind(kind)
            .bind(key)
            .bind(now.after(ttl).as_millis()),
    };
    keep.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes the counters of this key if they have expired, and those of a few other expired keys.
async fn delete_expired(
    connection: &mut SqliteConnection,
    kind: &str,
    key: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let expired: Vec<(String, String)> = query_as(
        "SELECT kind, key FROM counts_expiry WHERE kind = ?1 AND key = ?2 AND expires <= ?3
         UNION SELECT * FROM (SELECT kind, key FROM counts_expiry WHERE expires <= ?3 ORDER BY expires LIMIT ?4)",
    )
    .bind(kind)
    .bind(key)
    .bind(now.as_millis())
    .bind(MAX_EXPIRED_KEYS)
    .fetch_all(&mut *connection)
    .await?;
    for (kind, key) in expired {
        for delete in
            ["DELETE FROM counts WHERE kind = ? AND key = ?", "DELETE FROM counts_expiry WHERE kind = ? AND key = ?"]
        {
            query(delete).bind(&kind).bind(&key).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

async fn read(connection: &mut SqliteConnection, kind: &str, key: &str) -> Result<Vec<(String, i64)>, Failure> {
    let rows = query_as(
        "SELECT name, n FROM counts WHERE kind = ?1 AND key = ?2
             AND NOT EXISTS (SELECT 1 FROM counts_expiry WHERE kind = ?1 AND key = ?2 AND expires <= ?3)
         ORDER BY name",
    );
    Ok(rows.bind(kind).bind(key).bind(Timestamp::from(SystemTime::now()).as_millis()).fetch_all(connection).await?)
}

/// Reads the counters with one statement. The keys are one JSON parameter, and so are the names, because the number of
/// parameters of a statement is limited.
async fn read_many(
    connection: &mut SqliteConnection,
    kind: &str,
    keys: &[String],
    names: Option<&[String]>,
) -> Result<Vec<Vec<(String, i64)>>, Failure> {
    let json = |texts: &[String]| serde_json::Value::from(texts).to_string();
    // CROSS JOIN fixes the order: an index lookup for each key, not a scan of all counters.
    const KEYS: &str = "WITH asked AS MATERIALIZED (
        SELECT DISTINCT value AS key FROM json_each(?2) AS given WHERE NOT EXISTS
            (SELECT 1 FROM counts_expiry AS e WHERE e.kind = ?1 AND e.key = given.value AND e.expires <= ?3)
    )";
    let all = format!(
        "{KEYS} SELECT c.key, c.name, c.n FROM asked CROSS JOIN counts AS c ON c.kind = ?1 AND c.key = asked.key
         ORDER BY c.key, c.name"
    );
    let some = format!(
        "{KEYS} SELECT c.key, c.name, c.n FROM asked
         CROSS JOIN (SELECT DISTINCT value AS name FROM json_each(?4)) AS named
         CROSS JOIN counts AS c ON c.kind = ?1 AND c.key = asked.key AND c.name = named.name
         ORDER BY c.key, c.name"
    );
    let rows = query_as(sqlx::AssertSqlSafe(if names.is_some() { some } else { all }))
        .bind(kind)
        .bind(json(keys))
        .bind(Timestamp::from(SystemTime::now()).as_millis())
        .bind(names.map(json));
    let rows: Vec<(String, String, i64)> = rows.fetch_all(connection).await?;
    let mut by_key: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    for (key, name, n) in rows {
        by_key.entry(key).or_default().push((name, n));
    }
    Ok(keys.iter().map(|key| by_key.get(key).cloned().unwrap_or_default()).collect())
}
