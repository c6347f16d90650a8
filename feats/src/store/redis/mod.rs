//! A store in Redis: one server, Sentinel or a cluster.

mod address;
mod assignments;
mod check;
mod cluster;
mod connect;
mod connection;
mod counters;
mod directory;
mod error;
mod keys;
mod plain;
mod position;
mod records;
mod report;
mod revisions;
mod scan;
mod script;
mod session;
mod stream;
mod tls;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::address::Address;
use self::connection::{Options, Server};
use self::keys::{DEFAULT_PREFIX, Keys};
pub use self::plain::{PlainKeys, PlainValue};
use super::codec;
use crate::error::Result;
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::tls::ClientTls;
use crate::url::Login;

/// A store in Redis 5 or newer: one server, a master with Sentinel, or a cluster, with or without TLS. Recommended for
/// production: changes reach all programs immediately.
///
/// [`open`](Self::open) only checks the URL. The first use connects, and later uses reconnect when a connection breaks. A connection
/// belongs to the runtime that opened it; on another runtime a handle opens its own. Any number of programs can share a Redis. A
/// watcher waits on its own connection in one blocking read, and an idle program sends about 100 requests per minute.
///
/// Clones share their connections.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{Redis, Store};
///
/// let store = Redis::open("redis://localhost")?.prefix("shop");
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
///
#[doc = include_str!("redis.md")]
#[derive(Clone)]
pub struct Redis(Arc<Server>);

impl Redis {
    /// Creates a handle on the Redis at `url`. Does not connect yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` is not a valid Redis URL. The message does not repeat any of it,
    /// because a mistyped URL may contain the password anywhere.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        let address = Address::parse(url.as_ref())?;
        let keys = Keys::new(address.prefix.as_deref().unwrap_or(DEFAULT_PREFIX));
        Ok(Self(Arc::new(Server::new(Options { address, sentinels: Login::default(), keys }))))
    }

    /// Decodes the value of a revision in Redis; `None` if this store did not write it. For tests with arbitrary values; not public
    /// API.
    #[doc(hidden)]
    pub fn decode_entry(feature: &str, value: &[u8]) -> Option<Entry> {
        codec::decode(feature, value)
    }

    /// Encodes a revision as its value in Redis. For tests with arbitrary values; not public API.
    #[doc(hidden)]
    pub fn encode_entry(entry: &Entry) -> Vec<u8> {
        codec::encode(entry)
    }

    /// Sets the prefix of all keys. The default is `feats`. Applications with different prefixes can share a Redis without seeing
    /// each other.
    ///
    /// A prefix has 1 to 100 characters, without braces, spaces and control characters. If it is not valid, every use of the
    /// store fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    #[must_use]
    pub fn prefix(self, prefix: impl AsRef<str>) -> Self {
        self.with(|options| options.keys = Keys::new(prefix.as_ref()))
    }

    /// Sets a PEM file with the certificate authorities to trust, in place of the system's. The file is read for each new
    /// connection. In a URL this is `?ca=`.
    #[must_use]
    pub fn tls_ca(self, path: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.ca = Some(path.into()))
    }

    /// Sets the PEM files of the client certificate and of its key. The files are read for each new connection. In a URL this is
    /// `?cert=` and `&key=`.
    #[must_use]
    pub fn tls_identity(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.identity = Some((certificate.into(), key.into())))
    }

    /// Sets the user and password for the sentinels. Those in the URL are for the servers.
    #[must_use]
    pub fn sentinel_login(self, user: Option<&str>, password: impl Into<String>) -> Self {
        let login = Login { user: user.map(str::to_owned), password: Some(password.into()) };
        self.with(|options| options.sentinels = login)
    }

    fn with_tls(self, change: impl FnOnce(&mut ClientTls)) -> Self {
        self.with(|options| match &mut options.address.tls {
            Some(tls) => change(tls),
            None => options.keys = Err("certificates require rediss://"),
        })
    }

    /// Returns a handle on the same Redis with other options, and therefore with its own connections.
    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.0.options.clone();
        change(&mut options);
        Self(Arc::new(Server::new(options)))
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis({})", self.0.name())
    }
}

#[async_trait]
impl Store for Redis {
    fn name(&self) -> String {
        self.0.name()
    }

    async fn load(&self) -> Result<LoadedStates> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let loaded = revisions::load(&mut session, keys).await;
        session.finish(loaded).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        let (keys, mut session) = (self.0.keys()?, self.0.dedicated_session(&self.0.writer).await?);
        let appended = revisions::append(&mut session, keys, expected, entry).await;
        session.finish(appended).await.map_err(|error| error.with_feature(&entry.feature))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let history = revisions::history(&mut session, keys, feature, page).await;
        session.finish(history).await.map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(&self.0, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let versions = revisions::versions(&mut session, keys).await;
        session.finish(versions).await
    }

    async fn epoch(&self) -> Result<String> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let epoch = revisions::epoch(&mut session, keys).await;
        session.finish(epoch).await
    }

    async fn check(&self) -> Result<Vec<String>> {
        check::check(&self.0).await
    }

    async fn server(&self) -> Result<ServerReport> {
        report::report(&self.0).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        Some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        Some(self)
    }
}
