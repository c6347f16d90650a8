//! The servers: their names, and the language that each one speaks.

use crate::store::sql::dialect::Dialect;

/// A database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    MySql,
}

impl Product {
    /// Returns the name for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "PostgreSQL",
            #[cfg(feature = "mysql")]
            Self::MySql => "MySQL",
        }
    }

    /// Returns the name of the store's type, for messages that refer to its docs.
    pub(super) fn store(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "Postgres",
            #[cfg(feature = "mysql")]
            Self::MySql => "MySql",
        }
    }

    pub(super) fn dialect(self) -> Dialect {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Self::MySql => Dialect::MySql,
        }
    }
}
