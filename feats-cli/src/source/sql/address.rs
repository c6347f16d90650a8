//! The address of a table with flags.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

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

/// The options of a URL that concern the connection.
#[derive(Default)]
struct Encryption {
    mode: Option<String>,
    ca: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

type Parsed<T> = std::result::Result<T, &'static str>;

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
    let (base, options) = given.split_once('?').unwrap_or((given, ""));
    let mut place = SqlPlace {
        database: Database::Sqlite(Box::default()),
        shown: String::new(),
        table: table.to_owned(),
        name: name.to_owned(),
        data: data.to_owned(),
        is_json,
    };
    let mut encryption = Encryption::default();
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (key, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = percent_decode(value)?;
        match key {
            "table" => place.table = value,
            "name" => place.name = value,
            "item" | "data" => place.data = value,
            "sslmode" => encryption.mode = Some(value),
            "ca" => encryption.ca = Some(value.into()),
            "cert" => encryption.certificate = Some(value.into()),
            "key" => encryption.key = Some(value.into()),
            _ => return Err("the options are table, name, item, sslmode, ca, cert and key"),
        }
    }
    if [&place.table, &place.name, &place.data].iter().any(|name| name.is_empty() || name.contains('\0')) {
        return Err("a name of a table or column is empty");
    }
    let scheme = base.split_once("://").map(|(scheme, _)| scheme);
    (place.database, place.shown) = match scheme {
        Some("postgres" | "postgresql") => postgres(base, encryption)?,
        Some("mysql" | "mariadb") if is_json => mysql(base, encryption)?,
        None | Some("sqlite") if is_json && !base.contains('@') => {
            let path = base.strip_prefix("sqlite:").unwrap_or(base);
            let path = path.strip_prefix("//").unwrap_or(path);
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            (Database::Sqlite(Box::new(options)), format!("sqlite:{path}"))
        }
        _ => return Err("its scheme is not that of a database"),
    };
    Ok(place)
}

fn postgres(base: &str, encryption: Encryption) -> Parsed<(Database, String)> {
    let (host, shown) = without_login(base)?;
    let mut options = PgConnectOptions::from_str(base).map_err(|_| "it cannot be parsed")?;
    options = options.ssl_mode(if encryption.is_on(&host)? { PgSslMode::VerifyFull } else { PgSslMode::Disable });
    if let Some(ca) = encryption.ca {
        options = options.ssl_root_cert(ca);
    }
    if let (Some(certificate), Some(key)) = (encryption.certificate, encryption.key) {
        options = options.ssl_client_cert(certificate).ssl_client_key(key);
    }
    Ok((Database::Postgres(Box::new(options)), shown))
}

fn mysql(base: &str, encryption: Encryption) -> Parsed<(Database, String)> {
    let (host, shown) = without_login(base)?;
    let url = base.replacen("mariadb://", "mysql://", 1);
    let mut options = MySqlConnectOptions::from_str(&url).map_err(|_| "it cannot be parsed")?;
    let is_on = encryption.is_on(&host)?;
    options = options.ssl_mode(if is_on { MySqlSslMode::VerifyIdentity } else { MySqlSslMode::Disabled });
    if let Some(ca) = encryption.ca {
        options = options.ssl_ca(ca);
    }
    if let (Some(certificate), Some(key)) = (encryption.certificate, encryption.key) {
        options = options.ssl_client_cert(certificate).ssl_client_key(key);
    }
    Ok((Database::MySql(Box::new(options)), shown))
}

impl Encryption {
    /// Returns `true` for an encrypted and verified connection: as the option says, else for every host but this machine.
    fn is_on(&self, host: &str) -> Parsed<bool> {
        let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "");
        match self.mode.as_deref() {
            Some("disable") => Ok(false),
            Some("verify-full") => Ok(true),
            Some(_) => Err("sslmode is disable or verify-full"),
            None => Ok(!is_local),
        }
    }
}

/// Returns the host of a URL, and the URL without login.
fn without_login(base: &str) -> Parsed<(String, String)> {
    let (scheme, rest) = base.split_once("://").ok_or("it has no scheme")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if path.contains(['@', '#']) || authority.contains('#') {
        return Err("in a password, write %2F %3F %23 and %40 for / ? # and @");
    }
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let host = match place.strip_prefix('[') {
        Some(_) => place.split_inclusive(']').next().unwrap_or(place),
        None => place.split(':').next().unwrap_or(place),
    };
    Ok((host.to_owned(), format!("{scheme}://{place}{path}")))
}

/// Decodes `%2F` and the like.
fn percent_decode(text: &str) -> Parsed<String> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| "a percent-encoded part is not UTF-8")
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
            (System::FlipperPostgres, "postgresql://:secret@h/db?table=my%20flags", "postgresql://h/db", "my flags"),
            (System::FlypperSql, "mysql://ada:secret@h/db?sslmode=disable", "mysql://h/db", "flypper_flags"),
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
            (System::FlipperPostgres, "mysql://:secret@h/db", "scheme is not that of a database"),
            (System::FlipperPostgres, "secret.db", "scheme is not that of a database"),
            (System::FlypperSql, "ada:secret@h", "scheme is not that of a database"),
            (System::FlypperSql, "postgres://ada:sec/secret@h/db", "in a password, write %2F"),
            (System::FlypperSql, "postgres://h/db?secret=1", "the options are table, name"),
            (System::FlypperSql, "postgres://h/db?sslmode=secret", "sslmode is disable or verify-full"),
            (System::FlypperSql, "postgres://h/db?table=", "is empty"),
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
