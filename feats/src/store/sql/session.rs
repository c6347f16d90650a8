//! Statements on one connection.

use std::sync::Arc;
use std::time::Duration;

#[cfg(any(feature = "mysql", feature = "postgres"))]
use sqlx::Column;
#[cfg(feature = "mysql")]
use sqlx::mysql::{MySqlConnection, MySqlRow};
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgConnection, PgRow};
#[cfg(feature = "sqlite")]
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, TypeInfo, ValueRef, query, raw_sql};

use super::error::Failure;
use super::tables::Tables;
use super::value::{Cell, Row, Value};
use crate::error::{Error, ErrorKind};

/// The maximum number of values of a statement that depends on their number, up to which the connection keeps it prepared.
const MAX_KEPT_VALUES: usize = 8;

/// Builds a query of a driver, with its parameters.
macro_rules! bound {
    ($sql:expr, $values:expr, |$text:ident| $bind:expr) => {{
        let mut query = query(AssertSqlSafe($sql));
        for value in $values {
            query = match value {
                Value::Null => query.bind(None::<i64>),
                Value::Integer(number) => query.bind(number),
                Value::Text($text) => query.bind($bind),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

/// A connection of one of the drivers.
#[derive(Debug)]
pub(super) enum Connection {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
    #[cfg(feature = "mysql")]
    MySql(MySqlConnection),
}

/// A connection, and the tables that its statements name.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    pub(super) tables: Arc<Tables>,
    /// The maximum number of bytes of a value.
    pub(super) max_bytes: usize,
    /// The time limit of a statement.
    limit: Option<Duration>,
}

impl Session {
    /// Wraps a connection. `limit` is the time limit of a statement.
    pub(super) fn new(connection: Connection, tables: Arc<Tables>, limit: Option<Duration>) -> Self {
        /// The limit for a database that does not have a lower one.
        const MAX_BYTES: usize = 256 << 20;
        Self { connection, tables, max_bytes: MAX_BYTES, limit }
    }

    /// Runs a statement. Returns the number of affected rows.
    pub(super) async fn execute(&mut self, statement: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.run_execute(statement, values, true).await
    }

    /// Runs a query. Returns its rows.
    pub(super) async fn fetch(&mut self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Failure> {
        self.run_fetch(statement, values, true).await
    }

    /// Like [`execute`](Self::execute), for a statement whose text depends on the number of values.
    pub(super) async fn execute_list(&mut self, statement: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.run_execute(statement, values, values.len() <= MAX_KEPT_VALUES).await
    }

    /// Like [`fetch`](Self::fetch), for a statement whose text depends on the number of values.
    pub(super) async fn fetch_list(&mut self, statement: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Failure> {
        self.run_fetch(statement, values, values.len() <= MAX_KEPT_VALUES).await
    }

    async fn run_execute(&mut self, statement: &str, values: &[Value<'_>], keep: bool) -> Result<u64, Failure> {
        let (sql, values) = self.tables.translate(statement, values);
        limited(self.limit, async {
            match &mut self.connection {
                #[cfg(feature = "sqlite")]
                Connection::Sqlite(connection) => {
                    let query = bound!(sql, values, |text| text).persistent(keep);
                    Ok(query.execute(connection).await?.rows_affected())
                }
                #[cfg(feature = "postgres")]
                Connection::Postgres(connection) => {
                    let query = bound!(sql, values, |text| text).persistent(keep);
                    Ok(query.execute(connection).await?.rows_affected())
                }
                #[cfg(feature = "mysql")]
                Connection::MySql(connection) => {
                    let query = bound!(sql, values, |text| text.as_bytes()).persistent(keep);
                    Ok(query.execute(connection).await?.rows_affected())
                }
            }
        })
        .await
    }

    async fn run_fetch(&mut self, statement: &str, values: &[Value<'_>], keep: bool) -> Result<Vec<Row>, Failure> {
        let (sql, values) = self.tables.translate(statement, values);
        limited(self.limit, async {
            match &mut self.connection {
                #[cfg(feature = "sqlite")]
                Connection::Sqlite(connection) => {
                    let query = bound!(sql, values, |text| text).persistent(keep);
                    query.fetch_all(connection).await?.iter().map(sqlite_row).collect()
                }
                #[cfg(feature = "postgres")]
                Connection::Postgres(connection) => {
                    let query = bound!(sql, values, |text| text).persistent(keep);
                    query.fetch_all(connection).await?.iter().map(postgres_row).collect()
                }
                #[cfg(feature = "mysql")]
                Connection::MySql(connection) => {
                    let query = bound!(sql, values, |text| text.as_bytes()).persistent(keep);
                    query.fetch_all(connection).await?.iter().map(mysql_row).collect()
                }
            }
        })
        .await
    }

    /// Runs a query. Returns its first row.
    pub(super) async fn fetch_first(&mut self, statement: &str, values: &[Value<'_>]) -> Result<Option<Row>, Failure> {
        Ok(self.fetch(statement, values).await?.into_iter().next())
    }

    /// Checks that the server accepts a value, before anything is sent.
    pub(super) fn check_size(&self, bytes: usize) -> Result<(), Failure> {
        if bytes <= self.max_bytes {
            return Ok(());
        }
        let message = format!("the value has {bytes} bytes; the database accepts up to {}", self.max_bytes);
        Err(Error::new(ErrorKind::TooLarge, message).into())
    }

    /// Runs several statements without parameters.
    pub(super) async fn script(&mut self, script: &str) -> Result<(), Failure> {
        let (sql, _) = self.tables.translate(script, &[]);
        limited(self.limit, async {
            match &mut self.connection {
                #[cfg(feature = "sqlite")]
                Connection::Sqlite(connection) => {
                    raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
                }
                #[cfg(feature = "postgres")]
                Connection::Postgres(connection) => {
                    raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
                }
                #[cfg(feature = "mysql")]
                Connection::MySql(connection) => {
                    raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Begins a transaction that writes. Its first statement must lock: it then waits for the transactions before it, and later
    /// statements see what they committed.
    ///
    /// In SQLite the transaction begins with the lock of the file.
    ///
    /// In PostgreSQL every statement at READ COMMITTED sees all commits before it. In MySQL at REPEATABLE READ a transaction gets
    /// its view at the first read that does not lock, which is after the lock.
    pub(super) async fn begin(&mut self) -> Result<(), Failure> {
        self.script(match self.connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(_) => "BEGIN IMMEDIATE",
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => "BEGIN ISOLATION LEVEL READ COMMITTED",
            #[cfg(feature = "mysql")]
            Connection::MySql(_) => "START TRANSACTION",
        })
        .await
    }

    /// Begins a transaction that only reads, with one view of the data.
    pub(super) async fn begin_snapshot(&mut self) -> Result<(), Failure> {
        self.script(match self.connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(_) => "BEGIN",
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            #[cfg(feature = "mysql")]
            Connection::MySql(_) => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        })
        .await
    }

    /// Closes the connection.
    #[cfg(feature = "sqlite")]
    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        match self.connection {
            Connection::Sqlite(connection) => sqlx::Connection::close(connection).await,
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            _ => Ok(()),
        }
    }

    pub(super) async fn commit(&mut self) -> Result<(), Failure> {
        self.script("COMMIT").await
    }

    pub(super) async fn rollback(&mut self) -> Result<(), Failure> {
        self.script("ROLLBACK").await
    }
}

async fn limited<T>(limit: Option<Duration>, run: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match limit {
        #[cfg(any(feature = "mysql", feature = "postgres"))]
        Some(limit) => tokio::time::timeout(limit, run).await.unwrap_or(Err(Failure::Timeout(limit))),
        _ => run.await,
    }
}

#[cfg(feature = "sqlite")]
fn sqlite_row(row: &SqliteRow) -> Result<Row, Failure> {
    let cells = (0..row.len()).map(|index| {
        // A value has its own type in SQLite, whatever the column has.
        let value = row.try_get_raw(index)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        Ok(match value.type_info().name() {
            "INTEGER" => Cell::Integer(row.try_get_unchecked(index)?),
            _ => Cell::Bytes(row.try_get_unchecked(index)?),
        })
    });
    cells.collect::<Result<_, sqlx::Error>>().map(Row).map_err(Failure::from)
}

#[cfg(feature = "postgres")]
fn postgres_row(row: &PgRow) -> Result<Row, Failure> {
    let cells = row.columns().iter().enumerate().map(|(index, column)| {
        if row.try_get_raw(index)?.is_null() {
            return Ok(Cell::Null);
        }
        Ok(match column.type_info().name() {
            "INT8" => Cell::Integer(row.try_get(index)?),
            "INT4" => Cell::Integer(row.try_get::<i32, _>(index)?.into()),
            "BOOL" => Cell::Integer(row.try_get::<bool, _>(index)?.into()),
            "BYTEA" => Cell::Bytes(row.try_get(index)?),
            _ => Cell::Bytes(row.try_get::<String, _>(index)?.into_bytes()),
        })
    });
    cells.collect::<Result<_, sqlx::Error>>().map(Row).map_err(Failure::from)
}

#[cfg(feature = "mysql")]
fn mysql_row(row: &MySqlRow) -> Result<Row, Failure> {
    let cells = row.columns().iter().enumerate().map(|(index, column)| {
        if row.try_get_raw(index)?.is_null() {
            return Ok(Cell::Null);
        }
        Ok(match column.type_info().name() {
            "BOOLEAN" | "TINYINT" | "SMALLINT" | "INT" | "BIGINT" => Cell::Integer(row.try_get_unchecked(index)?),
            unsigned if unsigned.ends_with(" UNSIGNED") => {
                Cell::Integer(row.try_get_unchecked::<u64, _>(index)?.try_into().unwrap_or(i64::MAX))
            }
            _ => Cell::Bytes(row.try_get_unchecked(index)?),
        })
    });
    cells.collect::<Result<_, sqlx::Error>>().map(Row).map_err(Failure::from)
}
