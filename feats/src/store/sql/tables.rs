//! The tables of a store, and the statements on them that every database runs.

use std::fmt::Write;

use super::dialect::Dialect;
use super::value::Value;

/// The tables of a store: their schema and the prefix of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tables {
    pub(super) dialect: Dialect,
    /// The schema, for PostgreSQL alone.
    pub(super) schema: String,
    /// Empty for SQLite, whose file has no other tables.
    pub(super) prefix: String,
}

impl Tables {
    /// Returns the full name of a table, quoted.
    pub(super) fn table(&self, name: &str) -> String {
        match self.dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => format!("{}{name}", self.prefix),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!("\"{}\".\"{}{name}\"", self.schema, self.prefix),
            #[cfg(feature = "mysql")]
            Dialect::MySql => format!("`{}{name}`", self.prefix),
        }
    }

    /// Returns a number that identifies the tables in their database, for locks and channels.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn id(&self) -> u64 {
        xxhash_rust::xxh3::xxh3_64(format!("{}\0{}", self.schema, self.prefix).as_bytes())
    }

    /// Translates a statement. `~name` is a table, `$1` the first parameter, and `@now` a [word](Dialect::word) of the language.
    /// `@upsert(key)` is the update clause of an INSERT, `@new(column)` a value in it, and `@insert_new(…)` an INSERT that skips
    /// existing keys.
    ///
    /// Returns the statement and its parameters in the order in which the driver needs them.
    pub(super) fn translate<'a>(&self, statement: &str, values: &[Value<'a>]) -> (String, Vec<Value<'a>>) {
        let (mut sql, mut ordered) = (String::with_capacity(statement.len() + 64), Vec::with_capacity(values.len()));
        let mut rest = statement;
        while let Some(at) = rest.find(['~', '$', '@']) {
            let (before, marked) = rest.split_at(at);
            sql.push_str(before);
            let mark = marked.as_bytes().first().copied().unwrap_or_default();
            let marked = marked.get(1..).unwrap_or_default();
            let end = marked.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(marked.len());
            let (word, after) = marked.split_at(end);
            rest = after;
            match mark {
                b'~' => sql.push_str(&self.table(word)),
                b'$' => self.parameter(&mut sql, &mut ordered, word, values),
                _ => match self.dialect.word(word) {
                    Some(text) => sql.push_str(text),
                    None => rest = self.call(&mut sql, &mut ordered, word, after, values),
                },
            }
        }
        sql.push_str(rest);
        match self.dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => (sql, values.to_vec()),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => (sql, values.to_vec()),
            #[cfg(feature = "mysql")]
            Dialect::MySql => (sql, ordered),
        }
    }

    /// Translates `word(argument)rest`. Returns the rest.
    fn call<'a, 't>(
        &self,
        sql: &mut String,
        ordered: &mut Vec<Value<'a>>,
        word: &str,
        text: &'t str,
        values: &[Value<'a>],
    ) -> &'t str {
        let (argument, rest) = argument(text);
        match word {
            "upsert" => sql.push_str(&self.dialect.on_duplicate(argument)),
            "new" => sql.push_str(&self.dialect.inserted(argument)),
            _ => {
                let (inner, inner_values) = self.translate(argument, values);
                sql.push_str(&self.dialect.insert_new(&inner));
                ordered.extend(inner_values);
            }
        }
        rest
    }

    fn parameter<'a>(&self, sql: &mut String, ordered: &mut Vec<Value<'a>>, number: &str, values: &[Value<'a>]) {
        match self.dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => {
                let _ = (ordered, values, write!(sql, "?{number}"));
            }
            #[cfg(feature = "postgres")]
            Dialect::Postgres => {
                let _ = (ordered, values, write!(sql, "${number}"));
            }
            #[cfg(feature = "mysql")]
            Dialect::MySql => {
                let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                ordered.extend(index.and_then(|index| values.get(index)).copied());
                let _ = write!(sql, "?");
            }
        }
    }
}

/// Splits `(argument)rest` at the parenthesis that closes the first one.
fn argument(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (index, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth <= 1 => {
                let argument = text.get(1..index).unwrap_or_default();
                return (argument, text.get(index + 1..).unwrap_or_default());
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod tests {
    use super::*;

    fn translated(dialect: Dialect, statement: &str) -> (String, Vec<i64>) {
        let tables = Tables { dialect, schema: "app".to_owned(), prefix: "feats_".to_owned() };
        let (sql, values) = tables.translate(statement, &[Value::Integer(1), Value::Integer(2)]);
        let numbers = values.into_iter().map(|value| match value {
            Value::Integer(number) => number,
            other => panic!("{other:?} is not a number"),
        });
        (sql, numbers.collect())
    }

    #[test]
    fn a_statement_is_translated_into_each_language() {
        let statement = "INSERT INTO ~counts (k, n) VALUES ($2, $1) @upsert(k) n = @new(n) + $2";
        assert_eq!(
            translated(Dialect::Postgres, statement).0,
            "INSERT INTO \"app\".\"feats_counts\" (k, n) VALUES ($2, $1) ON CONFLICT (k) DO UPDATE SET n = excluded.n + $2"
        );
        let mysql = "INSERT INTO `feats_counts` (k, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n) + ?";
        assert_eq!(translated(Dialect::MySql, statement), (mysql.to_owned(), vec![2, 1, 2]));
        assert_eq!(
            translated(Dialect::Sqlite, statement).0,
            "INSERT INTO feats_counts (k, n) VALUES (?2, ?1) ON CONFLICT (k) DO UPDATE SET n = excluded.n + ?2"
        );
    }

    #[test]
    fn an_insert_of_new_rows_keeps_its_parameters_in_order() {
        let statement = "@insert_new(~meta (a, b) VALUES ($1, $2)), $1";
        assert_eq!(
            translated(Dialect::MySql, statement),
            ("INSERT IGNORE INTO `feats_meta` (a, b) VALUES (?, ?), ?".to_owned(), vec![1, 2, 1])
        );
        let (postgres, values) = translated(Dialect::Postgres, statement);
        assert_eq!(postgres, "INSERT INTO \"app\".\"feats_meta\" (a, b) VALUES ($1, $2) ON CONFLICT DO NOTHING, $1");
        assert_eq!(values, [1, 2]);
    }
}
