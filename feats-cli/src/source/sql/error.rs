//! Errors of databases with flags.

use feats::text::quoted;
use feats::{Error, ErrorKind};

use super::address::SqlPlace;

/// Explains an error of a driver. The message does not repeat the URL, which may contain a password.
pub(super) fn explain(place: &SqlPlace, error: sqlx::Error) -> Error {
    let table = quoted(&place.table);
    let (kind, message) = match &error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let text = database.message();
            match &*code {
                "42P01" | "42S02" => (ErrorKind::NotFound, no_table(&table)),
                "42703" | "42S22" => (ErrorKind::NotFound, no_column(&table)),
                "28P01" | "28000" => (ErrorKind::Invalid, "the database rejected the user or password".to_owned()),
                "3D000" | "42000" if text.contains("nknown database") || code == "3D000" => {
                    (ErrorKind::NotFound, "there is no database with this name".to_owned())
                }
                "42501" | "42000" => {
                    (ErrorKind::Invalid, format!("the user lacks the right SELECT on the table {table}"))
                }
                _ if text.contains("no such table") => (ErrorKind::NotFound, no_table(&table)),
                _ if text.contains("no such column") => (ErrorKind::NotFound, no_column(&table)),
                _ if text.contains("unable to open") => (ErrorKind::NotFound, "there is no such file".to_owned()),
                _ => (ErrorKind::Unavailable, "the database rejected the statement".to_owned()),
            }
        }
        sqlx::Error::Tls(_) => {
            let message =
                "the encrypted connection failed; set the authority with `ca`, or sslmode=disable on a trusted network";
            (ErrorKind::Invalid, message.to_owned())
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            (ErrorKind::Corrupt, format!("the columns of the table {table} have other types than those of flags"))
        }
        _ => (ErrorKind::Unavailable, "the database cannot be reached".to_owned()),
    };
    Error::new(kind, message).with_store(place.to_string()).with_source(error)
}

fn no_table(table: &str) -> String {
    format!("there is no table {table}; ?table=NAME selects another one")
}

fn no_column(table: &str) -> String {
    format!("the table {table} lacks a column; ?name=COLUMN and &item=COLUMN select others")
}
