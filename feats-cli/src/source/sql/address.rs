//! The address of a table with flags.

use std::fmt;

use feats::url::{ClientTls, Grammar, HostPort, Login, Options, Parsed, Url, percent_decode, percent_encode};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;

use crate::args::System;
use crate::failure::{Failure, Result};

/// A table with flags.
#[derive(Clone)]
pub(crate) struct SqlPlace {
    pub(super) database: Database,
    /// The URL without login and options, or the path.
    shown: String,
    pub(super) table: String,
    /// The column with the name.
    pub(super) name: String,
    /// The column with the JSON.
    pub(super) data: String,
    /// `true` if the column has the type JSON; `false` for bytes.
    pub(super) is_json: bool,
}

#[derive(Clone)]
pub(super) enum Database {
    Postgres(Box<PgConnectOptions>),
    MySql(Box<MySqlConnectOptions>),
    Sqlite(Box<SqliteConnectOptions>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    MySql,
    Sqlite,
}

/// The options of all sources. Flipper's column is `item`, Flypper's is `data`.
const OPTIONS: &[&str] = &["table", "name", "item", "data", "sslmode", "ca", "cert", "key"];

impl SqlPlace {
    /// Parses the URL of a database, or the path of an SQLite file.
    ///
    /// # Errors
    /// The URL is not valid. The message does not repeat it, because it may contain a password.
    pub(crate) fn parse(system: System, given: &str) -> Result<Self> {
        parse(system, given).map_err(|message| {
            let expected = match system {
                System::FlipperPostgres => "postgres://HOST/DATABASE",
                _ => "postgres://HOST/DATABASE, mysql://HOST/DATABASE, or the path of an SQLite file",
            };
            Failure::Usage(format!(
                "a source is not valid (not shown, because it may contain a password): {message}; use {expected}"
            ))
        })
    }

