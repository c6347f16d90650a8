//! Differences between PostgreSQL and MySQL.

/// The language of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    MySql,
}

impl Dialect {
    /// Returns the product for messages.
    pub(super) fn product(self) -> &'static str {
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

    /// Returns the expression for the time of the server's clock, in milliseconds since 1970-01-01T00:00:00Z.
    pub(super) fn now(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
            #[cfg(feature = "mysql")]
            Self::MySql => "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
        }
    }

    /// Returns the clause of an INSERT that updates the row with the same key.
    pub(super) fn on_duplicate(self, key: &str) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => format!("ON CONFLICT ({key}) DO UPDATE SET"),
            #[cfg(feature = "mysql")]
            Self::MySql => {
                let _ = key;
                "ON DUPLICATE KEY UPDATE".to_owned()
            }
        }
    }

    /// Returns the value of a column that an INSERT would have written, in its update clause.
    pub(super) fn inserted(self, column: &str) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => format!("excluded.{column}"),
            #[cfg(feature = "mysql")]
            Self::MySql => format!("VALUES({column})"),
        }
    }

    /// Returns an INSERT that skips rows whose key exists. `INSERT IGNORE` would shorten values that do not fit, so a caller checks
    /// their lengths.
    pub(super) fn insert_new(self, insert: &str) -> String {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => format!("INSERT INTO {insert} ON CONFLICT DO NOTHING"),
            #[cfg(feature = "mysql")]
            Self::MySql => format!("INSERT IGNORE INTO {insert}"),
        }
    }
}
