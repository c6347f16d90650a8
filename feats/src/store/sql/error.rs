//! Failures of statements.

#[cfg(any(feature = "mysql", feature = "postgres"))]
use std::time::Duration;

use crate::error::Error;

/// A failure of an operation on a database. The database explains it.
#[derive(Debug)]
pub(super) enum Failure {
    /// An error of the database or of the driver.
    Database(sqlx::Error),
    /// No response within this time.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    Timeout(Duration),
    /// The tables exist, but the row that identifies them does not.
    Emptied,
    /// An error of feats.
    Described(Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Described(error)
    }
}
