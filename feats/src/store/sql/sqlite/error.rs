//! What SQLite's errors mean to whoever uses the store.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// What goes wrong between the store and its database.
#[derive(Debug)]
pub(super) enum Failure {
    /// SQLite, or the way to it.
    Database(sqlx::Error),
    /// What was found there, already in words.
    Ours(Error),
}

impl Failure {
    /// The error in words. `busy` is how long was waited for locks.
    pub(super) fn explain(self, busy: Duration) -> Error {
        let error = match self {
            Self::Database(error) => error,
            Self::Ours(error) => return error,
        };
        let (kind, message) = meaning(&error);
        let message = if is_busy(&error) { format!("{message} for {busy:?}") } else { message.to_owned() };
        Error::new(kind, message).with_source(error)
    }

    /// Whether the file, or one beside it, could not be opened or made.
    pub(super) fn cannot_open(&self) -> bool {
        matches!(self, Self::Database(error) if code(error) == Some(14) || extended_code(error) == Some(1544))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Whether somebody else held a lock for too long.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(5 | 6 | 15))
}

/// SQLite's [result codes](https://www.sqlite.org/rescode.html), as far as they can be met.
fn meaning(error: &sqlx::Error) -> (ErrorKind, &'static str) {
    // A file that ends before what should be in it: the only fault of a disk that is one of the file.
    if extended_code(error) == Some(522) {
        return (ErrorKind::Corrupt, "the file is cut off; restore it from a copy");
    }
    match code(error) {
        Some(5 | 6 | 15) => (ErrorKind::Timeout, "the database was locked by another program"),
        Some(8) => (ErrorKind::ReadOnly, "the database file or its directory is read-only"),
        Some(13) => (ErrorKind::Unavailable, "the disk is full; nothing was written"),
        Some(10) => (ErrorKind::Unavailable, "the file cannot be read or written; is the disk full, or gone?"),
        Some(3 | 14 | 23) => {
            (ErrorKind::Unavailable, "the database cannot be opened; may this program use its directory?")
        }
        Some(11 | 26) => (ErrorKind::Corrupt, "the file is damaged or no SQLite database; restore it from a copy"),
        Some(1 | 19 | 20) => {
            (ErrorKind::Corrupt, "the tables are not as feats made them; restore the file from a copy")
        }
        Some(18) => (ErrorKind::TooLarge, "the row is larger than SQLite stores"),
        Some(_) => (ErrorKind::Unavailable, "SQLite failed"),
        None => match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::RowNotFound => {
                (ErrorKind::Corrupt, "the tables hold what feats did not write; restore the file from a copy")
            }
            _ => (ErrorKind::Unavailable, "the connection to the database failed"),
        },
    }
}

/// The primary result code: the extended ones have it in their low byte.
fn code(error: &sqlx::Error) -> Option<u32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
