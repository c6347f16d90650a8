//! Counters in SQL.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_as};

use super::Sqlite;
use super::error::Failure;
use crate::error::Result;
use crate::model::Timestamp;
use crate::store::{Counters, Store};

/// How many keys whose time is over are cleared away by one addition: a program that comes back after a while would
/// otherwise hold up all others.
const CLEARED: i64 = 4;

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
        lease.settle(done)
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let counts = read(lease.connection(), kind, key).await;
        lease.settle(counts)
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let counts = read_many(lease.connection(), kind, keys, names).await;
        lease.settle(counts)
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
    clear(&mut transaction, kind, key, now).await?;
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

/// Clears away these counters if their time is over, and a few others.
async fn clear(connection: &mut SqliteConnection, kind: &str, key: &str, now: Timestamp) -> Result<(), Failure> {
    let over: Vec<(String, String)> = query_as(
        "SELECT kind, key FROM counts_expiry WHERE kind = ?1 AND key = ?2 AND expires <= ?3
         UNION SELECT * FROM (SELECT kind, key FROM counts_expiry WHERE expires <= ?3 ORDER BY expires LIMIT ?4)",
    )
    .bind(kind)
    .bind(key)
    .bind(now.as_millis())
    .bind(CLEARED)
    .fetch_all(&mut *connection)
    .await?;
    for (kind, key) in over {
        for clear in
            ["DELETE FROM counts WHERE kind = ? AND key = ?", "DELETE FROM counts_expiry WHERE kind = ? AND key = ?"]
        {
            query(clear).bind(&kind).bind(&key).execute(&mut *connection).await?;
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

/// In one statement. The keys and names are one parameter each, as there may be more of them than a statement can have.
async fn read_many(
    connection: &mut SqliteConnection,
    kind: &str,
    keys: &[String],
    names: Option<&[String]>,
) -> Result<Vec<Vec<(String, i64)>>, Failure> {
    let json = |texts: &[String]| serde_json::Value::from(texts).to_string();
    // Both tables are joined in this order: an index lookup for each key, not a search through all that is counted.
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
    let mut counted: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    for (key, name, n) in rows {
        counted.entry(key).or_default().push((name, n));
    }
    Ok(keys.iter().map(|key| counted.get(key).cloned().unwrap_or_default()).collect())
}
