//! Tests of lost replies: the writer gets the correct result even if the reply of the store is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use feats::model::{Entry, FORMAT, Header};
use feats::store::{AppendOutcome, Cursor, LoadedStates, Memory, Page, RevisionStamp, Store, WatchEvent, async_trait};
use feats::{Error, ErrorKind, Result, State, Timestamp};

use crate::fixture::app_on;

/// A store that loses the reply to the first write. Another author publishes immediately after that write.
struct Lossy {
    store: Memory,
    writes: Arc<AtomicU32>,
}

#[tokio::test]
async fn a_write_that_another_author_has_published_after_is_not_a_conflict() {
    let writes = Arc::new(AtomicU32::new(0));
    let app = app_on(Lossy { store: Memory::new(), writes: writes.clone() }).await;
    let payments = app.feature_named("Payments").expect("declared");
    let published = payments.pin("premium").comment("mine").publish().await.expect("the write succeeded");
    assert_eq!((published.version(), writes.load(Ordering::SeqCst)), (1, 2));
    let history = payments.history().await.expect("a history");
    let comments: Vec<_> = history.iter().map(|revision| (revision.version(), revision.comment())).collect();
    assert_eq!(comments, [(2, "theirs"), (1, "mine")]);
}

#[async_trait]
impl Store for Lossy {
    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        if self.writes.fetch_add(1, Ordering::SeqCst) > 0 {
            return self.store.append(expected, entry).await;
        }
        assert_eq!(self.store.append(expected, entry).await?, AppendOutcome::Done);
        let theirs = after(entry)?;
        assert_eq!(self.store.append(RevisionStamp::after(entry), &theirs).await?, AppendOutcome::Done);
        Err(Error::new(ErrorKind::Unavailable, "the reply is lost"))
    }

    fn name(&self) -> String {
        self.store.name()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.store.load().await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.store.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.store.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.store.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.store.epoch().await
    }
}

/// Writes the revision of another author after this one.
fn after(entry: &Entry) -> Result<Entry> {
    let header = Header {
        format: FORMAT,
        feature: entry.feature.clone(),
        version: entry.version + 1,
        id: "theirs".into(),
        previous: entry.hash,
        author: "grace".into(),
        comment: "theirs".into(),
        time: Timestamp::from(SystemTime::now()),
    };
    Entry::encode(&header, Some(&State::default()))
}
