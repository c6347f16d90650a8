//! What the tests need of a server.

use std::path::PathBuf;

use feats::store::Store;
use feats_servers::Certificates;

/// A server that the tests can start.
pub(super) trait Database: Sized + 'static {
    type Store: Store;

    /// The name of the store's type.
    const STORE: &'static str;
    /// The name of the server in messages.
    const PRODUCT: &'static str;
    /// The page of the book about the store, and the password in its statements.
    const PAGE: (&'static str, &'static str);
    /// Creates the user `ada` with all rights, who has the password `s3cret` and needs TLS.
    const USER_WITH_TLS: &'static str;
    /// Lists the names of all tables.
    const TABLES: &'static str;
    /// Empties the database `shop`.
    const EMPTY: &'static str;
    /// The rights that the server reports as missing to a user that may not insert revisions.
    const MISSING: &'static [&'static str];

    /// Returns the server that tests share, where it is installed.
    fn shared() -> Option<&'static Self>;
    /// Starts a server with TLS, where it is installed.
    fn with_tls() -> Option<Self>;
    fn open(url: &str) -> Self::Store;
    /// Creates an empty database and returns its URL.
    fn create(&self) -> String;
    fn run(&self, database: &str, statements: &str) -> String;
    /// Returns the URL of a database for a user with a password.
    fn url(&self, login: &str, database: &str) -> String;
    /// Returns the URL of a database at the Unix socket, and the path of the socket in messages.
    fn socket(&self, database: &str) -> (String, PathBuf);
    fn files(&self) -> &Certificates;
}
