//! The address of a server and the login, parsed from a URL.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

use super::product::Product;
use crate::error::{Error, ErrorKind, Result};
use crate::store::sql::tables::Tables;
use crate::tls::ClientTls;

/// The prefix of the names of all tables, unless the URL has one.
const DEFAULT_PREFIX: &str = "feats_";
#[cfg(feature = "postgres")]
/// The schema in PostgreSQL, unless the URL has one.
const DEFAULT_SCHEMA: &str = "public";
/// The maximum length of a prefix: with the longest name of a table it is within PostgreSQL's 63 bytes.
const MAX_PREFIX_BYTES: usize = 48;
#[cfg(feature = "postgres")]
/// The maximum length of the name of a schema in PostgreSQL.
const MAX_SCHEMA_BYTES: usize = 63;

/// The address of a server, and how to connect to it.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) product: Product,
    /// A host name, an IP address, or the path of a Unix socket.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    /// `None` without TLS.
    pub(super) tls: Option<ClientTls>,
    pub(super) schema: String,
    pub(super) prefix: String,
}

type Parsed<T> = std::result::Result<T, &'static str>;

impl Address {
    /// Parses `postgres://[user[:password]@]host[:port]/database[?option=value&…]`, or the same with `mysql`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`]. The message does not repeat any of the URL, because a mistyped URL may contain the password
    /// anywhere.
    pub(super) fn parse(product: Product, url: &str) -> Result<Self> {
        parse(product, url).map_err(|message| {
            Error::new(ErrorKind::Invalid, format!("this is not a valid {} URL: {message}", product.name()))
        })
    }

    /// Sets the prefix of the names of all tables.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is not a valid prefix.
    pub(super) fn set_prefix(&mut self, prefix: &str) -> std::result::Result<(), &'static str> {
        self.prefix = valid_prefix(prefix.to_owned())?;
        Ok(())
    }

    /// Sets the schema.
    #[cfg(feature = "postgres")]
    pub(super) fn set_schema(&mut self, schema: &str) -> std::result::Result<(), &'static str> {
        self.schema = valid_schema(schema.to_owned())?;
        Ok(())
    }

    pub(super) fn tables(&self) -> Tables {
        Tables { dialect: self.product.dialect(), schema: self.schema.clone(), prefix: self.prefix.clone() }
    }

    /// Returns the host and the port, or the path of the socket.
    pub(super) fn server(&self) -> String {
        if self.is_socket() {
            self.host.clone()
        } else if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    pub(super) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }
}

/// The URL without user, password and certificates.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/{}", scheme(self.product), self.server(), self.database)?;
        let schema = (self.schema != default_schema(self.product)).then(|| format!("schema={}", self.schema));
        let prefix = (self.prefix != DEFAULT_PREFIX).then(|| format!("prefix={}", self.prefix));
        let options: Vec<String> = schema.into_iter().chain(prefix).collect();
        if options.is_empty() { Ok(()) } else { write!(f, "?{}", options.join("&")) }
    }
}

fn scheme(product: Product) -> &'static str {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => "postgres",
        #[cfg(feature = "mysql")]
        Product::MySql => "mysql",
    }
}

fn default_schema(product: Product) -> &'static str {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => DEFAULT_SCHEMA,
        #[cfg(feature = "mysql")]
        Product::MySql => "",
    }
}

fn default_port(product: Product) -> u16 {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => 5432,
        #[cfg(feature = "mysql")]
        Product::MySql => 3306,
    }
}

fn check_scheme(product: Product, scheme: &str) -> Parsed<()> {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres if matches!(scheme, "postgres" | "postgresql") => Ok(()),
        #[cfg(feature = "postgres")]
        Product::Postgres => Err("it does not start with postgres:// or postgresql://"),
        #[cfg(feature = "mysql")]
        Product::MySql if matches!(scheme, "mysql" | "mariadb") => Ok(()),
        #[cfg(feature = "mysql")]
        Product::MySql => Err("it does not start with mysql:// or mariadb://"),
    }
}

