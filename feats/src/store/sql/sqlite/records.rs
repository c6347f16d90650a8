//! Records in SQL.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_as};

use super::Sqlite;
use super::error::Failure;
use crate::error::Result;
use crate::model::Timestamp;
use crate::store::{Record, Records, Store};

#[async_trait]
impl Records for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let done = put(lease.connection(), kind, key, bytes, ttl).await;
        lease.finish(done)
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let records = list(lease.connection(), kind).await;
        lease.finish(records)
    }
}

async fn put(
    connection: &mut SqliteConnection,
    kind: &str,
    key: &str,
    bytes: &[u8],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    let now = Timestamp::from(SystemTime::now());
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    query("DELETE FROM records WHERE expires <= ?").bind(now.as_millis()).execute(&mut *transaction).await?;
    query(
        "INSERT INTO records (kind, key, bytes, expires) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind, key) DO UPDATE SET bytes = ?3, expires = ?4",
    )
    .bind(kind)
    .bind(key)
    .bind(bytes)
    .bind(ttl.map(|ttl| now.after(ttl).as_millis()))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

async fn list(connection: &mut SqliteConnection, kind: &str) -> Result<Vec<Record>, Failure> {
    let rows: Vec<(String, Vec<u8>)> =
        query_as("SELECT key, bytes FROM records WHERE kind = ? AND (expires IS NULL OR expires > ?) ORDER BY key")
            .bind(kind)
            .bind(Timestamp::from(SystemTime::now()).as_millis())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(key, bytes)| Record { key, bytes }).collect())
}
