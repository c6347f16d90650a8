//! Differences between the languages of the databases.

/// The language of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    #[cfg(feature = "sqlite")]
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    MySql,
}

impl Dialect {
    /// Returns what a word means in this language; `None` if there is no such word.
    ///
    /// - `now`: the time of the database's clock, in milliseconds since 1970-01-01T00:00:00Z.
    /// - `position`: the position of the newest commit, in a query of `meta AS m`.
    /// - `locked`: ends a SELECT that locks its rows. In SQLite a transaction that writes has the only lock.
    /// - `lookup`: a join that reads its left table first. SQLite would choose the order without knowing the sizes.
    /// - `key`: the column of this name, which is a keyword of MySQL.
    pub(super) fn word(self, word: &str) -> Option<&'static str> {
        let words = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => [
                "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)",
                "(SELECT coalesce(max(seq), 0) FROM revisions)",
                "",
                "CROSS JOIN",
                "key",
            ],
            #[cfg(feature = "postgres")]
            Self::Postgres => [
                "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS BIGINT)",
                "m.position",
                "FOR UPDATE",
                "JOIN",
                "key",
            ],
            #[cfg(feature = "mysql")]
            Self::MySql => {
                ["CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)", "m.position", "FOR UPDATE", "JOIN", "`key`"]
            }
        };
        let [now, position, locked, lookup, key] = words;
        Some(match word {
            "now" => now,
            "position" => position,
            "locked" => locked,
            "lookup" => lookup,
            "key" => key,
            _ => return None,
        })
    }

    /// Returns `true` if an append counts the position up in the row of `meta`, and so locks it. SQLite locks the whole file.
    pub(super) fn counts_positions(self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite => false,
            #[cfg(feature = "postgres")]
            Self::Postgres => true,
            #[cfg(feature = "mysql")]
            Self::MySql => true,
        }
    }

    /// Returns the clause of an INSERT that updates the row with the same key.
    pub(super) fn on_duplicate(self, key: &str) -> String {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql => {
                let _ = key;
                "ON DUPLICATE KEY UPDATE".to_owned()
            }
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            _ => format!("ON CONFLICT ({key}) DO UPDATE SET"),
        }
    }

    /// Returns the value of a column that an INSERT would have written, in its update clause.
    pub(super) fn inserted(self, column: &str) -> String {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql => format!("VALUES({column})"),
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            _ => format!("excluded.{column}"),
        }
    }

    /// Returns an INSERT that skips rows whose key exists. `INSERT IGNORE` would shorten values that do not fit, so a caller checks
    /// their lengths.
    pub(super) fn insert_new(self, insert: &str) -> String {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql => format!("INSERT IGNORE INTO {insert}"),
            #[cfg(any(feature = "postgres", feature = "sqlite"))]
            _ => format!("INSERT INTO {insert} ON CONFLICT DO NOTHING"),
        }
    }
}