fn parse(product: Product, url: &str) -> Parsed<Address> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    check_scheme(product, scheme)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if rest.contains(['@', '#']) {
        return Err("in a password, write %2F %3F %23 and %40 for / ? # and @");
    }
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let database = percent_decode(path.strip_prefix('/').unwrap_or(path))?;
    if database.is_empty() {
        return Err("the name of the database is missing: ://host/database");
    }
    if database.contains('/') {
        return Err("the name of the database contains a slash");
    }
    let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = parse_login(product, login)?;
    let (host, port) = parse_host(host, default_port(product))?;
    let is_local = host.starts_with('/')
        || host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let (schema, prefix) = (default_schema(product).to_owned(), DEFAULT_PREFIX.to_owned());
    let tls = (!is_local).then(ClientTls::default);
    let address = Address { product, host, port, user, password, database, tls, schema, prefix };
    parse_options(address, options)
}

fn parse_login(product: Product, login: &str) -> Parsed<(String, Option<String>)> {
    let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
    if password == Some("") {
        return Err("the password is empty");
    }
    if user.is_empty() && password.is_some() {
        return Err("it has a password without a user; write user:password@");
    }
    let default = match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => "postgres",
        #[cfg(feature = "mysql")]
        Product::MySql => "root",
    };
    let user = if user.is_empty() { default.to_owned() } else { percent_decode(user)? };
    Ok((user, password.map(percent_decode).transpose()?))
}

fn parse_host(text: &str, default: u16) -> Parsed<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("a `[` has no `]`")?,
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| "the port is not a number")?,
        None if port.is_empty() => default,
        None => return Err("`]` must be followed by a port or nothing"),
    };
    let host = percent_decode(host)?;
    let is_socket = host.starts_with('/');
    let is_valid = |c: char| !c.is_whitespace() && !c.is_control() && c != '@' && (is_socket || !"/\\".contains(c));
    if host.is_empty() || host.contains(',') || !host.chars().all(is_valid) {
        return Err("the host name is missing or not valid");
    }
    Ok((host, port))
}

fn parse_options(mut address: Address, options: &str) -> Parsed<Address> {
    let (mut ca, mut certificate, mut key) = (None, None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = percent_decode(value)?;
        match name {
            "prefix" => address.prefix = valid_prefix(value)?,
            #[cfg(feature = "postgres")]
            "schema" if address.product == Product::Postgres => address.schema = valid_schema(value)?,
            "sslmode" => match value.as_str() {
                "disable" => address.tls = None,
                "verify-full" => address.tls = Some(ClientTls::default()),
                _ => return Err("sslmode is disable or verify-full"),
            },
            "ca" => ca = Some(value.into()),
            "cert" => certificate = Some(value.into()),
            "key" => key = Some(value.into()),
            _ => {
                return Err(match address.product {
                    #[cfg(feature = "postgres")]
                    Product::Postgres => "the options are schema, prefix, sslmode, ca, cert and key",
                    #[cfg(feature = "mysql")]
                    Product::MySql => "the options are prefix, sslmode, ca, cert and key",
                });
            }
        }
    }
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err("cert and key require each other"),
    };
    match &mut address.tls {
        Some(tls) => *tls = ClientTls { ca, identity },
        None if ca.is_some() || identity.is_some() => return Err("certificates require sslmode=verify-full"),
        None => {}
    }
    Ok(address)
}

fn valid_prefix(prefix: String) -> Parsed<String> {
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if prefix.is_empty() || prefix.len() > MAX_PREFIX_BYTES || !prefix.chars().all(is_valid) {
        return Err("a prefix has 1 to 48 lower-case ASCII letters, digits and underscores");
    }
    Ok(prefix)
}

#[cfg(feature = "postgres")]
fn valid_schema(schema: String) -> Parsed<String> {
    let is_invalid = |c: char| c.is_control() || "\"~$@".contains(c);
    if schema.is_empty() || schema.len() > MAX_SCHEMA_BYTES || schema.contains(is_invalid) {
        return Err("a schema has 1 to 63 bytes, without quotes, control characters, ~, $ and @");
    }
    Ok(schema)
}

fn percent_decode(text: &str) -> Parsed<String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "a percent-encoded part is not UTF-8")?;
    if decoded.contains('\0') { Err("it contains a NUL character") } else { Ok(decoded.into_owned()) }
}
