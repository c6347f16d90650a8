//! Assignments in SQL.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_scalar};

use super::Sqlite;
use super::error::Failure;
use super::scan;
use crate::error::Result;
use crate::store::scan::decode_position;
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, Store};

#[async_trait]
impl Assignments for Sqlite {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let outcome = assign_one(lease.connection(), experiment, unit, choice).await;
        Ok(lease.finish(outcome)?.choice)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let mut lease = self.0.lease(&self.0.writer).await?;
        let outcomes = assign_many(lease.connection(), experiment, units).await;
        lease.finish(outcomes)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let mut lease = self.0.lease(&self.0.reader).await?;
        let choice = assigned(lease.connection(), experiment, unit).await;
        lease.finish(choice)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let after = decode_position(after).map_err(|error| error.with_store(self.0.name()))?;
        let mut lease = self.0.lease(&self.0.reader).await?;
        let page = scan::assignments(lease.connection(), after, limit).await;
        lease.finish(page)
    }
}

/// Assigns all units in one transaction, with one flush to the disk.
async fn assign_many(
    connection: &mut SqliteConnection,
    experiment: &str,
    units: &[(String, String)],
) -> Result<Vec<AssignmentOutcome>, Failure> {
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
) -> Result<AssignmentOutcome, Failure> {
    let assign = "INSERT INTO assignments (experiment, unit, choice) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    let written = query(assign).bind(experiment).bind(unit).bind(choice).execute(&mut *connection).await?;
    if written.rows_affected() == 1 {
        return Ok(AssignmentOutcome { choice: choice.to_owned(), first: true });
    }
    let winner = "SELECT choice FROM assignments WHERE experiment = ? AND unit = ?";
    let choice = query_scalar(winner).bind(experiment).bind(unit).fetch_one(connection).await?;
    Ok(AssignmentOutcome { choice, first: false })
}

async fn assigned(connection: &mut SqliteConnection, experiment: &str, unit: &str) -> Result<Option<String>, Failure> {
    let choice = "SELECT choice FROM assignments WHERE experiment = ? AND unit = ?";
    Ok(query_scalar(choice).bind(experiment).bind(unit).fetch_optional(connection).await?)
}