    pub(super) fn dialect(&self) -> Dialect {
        match &self.database {
            Database::Postgres(_) => Dialect::Postgres,
            Database::MySql(_) => Dialect::MySql,
            Database::Sqlite(_) => Dialect::Sqlite,
        }
    }
}

impl Dialect {
    /// Quotes an identifier.
    pub(super) fn quoted(self, name: &str) -> String {
        match self {
            Self::MySql => format!("`{}`", name.replace('`', "``")),
            Self::Postgres | Self::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }
}

fn parse(system: System, given: &str) -> Parsed<SqlPlace> {
    let is_json = system == System::FlypperSql;
    let (table, name, data) =
        if is_json { ("flypper_flags", "name", "data") } else { ("feature_flags", "name", "item") };
    let (database, shown, mut options) = match sqlite_path(given).filter(|_| is_json) {
        Some((path, options)) => (sqlite(path), format!("sqlite:{path}"), Options::parse(options, OPTIONS)?),
        None => server(grammar(system).split(given)?)?,
    };
    let mut named = |option: &str, usual: &str| options.take(option).unwrap_or_else(|| usual.to_owned());
    let (table, name) = (named("table", table), named("name", name));
    let data = named("data", data);
    let data = named("item", &data);
    Ok(SqlPlace { database, shown, table, name, data, is_json })
}

fn grammar(system: System) -> Grammar {
    let schemes: &[_] = match system {
        System::FlypperSql => &["postgres", "postgresql", "mysql", "mariadb"],
        _ => &["postgres", "postgresql"],
    };
    Grammar { product: "database", schemes, options: OPTIONS, no_login: None }
}

/// Returns the path of an SQLite file, and its options; `None` for the URL of a server, and for one that is mistyped.
fn sqlite_path(given: &str) -> Option<(&str, &str)> {
    let (base, options) = given.split_once('?').unwrap_or((given, ""));
    let path = match base.strip_prefix("sqlite:") {
        Some(path) => path.strip_prefix("//").unwrap_or(path),
        None if base.contains("://") => return None,
        None => base,
    };
    (!base.contains('@')).then_some((path, options))
}

fn sqlite(path: &str) -> Database {
    Database::Sqlite(Box::new(SqliteConnectOptions::new().filename(path).read_only(true)))
}

/// Parses the URL of a server. Returns the URL without login and options, and the options that remain.
fn server(mut url: Url<'_>) -> Parsed<(Database, String, Options)> {
    let is_postgres = url.scheme.starts_with("postgres");
    let server = HostPort::parse_or_socket(url.hosts, if is_postgres { 5432 } else { 3306 })?;
    let name = percent_decode(url.path)?;
    if name.is_empty() {
        return Err("the name of the database is missing: ://host/database".into());
    }
    let login = url.login.map(Login::parse).transpose()?.unwrap_or_default();
    let tls = url.options.database_tls(&server)?;
    let shown = format!("{}://{server}/{}", url.scheme, percent_encode(&name));
    let database = match is_postgres {
        true => Database::Postgres(Box::new(postgres(server, &name, login, tls))),
        false => Database::MySql(Box::new(mysql(server, &name, login, tls))),
    };
    Ok((database, shown, url.options))
}

fn postgres(server: HostPort, database: &str, login: Login, tls: Option<ClientTls>) -> PgConnectOptions {
    let options = PgConnectOptions::new_without_pgpass().port(server.port).database(database);
    let options = if server.is_socket() { options.socket(server.host) } else { options.host(&server.host) };
    let options = login.user.iter().fold(options, |options, user| options.username(user));
    let options = login.password.iter().fold(options, |options, password| options.password(password));
    let Some(ClientTls { ca, identity }) = tls else { return options.ssl_mode(PgSslMode::Disable) };
    let options = options.ssl_mode(PgSslMode::VerifyFull);
    let options = ca.into_iter().fold(options, PgConnectOptions::ssl_root_cert);
    let identified =
        |options: PgConnectOptions, (certificate, key)| options.ssl_client_cert(certificate).ssl_client_key(key);
    identity.into_iter().fold(options, identified)
}

fn mysql(server: HostPort, database: &str, login: Login, tls: Option<ClientTls>) -> MySqlConnectOptions {
    let options = MySqlConnectOptions::new().port(server.port).database(database);
    let options = if server.is_socket() { options.socket(server.host) } else { options.host(&server.host) };
    let options = login.user.iter().fold(options, |options, user| options.username(user));
    let options = login.password.iter().fold(options, |options, password| options.password(password));
    let Some(ClientTls { ca, identity }) = tls else { return options.ssl_mode(MySqlSslMode::Disabled) };
    let options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
    let options = ca.into_iter().fold(options, MySqlConnectOptions::ssl_ca);
    let identified =
        |options: MySqlConnectOptions, (certificate, key)| options.ssl_client_cert(certificate).ssl_client_key(key);
    identity.into_iter().fold(options, identified)
}

/// Shows the place without user and password.
impl fmt::Display for SqlPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for SqlPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlPlace({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_table_never_shows_a_password() {
        for (system, given, shown, table) in [
            (System::FlipperPostgres, "postgres://ada:secret@h:1/db", "postgres://h:1/db", "feature_flags"),
            (
                System::FlipperPostgres,
                "postgresql://u:secret@h/db?table=my%20flags",
                "postgresql://h:5432/db",
                "my flags",
            ),
            (System::FlypperSql, "mysql://ada:secret@h/db?sslmode=disable", "mysql://h:3306/db", "flypper_flags"),
            (System::FlypperSql, "flags.db", "sqlite:flags.db", "flypper_flags"),
            (System::FlypperSql, "sqlite:///var/flags.db?table=t", "sqlite:/var/flags.db", "t"),
        ] {
            let place = SqlPlace::parse(system, given).expect(given);
            assert_eq!((place.to_string().as_str(), place.table.as_str()), (shown, table));
            assert!(!format!("{place:?}").contains("secret"));
        }
    }

    #[test]
    fn an_invalid_address_is_refused_without_being_repeated() {
        for (system, given, message) in [
            (System::FlipperPostgres, "mysql://:secret@h/db", "it does not start with postgres:// or postgresql://"),
            (System::FlipperPostgres, "secret.db", "it does not start with postgres:// or postgresql://"),
            (
                System::FlypperSql,
                "ada:secret@h",
                "it does not start with postgres://, postgresql://, mysql:// or mariadb://",
            ),
            (System::FlypperSql, "postgres://ada:sec/secret@h/db", "in a password or name, write %2F"),
            (System::FlypperSql, "postgres://h/db?secret=1", "the options are table, name"),
            (System::FlypperSql, "postgres://h/db?sslmode=secret", "sslmode is disable or verify-full"),
            (System::FlypperSql, "postgres://h/db?table=", "the option `table` has no value"),
        ] {
            let Err(Failure::Usage(text)) = SqlPlace::parse(system, given) else { panic!("{given}") };
            assert!(text.contains(message) && !text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn names_are_quoted_in_each_dialect() {
        assert_eq!(Dialect::Postgres.quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(Dialect::MySql.quoted("a`b"), "`a``b`");
    }
}
