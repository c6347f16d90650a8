//! Records and assignments in SQL.

use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_as, query_scalar};

use super::error::Failure;
use crate::model::Timestamp;
use crate::store::{Assigned, Record};

pub(super) async fn put(
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

pub(super) async fn list(connection: &mut SqliteConnection, kind: &str) -> Result<Vec<Record>, Failure> {
    let rows: Vec<(String, Vec<u8>)> =
        query_as("SELECT key, bytes FROM records WHERE kind = ? AND (expires IS NULL OR expires > ?) ORDER BY key")
            .bind(kind)
            .bind(Timestamp::from(SystemTime::now()).as_millis())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(key, bytes)| Record { key, bytes }).collect())
}

pub(super) async fn assign(
    connection: &mut SqliteConnection,
    experiment: &str,
    unit: &str,
    choice: &str,
) -> Result<String, Failure> {
    Ok(assign_one(connection, experiment, unit, choice).await?.choice)
}

/// In one transaction: the disk is waited for once.
pub(super) async fn assign_all(
    connection: &mut SqliteConnection,
    experiment: &str,
    units: &[(String, String)],
) -> Result<Vec<Assigned>, Failure> {
    let mut all = Vec::with_capacity(units.len());
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (unit, choice) in units {
        all.push(assign_one(&mut transaction, experiment, unit, choice).await?);
    }
    transaction.commit().await?;
    Ok(all)
}

async fn assign_one(
    connection: &mut SqliteConnection,
    experiment: &str,
    unit: &str,
    choice: &str,
) -> Result<Assigned, Failure> {
    let assign = "INSERT INTO assignments (experiment, unit, choice) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    let written = query(assign).bind(experiment).bind(unit).bind(choice).execute(&mut *connection).await?;
    if written.rows_affected() == 1 {
        return Ok(Assigned { choice: choice.to_owned(), first: true });
    }
    let winner = "SELECT choice FROM assignments WHERE experiment = ? AND unit = ?";
    let choice = query_scalar(winner).bind(experiment).bind(unit).fetch_one(connection).await?;
    Ok(Assigned { choice, first: false })
}

pub(super) async fn assigned(
    connection: &mut SqliteConnection,
    experiment: &str,
    unit: &str,
) -> Result<Option<String>, Failure> {
    let choice = "SELECT choice FROM assignments WHERE experiment = ? AND unit = ?";
    Ok(query_scalar(choice).bind(experiment).bind(unit).fetch_optional(connection).await?)
}
