//! Flags in tables: those of flipper-client in PostgreSQL, and those of Flypper in any database of SQLAlchemy.

mod address;
mod error;

use std::future::Future;
use std::time::Duration;

use feats::{Error, ErrorKind};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, SqliteConnection, query_as};
use tokio::time::timeout;

pub(crate) use self::address::SqlPlace;
use self::address::{Database, Dialect};
use self::error::explain;
use super::found::{Found, MAX_FLAG_BYTES};
use crate::failure::Result;

/// The time limit of connecting, including the login.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The time limit of reading the table.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The maximum number of flags in a table.
const MAX_FLAGS: usize = 100_000;

/// A row: the name of a flag, the size of its JSON in bytes, and the JSON unless it is too long.
type Row = (String, i64, Option<Vec<u8>>);

/// Reads all flags of a table, sorted by name.
pub(super) async fn read(place: &SqlPlace) -> Result<Vec<Found>> {
    let query = query(place);
    let rows: Vec<Row> = match &place.database {
        Database::Postgres(options) => {
            let mut connection = within(place, CONNECT_TIMEOUT, PgConnection::connect_with(options)).await?;
            let rows = query_as(AssertSqlSafe(query)).fetch_all(&mut connection);
            within(place, READ_TIMEOUT, rows).await?
        }
        Database::MySql(options) => {
            let mut connection = within(place, CONNECT_TIMEOUT, MySqlConnection::connect_with(options)).await?;
            let rows = query_as(AssertSqlSafe(query)).fetch_all(&mut connection);
            within(place, READ_TIMEOUT, rows).await?
        }
        Database::Sqlite(options) => {
            let mut connection = within(place, CONNECT_TIMEOUT, SqliteConnection::connect_with(options)).await?;
            let rows = query_as(AssertSqlSafe(query)).fetch_all(&mut connection);
            within(place, READ_TIMEOUT, rows).await?
        }
    };
    if rows.len() > MAX_FLAGS {
        let message = format!("the table has more than {MAX_FLAGS} rows, so it is not one of flags");
        return Err(Error::new(ErrorKind::TooLarge, message).with_store(place.to_string()).into());
    }
    let found = |(name, length, json): Row| Found {
        place: format!("{}[{name:?}]", place.table),
        name: Some(name),
        text: match json {
            Some(bytes) => String::from_utf8(bytes).map_err(|_| "the value is not UTF-8".to_owned()),
            None => Err(format!("the flag has {length} bytes; at most {MAX_FLAG_BYTES} are read")),
        },
    };
    Ok(rows.into_iter().map(found).collect())
}

/// Waits for the database.
async fn within<T>(
    place: &SqlPlace,
    time: Duration,
    step: impl Future<Output = std::result::Result<T, sqlx::Error>>,
) -> Result<T> {
    // Futures of the drivers are boxed, because the compiler limits how deeply futures nest.
    match timeout(time, Box::pin(step)).await {
        Ok(done) => done.map_err(|error| explain(place, error).into()),
        Err(_) => {
            let message = format!("the database did not respond within {time:?}");
            Err(Error::new(ErrorKind::Timeout, message).with_store(place.to_string()).into())
        }
    }
}

/// Returns the statement that reads the flags. It only reads, and transfers no value that is too long.
fn query(place: &SqlPlace) -> String {
    let dialect = place.dialect();
    let (table, name, data) = (dialect.quoted(&place.table), dialect.quoted(&place.name), dialect.quoted(&place.data));
    let (name, bytes, length) = match dialect {
        Dialect::Postgres if place.is_json => {
            let bytes = format!("convert_to({data}::text, 'UTF8')");
            (format!("{name}::text"), bytes.clone(), format!("octet_length({bytes})::bigint"))
        }
        Dialect::Postgres => (format!("{name}::text"), data.clone(), format!("octet_length({data})::bigint")),
        Dialect::MySql => {
            let bytes = format!("CAST({data} AS BINARY)");
            (format!("CAST({name} AS CHAR)"), bytes.clone(), format!("CAST(LENGTH({bytes}) AS SIGNED)"))
        }
        Dialect::Sqlite => {
            let bytes = format!("CAST({data} AS BLOB)");
            (format!("CAST({name} AS TEXT)"), bytes.clone(), format!("length({bytes})"))
        }
    };
    let limit = MAX_FLAGS + 1;
    format!(
        "SELECT {name}, {length}, CASE WHEN {length} <= {MAX_FLAG_BYTES} THEN {bytes} END FROM {table} ORDER BY 1 LIMIT {limit}"
    )
}
