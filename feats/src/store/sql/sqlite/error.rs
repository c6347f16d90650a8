//! Errors of SQLite as errors of feats.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::store::sql::error::Failure;

/// Turns a failure into an error. `busy` is the maximum wait for locks.
pub(super) fn explain(failure: Failure, busy: Duration) -> Error {
    let error = match failure {
        Failure::Database(error) => error,
        Failure::Described(error) => return error,
        #[cfg(any(feature = "mysql", feature = "postgres"))]
        Failure::Timeout(time) => return Error::new(ErrorKind::Timeout, format!("no response within {time:?}")),
        Failure::Emptied => {
            return Error::new(ErrorKind::Corrupt, "the tables were emptied; restore the file from a backup");
        }
    };
    let (kind, message) = classify(&error);
    let message = if is_busy(&error) { format!("{message} for {busy:?}") } else { message.to_owned() };
    Error::new(kind, message).with_source(error)
}

/// Returns `true` if the file, or one beside it, could not be opened or created.
pub(super) fn cannot_open(failure: &Failure) -> bool {
    matches!(failure, Failure::Database(error) if code(error) == Some(14) || extended_code(error) == Some(1544))
}

/// Returns `true` if another connection held a lock for too long.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(5 | 6 | 15))
}

/// Maps the [result codes](https://www.sqlite.org/rescode.html) of SQLite that can occur to a kind and a message.
fn classify(error: &sqlx::Error) -> (ErrorKind, &'static str) {
    // A short read: the only I/O error that means a damaged file.
    if extended_code(error) == Some(522) {
        return (ErrorKind::Corrupt, "the file is truncated; restore it from a backup");
    }
    match code(error) {
        Some(5 | 6 | 15) => (ErrorKind::Timeout, "the database was locked by another program"),
        Some(8) => (ErrorKind::ReadOnly, "the database file or its directory is read-only"),
        Some(13) => (ErrorKind::Unavailable, "the disk is full; nothing was written"),
        Some(10) => {
            (ErrorKind::Unavailable, "the file cannot be read or written; check that the disk is mounted and not full")
        }
        Some(3 | 14 | 23) => {
            (ErrorKind::Unavailable, "the database cannot be opened; check the permissions of its directory")
        }
        Some(11 | 26) => (ErrorKind::Corrupt, "the file is damaged or not a SQLite database; restore it from a backup"),
        Some(1 | 19 | 20) => {
            (ErrorKind::Corrupt, "the tables do not have the schema of feats; restore the file from a backup")
        }
        Some(18) => (ErrorKind::TooLarge, "the row is larger than the limit of SQLite"),
        Some(_) => (ErrorKind::Unavailable, "SQLite failed"),
        None => match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
                (ErrorKind::Corrupt, "the tables contain data that feats did not write; restore the file from a backup")
            }
            _ => (ErrorKind::Unavailable, "the connection to the database failed"),
        },
    }
}

/// Returns the primary result code, which is the low byte of the extended one.
fn code(error: &sqlx::Error) -> Option<u32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
