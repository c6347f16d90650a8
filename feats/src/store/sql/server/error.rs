//! Errors of the servers as errors of feats.

use std::io;
use std::time::Duration;

use super::address::Address;
use super::product::Product;
use crate::error::{Error, ErrorKind};
use crate::store::sql::error::Failure;
use crate::tls;

type Classified = (ErrorKind, String);

/// Turns a failure into an error.
pub(super) fn explain(failure: Failure, product: Product) -> Error {
    match failure {
        Failure::Described(error) => error,
        Failure::Timeout(time) => {
            Error::new(ErrorKind::Timeout, format!("{} did not respond within {time:?}", product.name()))
        }
        Failure::Emptied => {
            Error::new(ErrorKind::Unavailable, "the tables were emptied; a retry will create their contents")
        }
        Failure::Database(error) => {
            let (kind, message) = classify(&error, product);
            Error::new(kind, message).with_source(error)
        }
    }
}

/// Returns the failure of a connection that did not open.
pub(super) fn unconnected(address: &Address, error: sqlx::Error) -> Failure {
    let (kind, message) = classify_connect(&address.server.to_string(), &error, address.product)
        .unwrap_or_else(|| classify(&error, address.product));
    Error::new(kind, message).with_source(error).into()
}

/// Returns the failure of a server that did not respond to a connection within `limit`.
pub(super) fn connect_timeout(address: &Address, limit: Duration) -> Failure {
    let message = format!("{} did not respond within {limit:?} while connecting", address.server);
    Error::new(ErrorKind::Timeout, message).into()
}

/// Returns `true` if the server rolled back the transaction because of another one, so that a retry can succeed.
pub(super) fn is_transient(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else { return false };
    // Serialization failure and deadlock, with the codes of PostgreSQL and the numbers of MySQL.
    matches!(code(error).as_deref(), Some("40001" | "40P01")) || matches!(number(error), Some(1020 | 1213))
}

/// Returns `true` if the tables were removed or emptied since they were prepared.
pub(super) fn is_unprepared(failure: &Failure) -> bool {
    matches!(failure, Failure::Emptied) || is_missing_table(failure)
}

pub(super) fn is_missing_table(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else { return false };
    matches!(code(error).as_deref(), Some("42P01" | "3F000")) || number(error) == Some(1146)
}

pub(super) fn is_missing_column(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else { return false };
    code(error).as_deref() == Some("42703") || number(error) == Some(1054)
}

/// Returns `true` if the server is a standby, which cannot listen.
#[cfg(feature = "postgres")]
pub(super) fn is_read_only(failure: &Failure) -> bool {
    matches!(failure, Failure::Database(error) if code(error).as_deref() == Some("25006"))
}

/// Describes a missing right while the tables are created.
pub(super) fn while_creating(failure: Failure, product: Product) -> Failure {
    match failure {
        Failure::Database(error)
            if code(&error).as_deref() == Some("42501") || matches!(number(&error), Some(1044 | 1142)) =>
        {
            let message = format!(
                "the user may not create the tables; the docs of feats::store::{} list the required rights",
                product.store()
            );
            Error::new(ErrorKind::Invalid, message).with_source(error).into()
        }
        other => other,
    }
}

/// Classifies an error that occurs while connecting. Returns `None` for an error that can occur later too.
fn classify_connect(address: &str, error: &sqlx::Error, product: Product) -> Option<Classified> {
    if let Some(error) = tls::handshake_error(error) {
        return Some(tls::classify(error, address, "write sslmode=disable in the URL"));
    }
    let name = product.name();
    match error {
        sqlx::Error::Tls(_) => {
            let message =
                format!("{address} does not offer TLS; enable it on the server, or write sslmode=disable in the URL");
            Some((ErrorKind::Invalid, message))
        }
        sqlx::Error::Io(error) => Some(match error.kind() {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
                (ErrorKind::Unavailable, format!("{address} refused the connection; check that {name} runs there"))
            }
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                (ErrorKind::Unavailable, format!("{address} closed the connection; check that it is {name}"))
            }
            _ => (ErrorKind::Unavailable, format!("{address} cannot be reached")),
        }),
        sqlx::Error::Protocol(_) => {
            Some((ErrorKind::Unavailable, format!("{address} does not speak the protocol of {name}")))
        }
        _ => None,
    }
}

