//! The store in PostgreSQL.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::Address;
use super::connection::{Options, Server};
use super::macros::impl_store;
use super::product::Product;
use crate::error::Result;

/// The interval between polls where the server cannot notify.
const POLL: Duration = Duration::from_millis(500);

/// A store in PostgreSQL 12 or newer, with or without TLS. Changes reach all programs immediately, through `NOTIFY`.
///
/// [`open`](Self::open) only checks the URL. The first use connects, and creates the tables unless they exist. An append is durable
/// when it returns, as the server's `fsync` and `synchronous_commit` define it. A connection belongs to the runtime that
/// opened it; on another runtime a handle opens its own. A handle has up to four connections, and one more for a watcher, which
/// waits on it and polls every 5 s in case a notification is lost.
///
/// Clones share their connections.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{Postgres, Store};
///
/// let store = Postgres::open("postgres://feats:secret@db.example.com/shop")?.schema("flags");
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
///
/// # URL
/// `postgres://user:password@host:port/database?schema=…&prefix=…&sslmode=…&ca=…&cert=…&key=…`, also with `postgresql`. All
/// parts are percent-encoded. Only the host and the database are required. The host can be the directory of a Unix socket:
/// `%2Fvar%2Frun%2Fpostgresql`. Without a password the variable `PGPASSWORD` is used.
///
/// `sslmode` is `disable` or `verify-full`, which verifies the certificate of the server and its host name. The default is
/// `disable` for a loopback address or a Unix socket, and `verify-full` otherwise. `ca` is a PEM file with certificate
/// authorities to trust besides the system's; `cert` and `key` are the PEM files of the client certificate.
///
/// # Order
/// The position of a commit is a counter in a row that each append locks with its first statement, until it commits. A sequence
/// would give a number to a transaction that commits later than one with a higher number. Appends use READ COMMITTED, where each
/// statement sees all commits before it, and therefore every append before its own.
///
/// # Rights
/// If the tables exist, a program needs `SELECT`, `INSERT`, `UPDATE` and `DELETE` on them and `USAGE` on the schema; the page of
/// this store in the book has the exact statements. To create the tables it needs `CREATE` on the schema, and to create the
/// schema `CREATE` on the database.
#[derive(Clone)]
pub struct Postgres(pub(super) Arc<Server>);

impl Postgres {
    /// Creates a handle on the database at `url`. Does not connect yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` is not a valid PostgreSQL URL. The message does not repeat any of
    /// it, because a mistyped URL may contain the password anywhere.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        let address = Address::parse(Product::Postgres, url.as_ref())?;
        Ok(Self(Arc::new(Server::new(Options { address, invalid: None, poll: POLL }))))
    }

    /// Sets the schema of the tables. The default is `public`. A schema that does not exist is created with the tables.
    ///
    /// A schema has 1 to 63 bytes, without double quotes, control characters, `~`, `$` and `@`. If it is not valid, every use of the
    /// store fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    #[must_use]
    pub fn schema(self, schema: impl AsRef<str>) -> Self {
        self.with(|options| options.invalid = options.address.set_schema(schema.as_ref()).err().or(options.invalid))
    }

    /// Sets the prefix of the names of the tables. The default is `feats_`. Applications with different prefixes can share a schema
    /// without seeing each other.
    ///
    /// A prefix has 1 to 48 lower-case ASCII letters, digits and underscores. If it is not valid, every use of the store fails
    /// with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    #[must_use]
    pub fn prefix(self, prefix: impl AsRef<str>) -> Self {
        self.with(|options| options.invalid = options.address.set_prefix(prefix.as_ref()).err().or(options.invalid))
    }

    /// Returns a handle on the same server with other options, and therefore with its own connections.
    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.0.options.clone();
        change(&mut options);
        Self(Arc::new(Server::new(options)))
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.0.options.address)
    }
}

impl_store!(Postgres);
