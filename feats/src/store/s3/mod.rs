//! A store in a bucket of S3: for backup, audit and cold start.

mod address;
mod bucket;
mod check;
mod client;
mod error;
mod head;
mod objects;
mod plain;
mod revisions;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::address::{Address, Credentials};
use self::bucket::Bucket;
use crate::error::Result;
use crate::model::Entry;
use crate::store::{AppendOutcome, Cursor, LoadedStates, Page, RevisionStamp, ServerReport, Store, WatchEvent};

/// A store in a bucket of S3, or of a server with its API: for backup, audit and cold start. It keeps revisions only, so an app needs
/// another store for records, counters and assignments.
///
/// [`open`](Self::open) only checks the URL. Every revision is an object of its own, and one object, the head, lists the newest
/// revision of every feature. An append writes the revision, then replaces the head if it has not changed since it was read
/// (`If-Match`), so no write is lost. A watcher polls the head with its ETag, by default every 5 s.
///
/// ```no_run
/// # async fn example() -> feats::Result<()> {
/// use feats::store::{S3, Store};
///
/// let store = S3::open("s3://backups/shop?region=eu-central-1")?;
/// for (feature, version) in store.versions().await? {
///     println!("{feature} has version {version}");
/// }
/// # Ok(()) }
/// ```
///
/// # URLs
///
/// `s3://bucket[/prefix][?option=value&…]`. The prefix is the start of all keys, `feats` by default.
///
/// - `region`: the region of the bucket, `us-east-1` by default.
/// - `endpoint`: the address of another server with the API of S3, such as `https://minio.example.com`. With `http://` the data and
///   the signatures are not encrypted.
/// - `ca`: a PEM file with the certificate authorities to trust, in place of the system's.
///
/// The credentials are those of [`credentials`](Self::credentials), else those of the environment: `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, a web identity, a container's or an instance's role.
///
/// # Objects
///
/// | key | content |
/// |---|---|
/// | `feats/head.json` | the epoch, the newest revision of every feature, the last 256 changes |
/// | `feats/revisions/<feature>/<version>-<hash>` | a line with the version, the hash, whether the feature was removed, and the length of the id; the id; the bytes of the revision, verbatim |
///
/// Characters of features other than ASCII letters, digits, `-` and `_` are percent-encoded; long names are shortened with their
/// SHA-256. An append that was interrupted can leave an object that no revision after it names; it is ignored.
#[derive(Clone)]
pub struct S3(Arc<Bucket>);

impl S3 {
    /// Creates a handle on the bucket at `url`. Does not connect yet.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `url` is not valid. The message does not repeat any of it.
    pub fn open(url: impl AsRef<str>) -> Result<Self> {
        Ok(Self(Arc::new(Bucket::new(Address::parse(url.as_ref())?))))
    }

    /// Sets the access key and its secret, in place of those of the environment.
    #[must_use]
    pub fn credentials(self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.with(|address| address.credentials = Some(Credentials { key: key.into(), secret: secret.into() }))
    }

    /// Sets a PEM file with the certificate authorities to trust, in place of the system's. In a URL this is `?ca=`.
    #[must_use]
    pub fn tls_ca(self, path: impl Into<PathBuf>) -> Self {
        self.with(|address| address.ca = Some(path.into()))
    }

    /// Sets the interval at which the head is polled for changes. At least 100 ms; the default is 5 s. Each poll is one request.
    #[must_use]
    pub fn poll_every(self, every: Duration) -> Self {
        self.with(|address| address.poll = every.max(address::MIN_POLL))
    }

    /// Sets the interval at which [`check`](Store::check) lists all objects; between, it returns the last warnings. The default is
    /// 10 min. A listing is one request for each 1 000 objects.
    #[must_use]
    pub fn check_every(self, every: Duration) -> Self {
        self.with(|address| address.check = every)
    }

    /// Returns a handle on the same bucket with other options, and therefore with its own connections.
    fn with(self, change: impl FnOnce(&mut Address)) -> Self {
        let mut address = self.0.address.clone();
        change(&mut address);
        Self(Arc::new(Bucket::new(address)))
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3({})", self.0.name())
    }
}

#[async_trait]
impl Store for S3 {
    fn name(&self) -> String {
        self.0.name()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.0.explained(revisions::load(&self.0).await)
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        expected.check_next(entry).map_err(|error| error.with_store(self.0.name()))?;
        let appended = self.0.explained(revisions::append(&self.0, expected, entry).await);
        appended.map_err(|error| error.with_feature(&entry.feature))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let history = self.0.explained(revisions::history(&self.0, feature, page).await);
        history.map_err(|error| error.with_feature(feature))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.0.explained(watch::watch(&self.0, after, wait).await)
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.0.explained(revisions::versions(&self.0).await)
    }

    async fn epoch(&self) -> Result<String> {
        self.0.explained(self.0.head().await.map(|head| head.content.epoch.clone()))
    }

    async fn check(&self) -> Result<Vec<String>> {
        self.0.explained(check::check(&self.0).await)
    }

    async fn server(&self) -> Result<ServerReport> {
        self.0.explained(check::server(&self.0).await)
    }
}