fn classify(error: &sqlx::Error, product: Product) -> Classified {
    let name = product.name();
    let found = match (number(error), code(error)) {
        (Some(number), _) => classify_number(number),
        (None, Some(code)) => classify_code(&code),
        (None, None) => match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => Some((
                ErrorKind::Corrupt,
                "the tables contain data that feats did not write; restore them from a backup",
            )),
            _ => return (ErrorKind::Unavailable, format!("the connection to {name} was lost")),
        },
    };
    match found {
        Some((kind, "")) => {
            let docs =
                format!("the user lacks a right; the docs of feats::store::{} list the required ones", product.store());
            (kind, docs)
        }
        Some((kind, message)) => (kind, message.to_owned()),
        None => (ErrorKind::Unavailable, format!("{name} rejected the statement")),
    }
}

const MISSING_RIGHT: (ErrorKind, &str) = (ErrorKind::Invalid, "");
const REJECTED_LOGIN: (ErrorKind, &str) = (ErrorKind::Invalid, "the server rejected the user or password");
const NO_DATABASE: (ErrorKind, &str) = (ErrorKind::Invalid, "the server has no database with this name; create it");
const READ_ONLY: (ErrorKind, &str) =
    (ErrorKind::ReadOnly, "the server or the session is read-only; use the URL of the primary server");
const LOCKED: (ErrorKind, &str) = (ErrorKind::Timeout, "another transaction held a lock for too long");
const INTERRUPTED: (ErrorKind, &str) = (ErrorKind::Timeout, "the server ended the statement because it took too long");
const TRANSIENT: (ErrorKind, &str) =
    (ErrorKind::Unavailable, "concurrent transactions conflicted too many times; nothing was written");
const TOO_MANY: (ErrorKind, &str) = (ErrorKind::Unavailable, "the server has too many connections; raise its limit");
const STOPPING: (ErrorKind, &str) = (ErrorKind::Unavailable, "the server is starting or shutting down");
const FULL: (ErrorKind, &str) = (ErrorKind::Unavailable, "the disk of the server is full; nothing was written");
const NO_MEMORY: (ErrorKind, &str) = (ErrorKind::Unavailable, "the server is out of memory; nothing was written");
const TOO_LARGE: (ErrorKind, &str) = (ErrorKind::TooLarge, "a value is larger than the limit of the server");
const OTHER_SCHEMA: (ErrorKind, &str) =
    (ErrorKind::Corrupt, "the tables do not have the schema of feats; restore them from a backup");

/// Classifies an error of PostgreSQL by its [code](https://www.postgresql.org/docs/current/errcodes-appendix.html).
fn classify_code(code: &str) -> Option<(ErrorKind, &'static str)> {
    Some(match code {
        "42501" => MISSING_RIGHT,
        "28000" | "28P01" => REJECTED_LOGIN,
        "3D000" => NO_DATABASE,
        "25006" => READ_ONLY,
        "55P03" => LOCKED,
        "57014" => INTERRUPTED,
        "40001" | "40P01" => TRANSIENT,
        "53300" => TOO_MANY,
        "57P01" | "57P02" | "57P03" | "57P05" => STOPPING,
        "53100" => FULL,
        "53200" => NO_MEMORY,
        "54000" | "22001" => TOO_LARGE,
        "42P01" | "42703" | "42804" | "42883" => OTHER_SCHEMA,
        _ if code.starts_with("23") => OTHER_SCHEMA,
        _ if code.starts_with("XX") => (ErrorKind::Corrupt, "the server reports damaged data; see its log"),
        _ => return None,
    })
}

/// Classifies an error of MySQL by its
/// [number](https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html).
fn classify_number(number: u16) -> Option<(ErrorKind, &'static str)> {
    Some(match number {
        1142 | 1143 | 1227 | 1370 => MISSING_RIGHT,
        1045 | 1698 | 1524 | 1251 => REJECTED_LOGIN,
        1044 => (ErrorKind::Invalid, "the user may not use this database, or there is none with this name"),
        1049 => NO_DATABASE,
        1290 | 1792 | 1836 => READ_ONLY,
        1205 => LOCKED,
        1317 | 1969 | 3024 => INTERRUPTED,
        1020 | 1213 => TRANSIENT,
        1040 | 1203 | 1226 => TOO_MANY,
        1053 | 1927 => STOPPING,
        1021 | 1114 => FULL,
        1037 | 1038 | 1041 => NO_MEMORY,
        1153 | 1406 | 1301 => TOO_LARGE,
        1054 | 1062 | 1146 | 1364 | 1265 | 4025 => OTHER_SCHEMA,
        1034 | 1194 | 1712 | 1815 => (ErrorKind::Corrupt, "the server reports damaged data; see its log"),
        _ => return None,
    })
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

/// Returns the number of an error of MySQL, whose codes are shared by different errors.
fn number(error: &sqlx::Error) -> Option<u16> {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.as_database_error()?.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return Some(error.number());
    }
    let _ = error;
    None
}
