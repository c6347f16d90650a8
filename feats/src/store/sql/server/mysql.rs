//! The store in MySQL and MariaDB.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::Address;
use super::connection::{Options, Server};
use super::macros::impl_store;
use super::product::Product;
use crate::error::Result;

/// The default interval between polls for changes.
const POLL: Duration = Duration::from_millis(100);

/// A store in MySQL 8 or MariaDB 10.6, or newer, with or without TLS. Changes by other programs are polled, by default every
/// 100 ms.
///
/// [`open`](Self::open) only checks the URL. The first use connects, and creates the tables unless they exist. An append is durable
/// when it returns, as the server's `innodb_flush_log_at_trx_commit` defines it. A connection belongs to the runtime that
/// opened it; on another runtime a handle opens its own. A handle has up to four connections.
///
/// Clones share their connections.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{MySql, Store};
///
/// let store = MySql::open("mysql://feats:secret@db.example.com/shop")?.prefix("flags_");
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
///
/// # URL
/// `mysql://user:password@host:port/database?prefix=…&sslmode=…&ca=…&cert=…&key=…`, also with `mariadb`. All parts are
/// percent-encoded. Only the host and the database are required. The host can be the path of a Unix socket:
/// `%2Frun%2Fmysqld%2Fmysqld.sock`.
///
/// `sslmode` is `disable` or `verify-full`, which verifies the certificate of the server and its host name. The default is
/// `disable` for a loopback address or a Unix socket, and `verify-full` otherwise. `ca` is a PEM file with certificate
/// authorities to trust besides the system's; `cert` and `key` are the PEM files of the client certificate.
///
/// # Order
/// The position of a commit is a counter in a row that each append locks with its first statement, until it commits. An
/// `AUTO_INCREMENT` would give a number to a transaction that commits later than one with a higher number. Appends use REPEATABLE
/// READ, where a statement that locks reads the newest commit, and the view of the transaction begins with its first read after
/// that. Therefore an append sees every append before its own.
///
/// # Limits
/// A revision larger than the server's `max_allowed_packet`, less 4 KiB, is refused with
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
///
/// # Rights
/// If the tables exist, a program needs `SELECT`, `INSERT`, `UPDATE` and `DELETE` on them; the page of this store in the book has
/// the exact statements. To create the tables it also needs `CREATE` and `INDEX`.
#[derive(Clone)]
pub struct MySql(pub(super) Arc<Server>);

impl MySql {
    /// Creates a handle on the database at `url`. Does not connect yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` is not a valid MySQL URL. The message does not repeat any of it,
    /// because a mistyped URL may contain the password anywhere.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        let address = Address::parse(Product::MySql, url.as_ref())?;
        Ok(Self(Arc::new(Server::new(Options { address, invalid: None, poll: POLL }))))
    }

    /// Sets the prefix of the names of the tables. The default is `feats_`. Applications with different prefixes can share a
    /// database without seeing each other.
    ///
    /// A prefix has 1 to 48 lower-case ASCII letters, digits and underscores. If it is not valid, every use of the store fails
    /// with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    #[must_use]
    pub fn prefix(self, prefix: impl AsRef<str>) -> Self {
        self.with(|options| options.invalid = options.address.set_prefix(prefix.as_ref()).err().or(options.invalid))
    }

    /// Sets the interval at which the tables are polled for changes. At least 1 ms; the default is 100 ms.
    #[must_use]
    pub fn poll_every(self, every: Duration) -> Self {
        self.with(|options| options.poll = every.max(Duration::from_millis(1)))
    }

    /// Returns a handle on the same server with other options, and therefore with its own connections.
    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.0.options.clone();
        change(&mut options);
        Self(Arc::new(Server::new(options)))
    }
}

impl fmt::Debug for MySql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MySql({})", self.0.options.address)
    }
}

impl_store!(MySql);
