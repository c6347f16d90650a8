//! The store in Redis: one server, Sentinel or a cluster.

mod address;
mod assignments;
mod check;
mod cluster;
mod codec;
mod connect;
mod connection;
mod counters;
mod directory;
mod error;
mod keys;
mod position;
mod records;
mod revisions;
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

use self::address::{Address, Login};
use self::connection::{Options, Server};
use self::keys::{DEFAULT_PREFIX, Keys};
use crate::error::Result;
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, Store, WatchEvent,
};

/// A store in Redis 5 or newer: one server, a master with Sentinel, or a cluster; with or without TLS. The one for
/// production: a change is seen everywhere at once.
///
/// Opening only checks the URL; connections are made at first use, and made anew when they break. They belong to the
/// runtime that made them: on another one a handle connects anew. Any number of programs may share a Redis. A watcher
/// waits on a connection of its own, in one blocking read; an idle program costs less than one command a second.
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
    /// A handle on the Redis at `url`, which is not connected to yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` cannot be that of a Redis. The message repeats nothing
    /// of it, as a mistyped one may have the password anywhere.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        let address = Address::parse(url.as_ref())?;
        let keys = Keys::new(address.prefix.as_deref().unwrap_or(DEFAULT_PREFIX));
        Ok(Self(Arc::new(Server::new(Options { address, sentinels: Login::default(), keys }))))
    }

    /// The revision that a value in Redis was made from; `None` if it was not made by this store. For tests with arbitrary
    /// values; this is not public API.
    #[doc(hidden)]
    pub fn decode_entry(feature: &str, value: &[u8]) -> Option<Entry> {
        codec::unpack(feature, value)
    }

    /// The value that this store makes of a revision. For tests with arbitrary values; this is not public API.
    #[doc(hidden)]
    pub fn encode_entry(entry: &Entry) -> Vec<u8> {
        codec::pack(entry)
    }

    /// Keeps everything below a prefix of its own, in place of `feats`: applications that share a Redis by prefixes do
    /// not see each other.
    ///
    /// It has 1 to 100 characters, without braces, spaces and control characters. With another one, every use of the
    /// store is an error of kind [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) that says so.
    #[must_use]
    pub fn prefix(self, prefix: impl AsRef<str>) -> Self {
        self.with(|options| options.keys = Keys::new(prefix.as_ref()))
    }

    /// Trusts the authorities in this PEM file, in place of those that the system trusts. The file is read whenever a
    /// connection is made. In a URL this is `?ca=`.
    #[must_use]
    pub fn tls_ca(self, path: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.ca = Some(path.into()))
    }

    /// Shows the server this certificate, whose key is in the second file; both are PEM, and are read whenever a
    /// connection is made. In a URL this is `?cert=` and `&key=`.
    #[must_use]
    pub fn tls_identity(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.identity = Some((certificate.into(), key.into())))
    }

    /// Enters the sentinels with a user, if there is one, and a password. Those of the URL are for the servers.
    #[must_use]
    pub fn sentinel_login(self, user: Option<&str>, password: impl Into<String>) -> Self {
        let login = Login { user: user.map(str::to_owned), password: Some(password.into()) };
        self.with(|options| options.sentinels = login)
    }

    fn with_tls(self, change: impl FnOnce(&mut address::Tls)) -> Self {
        self.with(|options| match &mut options.address.tls {
            Some(tls) => change(tls),
            None => options.keys = Err("certificates are for rediss://, which is encrypted"),
        })
    }

    /// A handle on the same Redis with other options, and so with connections of its own.
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
        session.settle(loaded).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        let (keys, mut session) = (self.0.keys()?, self.0.session_alone(&self.0.writer).await?);
        let appended = revisions::append(&mut session, keys, expected, entry).await;
        session.settle(appended).await.map_err(|error| error.with_feature(&entry.feature))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let history = revisions::history(&mut session, keys, feature, page).await;
        session.settle(history).await.map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(&self.0, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let versions = revisions::versions(&mut session, keys).await;
        session.settle(versions).await
    }

    async fn epoch(&self) -> Result<String> {
        let (keys, mut session) = (self.0.keys()?, self.0.session().await?);
        let epoch = revisions::epoch(&mut session, keys).await;
        session.settle(epoch).await
    }

    async fn check(&self) -> Result<Vec<String>> {
        check::check(&self.0).await
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
