//! A store that keeps what it read and what never changes.

mod assignments;
mod cache;
mod choices;
mod flight;
mod generations;
mod pages;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::cache::Read;
use self::choices::ChoiceCache;
use self::pages::PageCache;
use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::error::Result;
use crate::model::Entry;

/// A store that keeps in memory what it read and what never changes: pages of histories, and assignments. It saves requests to a store
/// that is far away or billed by the request.
///
/// - **Pages** of histories below a version, [`before`](Page::before), if they are complete and without lost revisions, so that no later
///   append can change them. The newest page of a history is always read from the store.
/// - **Assignments**: the choice of a unit, as the first writer wins. That a unit has none is kept only with
///   [`negative`](Self::negative).
///
/// Several reads of the same at the same time make one request, if its result can be kept. A cache has at most 4 096 pages of 32 MiB
/// in total, and 100 000 assignments of 16 MiB; what was not used recently is dropped first. Clones share it.
///
/// The cache is emptied when the [epoch](Store::epoch) of the store changes. While it is in use, the epoch is read about every 5 s, so
/// what the cache returns can be that much older than an emptied or restored store. In an outage it still returns what it has. A
/// revision that the store loses without a change of its epoch stays visible while it is in the cache.
///
/// Everything else is that of the inner store.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// use feats::store::{Cached, Memory, Store};
///
/// let store = Cached::new(Memory::new());
/// let assignments = store.assignments().expect("those of the inner store");
/// assert_eq!(assignments.assign("experiment", "ada", "premium").await?, "premium");
/// assert_eq!(assignments.assigned("experiment", "ada").await?.as_deref(), Some("premium")); // without a request
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Cached {
    inner: Arc<dyn Store>,
    pages: Arc<PageCache>,
    choices: Arc<ChoiceCache>,
    negative: Duration,
}

impl Cached {
    /// Creates a cache in front of `store`.
    pub fn new(store: impl Store) -> Self {
        Self {
            inner: Arc::new(store),
            pages: Arc::new(pages::cache()),
            choices: Arc::new(choices::cache()),
            negative: Duration::ZERO,
        }
    }

    /// Also keeps, for a time, that a unit has no assignment. Zero, the default, turns this off.
    ///
    /// Meanwhile, assignments of the unit by other programs are not seen. An assignment through this handle is seen at once, and still
    /// returns the choice of the first writer.
    #[must_use]
    pub fn negative(mut self, ttl: Duration) -> Self {
        self.negative = ttl;
        self
    }
}

impl fmt::Debug for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.inner.name()).finish()
    }
}

#[async_trait]
impl Store for Cached {
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
        self.inner.is_read_only()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.inner.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.inner.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let Some(before) = page.before else { return self.inner.history(feature, page).await };
        self.pages.verify(self.inner.epoch()).await;
        let key = (feature.to_owned(), before, page.limit);
        let keep = |entries: &Vec<Entry>| pages::keep(before, page.limit, entries);
        Ok(match self.pages.get_or_read(&key, self.inner.history(feature, page), keep).await? {
            Read::Cached(entries) => entries.to_vec(),
            Read::Fresh(entries) => entries,
        })
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let watched = self.inner.watch(after, wait).await;
        if let Ok(WatchEvent::Gap) = watched {
            // The store may have been emptied or restored.
            self.pages.expire();
            self.choices.expire();
        }
        watched
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.inner.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        let epoch = self.inner.epoch().await?;
        self.pages.observe(&epoch);
        Ok(epoch)
    }

    async fn check(&self) -> Result<Vec<String>> {
        self.inner.check().await
    }

    async fn server(&self) -> Result<ServerReport> {
        self.inner.server().await
    }

    fn records(&self) -> Option<&dyn Records> {
        self.inner.records()
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.inner.counters()
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.inner.assignments().is_some().then_some(self)
    }
}
