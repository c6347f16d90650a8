//! Places from which flags are imported.

use std::fmt;

use super::place::Place;
use super::sql::SqlPlace;
use crate::args::System;
use crate::failure::Result;

/// A place from which flags of another system are imported.
#[derive(Clone, Debug)]
pub(crate) enum ImportPlace {
    /// A Redis, or a file.
    Plain(Place),
    /// A table of a database.
    Table(SqlPlace),
}

impl ImportPlace {
    /// Parses a place with flags of a system.
    ///
    /// # Errors
    /// The URL is not valid. The message does not repeat it, because it may contain a password.
    pub(crate) fn parse(system: System, given: &str) -> Result<Self> {
        Ok(match system {
            System::Flipper | System::Flypper => Self::Plain(Place::parse(given)?),
            System::FlipperPostgres | System::FlypperSql => Self::Table(SqlPlace::parse(system, given)?),
        })
    }
}

/// Shows the place without user and password.
impl fmt::Display for ImportPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(place) => place.fmt(f),
            Self::Table(table) => table.fmt(f),
        }
    }
}
