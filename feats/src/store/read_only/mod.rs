//! A store that refuses every write.

mod capabilities;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entry;

/// A store that can be read but not written: every write fails with [`ErrorKind::ReadOnly`], and the inner store does not receive it.
///
/// For programs that must change nothing, such as a dashboard, or a test environment that reads the flags of production. The name, the
/// data and the epoch are those of the inner store, and so are its capabilities, whose writes fail as well.
///
/// An app on it is live, and nothing can be published. It stores no catalog, no heartbeat, no counts and no assignments, and does not
/// warn of that. Units of experiments keep the assignments that the store has. An app that takes a capability from another store
/// writes to that one.
///
/// The inner store may still create its tables or its file when it connects. If the server must enforce the limit, connect with a
/// user without the right to write.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// use feats::ErrorKind;
/// use feats::store::{Memory, ReadOnly, Store};
///
/// let store = ReadOnly::new(Memory::new());
/// let records = store.records().expect("those of the inner store");
/// assert_eq!(records.put("kind", "key", b"", None).await.unwrap_err().kind(), ErrorKind::ReadOnly);
/// assert!(records.list("kind").await?.is_empty());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ReadOnly {
    inner: Arc<dyn Store>,
}

impl ReadOnly {
    /// Creates a handle on `store` that cannot write to it.
    pub fn new(store: impl Store) -> Self {
        Self { inner: Arc::new(store) }
    }

    /// Returns the error of every write.
    fn refusal(&self) -> Error {
        Error::new(ErrorKind::ReadOnly, "this program opened the store for reading only; nothing was written")
            .with_store(self.inner.name())
    }
}

impl fmt::Debug for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadOnly").field(&self.inner.name()).finish()
    }
}

#[async_trait]
impl Store for ReadOnly {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn identity(&self) -> String {
        self.inner.identity()
    }

    fn data_id(&self) -> String {
        self.inner.data_id()
    }

    fn is_read_only(&self) -> bool {
        true
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.inner.load().await
    }

    async fn append(&self, _expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        Err(self.refusal().with_feature(&entry.feature))
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.inner.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.inner.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.inner.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.inner.epoch().await
    }

    async fn check(&self) -> Result<Vec<String>> {
        self.inner.check().await
    }

    async fn server(&self) -> Result<ServerReport> {
        self.inner.server().await
    }

    fn records(&self) -> Option<&dyn Records> {
        self.inner.records().is_some().then_some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.inner.counters().is_some().then_some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.inner.assignments().is_some().then_some(self)
    }
}
