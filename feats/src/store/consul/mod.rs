//! A store in the key-value store of Consul.

mod address;
mod check;
mod client;
mod codec;
mod error;
mod head;
mod keys;
mod plain;
mod records;
mod revisions;
mod transaction;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::address::Address;
use self::client::{Agent, Consistency, Options};
use self::keys::{DEFAULT_BASE, Keys};
use crate::error::Result;
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store, WatchEvent,
};
use crate::tls::ClientTls;

/// A store in the key-value store of Consul, with or without TLS. It keeps states and [`Records`]. For counters and sticky
/// assignments, an app takes another store: see [`AppBuilder::counters`](crate::AppBuilder::counters).
///
/// [`open`](Self::open) only checks the URL. The first use connects. A connection belongs to the runtime that opened it; on another
/// runtime a handle opens its own. Any number of programs can share a Consul. A watcher waits in one blocking query, and an idle
/// program sends less than one request per second.
///
/// Clones share their connections.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{Consul, Store};
///
/// let store = Consul::open("consul://localhost")?.base_key("shop/feats");
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
///
#[doc = include_str!("consul.md")]
#[derive(Clone)]
pub struct Consul(Arc<Agent>);

impl Consul {
    /// Creates a handle on the Consul at `url`. Does not connect yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` is not a valid Consul URL. The message does not repeat any of it,
    /// because a mistyped URL may contain the token anywhere.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        let address = Address::parse(url.as_ref())?;
        let keys = Keys::new(address.base.as_deref().unwrap_or(DEFAULT_BASE));
        Ok(Self(Arc::new(Agent::new(Options { address, keys }))))
    }

    /// Sets the token of Consul's access control. It is sent in a header, and never appears in a message. In a URL this is
    /// `:TOKEN@` before the host.
    #[must_use]
    pub fn token(self, token: impl Into<String>) -> Self {
        self.with(|options| options.address.token = Some(token.into()))
    }

    /// Sets the base key, under which all keys are. The default is `feats`. Applications with different base keys can share a Consul
    /// without seeing each other, unless one base key is below the other.
    ///
    /// A base key has 1 to 100 bytes, without control characters. None of its segments is empty, `.` or `..`. If it is not valid,
    /// every use of the store fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid).
    #[must_use]
    pub fn base_key(self, base: impl AsRef<str>) -> Self {
        self.with(|options| options.keys = Keys::new(base.as_ref()))
    }

    /// Sets the data center whose servers keep the data. The default is that of the agent. In a URL this is `?datacenter=`.
    #[must_use]
    pub fn datacenter(self, name: impl Into<String>) -> Self {
        self.with(|options| options.address.datacenter = Some(name.into()))
    }

    /// Sets a PEM file with the certificate authorities to trust, in place of the system's. The file is read at the first use, and
    /// again after a connection failed. In a URL this is `?ca=`.
    #[must_use]
    pub fn tls_ca(self, path: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.ca = Some(path.into()))
    }

    /// Sets the PEM files of the client certificate and of its key. The files are read at the first use, and again after a
    /// connection failed. In a URL this is `?cert=` and `&key=`.
    #[must_use]
    pub fn tls_identity(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.with_tls(|tls| tls.identity = Some((certificate.into(), key.into())))
    }

    fn with_tls(self, change: impl FnOnce(&mut ClientTls)) -> Self {
        self.with(|options| match &mut options.address.tls {
            Some(tls) => change(tls),
            None => options.keys = Err("certificates require consuls://"),
        })
    }

    /// Returns a handle on the same Consul with other options, and therefore with its own connections.
    fn with(self, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.0.options.clone();
        change(&mut options);
        Self(Arc::new(Agent::new(options)))
    }
}

impl fmt::Debug for Consul {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consul({})", self.0.name())
    }
}

#[async_trait]
impl Store for Consul {
    fn name(&self) -> String {
        self.0.name()
    }

    async fn load(&self) -> Result<LoadedStates> {
        revisions::load(&self.0).await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        revisions::append(&self.0, expected, entry).await.map_err(|error| error.with_feature(&entry.feature))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        revisions::history(&self.0, feature, page).await.map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        watch::watch(&self.0, after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        revisions::versions(&self.0).await
    }

    async fn epoch(&self) -> Result<String> {
        Ok(self.0.head(Consistency::Verified).await?.head.epoch)
    }

    async fn check(&self) -> Result<Vec<String>> {
        check::check(&self.0).await
    }

    async fn server(&self) -> Result<ServerReport> {
        check::server(&self.0).await
    }

    fn records(&self) -> Option<&dyn Records> {
        Some(self)
    }
}
