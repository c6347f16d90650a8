//! The address of a server and the login, parsed from a URL.

use std::fmt;

use super::product::Product;

use crate::error::Result;
use crate::store::sql::tables::Tables;
use crate::tls::ClientTls;
use crate::url::{Grammar, HostPort, Login, Parsed, Url, percent_decode, percent_encode};

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
    /// The host can be the path of a Unix socket.
    pub(super) server: HostPort,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    /// `None` without TLS.
    pub(super) tls: Option<ClientTls>,
    pub(super) schema: String,
    pub(super) prefix: String,
}

impl Address {
    /// Parses `postgres://[user[:password]@]host[:port]/database[?option=value&…]`, or the same with `mysql`.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid). The message does not repeat any of the URL.
    pub(super) fn parse(product: Product, url: &str) -> Result<Self> {
        grammar(product).parse(url, |url| parse(product, url))
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
}

/// The URL without user, password and certificates.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/{}", scheme(self.product), self.server, percent_encode(&self.database))?;
        let schema =
            (self.schema != default_schema(self.product)).then(|| format!("schema={}", percent_encode(&self.schema)));
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

fn default_user(product: Product) -> &'static str {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => "postgres",
        #[cfg(feature = "mysql")]
        Product::MySql => "root",
    }
}

fn grammar(product: Product) -> Grammar {
    let (schemes, options): (&[_], &[_]) = match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => (&["postgres", "postgresql"], &["schema", "prefix", "sslmode", "ca", "cert", "key"]),
        #[cfg(feature = "mysql")]
        Product::MySql => (&["mysql", "mariadb"], &["prefix", "sslmode", "ca", "cert", "key"]),
    };
    Grammar { product: product.name(), schemes, options, no_login: None }
}

fn parse(product: Product, mut url: Url<'_>) -> Parsed<Address> {
    let database = percent_decode(url.path)?;
    if database.is_empty() {
        return Err("the name of the database is missing: ://host/database".into());
    }
    if database.contains('/') {
        return Err("the name of the database contains a slash".into());
    }
    let login = url.login.map(Login::parse).transpose()?.unwrap_or_default();
    if login.user.is_none() && login.password.is_some() {
        return Err("it has a password without a user; write user:password@".into());
    }
    let server = HostPort::parse_or_socket(url.hosts, default_port(product))?;
    let tls = url.options.database_tls(&server)?;
    Ok(Address {
        product,
        server,
        user: login.user.unwrap_or_else(|| default_user(product).to_owned()),
        password: login.password,
        database,
        tls,
        #[cfg(feature = "postgres")]
        schema: url.options.take("schema").map_or_else(|| Ok(default_schema(product).to_owned()), valid_schema)?,
        #[cfg(not(feature = "postgres"))]
        schema: default_schema(product).to_owned(),
        prefix: url.options.take("prefix").map_or_else(|| Ok(DEFAULT_PREFIX.to_owned()), valid_prefix)?,
    })
}

fn valid_prefix(prefix: String) -> std::result::Result<String, &'static str> {
    let is_valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if prefix.is_empty() || prefix.len() > MAX_PREFIX_BYTES || !prefix.chars().all(is_valid) {
        return Err("a prefix has 1 to 48 lower-case ASCII letters, digits and underscores");
    }
    Ok(prefix)
}

#[cfg(feature = "postgres")]
fn valid_schema(schema: String) -> std::result::Result<String, &'static str> {
    let is_invalid = |c: char| c.is_control() || "\"~$@".contains(c);
    if schema.is_empty() || schema.len() > MAX_SCHEMA_BYTES || schema.contains(is_invalid) {
        return Err("a schema has 1 to 63 bytes, without quotes, control characters, ~, $ and @");
    }
    Ok(schema)
}
