//! Copies that are interrupted, that follow a changing source, and that are refused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use feats::model::{Entry, FORMAT, Header};
use feats::store::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Memory, Page, RevisionStamp, Store, WatchEvent,
    async_trait,
};
use feats::{Error, ErrorKind, Timestamp};
use serde_json::json;

use super::{AssignmentCounts, Copied, CounterCounts, check_distinct, plan, run};
use crate::failure::Result;
use crate::output::Output;

/// A store in memory with faults.
struct Faulty {
    inner: Memory,
    appends: AtomicU64,
    /// The number of the append from which on the store cannot be reached.
    fails_from: u64,
    /// `true` if the reply to the append that fails is lost after the write.
    loses_reply: bool,
    /// A store that gets a new revision of `feature0` before each of the first appends here.
    changes: Option<(Memory, u64)>,
}

impl Faulty {
    fn new(inner: &Memory) -> Self {
        let inner = inner.clone();
        Self { inner, appends: AtomicU64::new(0), fails_from: u64::MAX, loses_reply: false, changes: None }
    }
}

#[async_trait]
impl Store for Faulty {
    fn name(&self) -> String {
        "faulty".to_owned()
    }

    async fn load(&self) -> feats::Result<LoadedStates> {
        self.inner.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> feats::Result<AppendOutcome> {
        let number = self.appends.fetch_add(1, Ordering::Relaxed);
        if let Some((source, count)) = &self.changes
            && number < *count
        {
            publish(source, "feature0").await;
        }
        if number >= self.fails_from {
            if self.loses_reply && number == self.fails_from {
                self.inner.append(expected, entry).await?;
            }
            return Err(Error::new(ErrorKind::Unavailable, "the server went away"));
        }
        self.inner.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> feats::Result<Vec<Entry>> {
        self.inner.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> feats::Result<WatchEvent> {
        self.inner.watch(after, wait).await
    }

    async fn versions(&self) -> feats::Result<Vec<(String, u64)>> {
        self.inner.versions().await
    }

    async fn epoch(&self) -> feats::Result<String> {
        Store::epoch(&self.inner).await
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.inner.counters()
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.inner.assignments()
    }
}

/// Appends the next revision of a feature.
async fn publish(store: &Memory, feature: &str) {
    let newest = store.history(feature, Page { before: None, limit: 1 }).await.expect("read").pop();
    let expected = newest.as_ref().map(RevisionStamp::after).unwrap_or_default();
    let version = expected.version + 1;
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version,
        id: format!("{feature}/{version}"),
        previous: expected.hash,
        author: "ada".to_owned(),
        comment: String::new(),
        time: Timestamp::from(SystemTime::UNIX_EPOCH),
    };
    // Every third revision is a tombstone.
    let state = json!({ "pinned": version.to_string() });
    let entry = Entry::encode(&header, (version % 3 != 0).then_some(&state)).expect("an entry");
    assert_eq!(store.append(expected, &entry).await.expect("written"), AppendOutcome::Done);
}

/// Returns a store with three histories, assignments and counters.
async fn source() -> Memory {
    let store = Memory::new();
    for (feature, versions) in [("feature0", 40), ("feature1", 1), ("ünïcode 🎉", 70)] {
        for _ in 0..versions {
            publish(&store, feature).await;
        }
    }
    for unit in 0..2_500 {
        store
            .assign("feature0\u{1f}seed", &format!("unit {unit}"), &format!("arm {}", unit % 3))
            .await
            .expect("written");
    }
    for day in 0..30 {
        let counts = [("a".to_owned(), day), ("b".to_owned(), i64::MAX)];
        store.add("uses", &format!("day {day}"), &counts, Some(Duration::from_secs(3_600))).await.expect("written");
    }
    store
}

async fn copy(from: &dyn Store, to: &dyn Store) -> Result<Copied> {
    let output = Output::new(true);
    let plan = plan(from, to, &[], output).await?;
    run(from, to, plan, output, false).await
}

async fn histories(store: &Memory) -> Vec<Vec<Entry>> {
    let mut versions = store.versions().await.expect("read");
    versions.sort();
    let mut all = Vec::new();
    for (feature, _) in versions {
        all.push(store.history(&feature, Page { before: None, limit: usize::MAX }).await.expect("read"));
    }
    all
}

#[tokio::test(start_paused = true)]
async fn a_copy_has_every_revision_assignment_and_counter() {
    let (source, target) = (source().await, Memory::new());
    let copied = copy(&source, &target).await.expect("copied");
    assert_eq!((copied.revisions.features, copied.revisions.copied, copied.revisions.verified), (3, 111, 111));
    assert_eq!(copied.assignments, Some(AssignmentCounts { copied: 2_500, present: 0 }));
    assert_eq!(copied.counters, Some(CounterCounts { copied: 30, present: 0 }));
    assert_eq!(histories(&target).await, histories(&source).await);
    let scanned = |store: Memory| async move { Assignments::scan(&store, None, usize::MAX).await.expect("read") };
    assert_eq!(scanned(target.clone()).await, scanned(source.clone()).await);
    let scanned = |store: Memory| async move { Counters::scan(&store, None, usize::MAX).await.expect("read") };
    assert_eq!(scanned(target.clone()).await, scanned(source.clone()).await);

    let again = copy(&source, &target).await.expect("copied");
    assert_eq!((again.revisions.copied, again.revisions.present), (0, 111));
    assert_eq!(again.assignments, Some(AssignmentCounts { copied: 0, present: 2_500 }));
    assert_eq!(again.counters, Some(CounterCounts { copied: 0, present: 30 }));
    assert_eq!((again.differences.count(), again.is_partial), (0, false));
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_copy_continues() {
    let (source, target) = (source().await, Memory::new());
    for loses_reply in [false, true] {
        let faulty = Faulty { fails_from: 45, loses_reply, ..Faulty::new(&target) };
        let failure = copy(&source, &faulty).await.err().expect("interrupted");
        assert!(format!("{failure:?}").contains("copied 45 revisions; run the same command again"), "{failure:?}");
    }
    let copied = copy(&source, &target).await.expect("copied");
    assert_eq!((copied.revisions.present, copied.revisions.copied), (91, 20));
    assert_eq!(histories(&target).await, histories(&source).await);
}

#[tokio::test(start_paused = true)]
async fn a_copy_follows_a_source_that_changes() {
    let (source, target) = (source().await, Memory::new());
    let faulty = Faulty { changes: Some((source.clone(), 50)), ..Faulty::new(&target) };
    let copied = copy(&source, &faulty).await.expect("copied");
    assert_eq!((copied.revisions.copied, copied.revisions.is_behind), (161, false));
    assert_eq!(histories(&target).await, histories(&source).await);

    let faulty = Faulty { changes: Some((source.clone(), u64::MAX)), ..Faulty::new(&target) };
    publish(&source, "feature1").await;
    let copied = copy(&source, &faulty).await.expect("copied");
    assert!(copied.revisions.is_behind, "each round ends with a change");
}

#[tokio::test(start_paused = true)]
async fn a_target_with_other_histories_is_refused_and_not_written() {
    let (source, target) = (source().await, Memory::new());
    publish(&target, "feature0").await;
    publish(&target, "feature1").await;
    publish(&target, "feature1").await;
    publish(&target, "own").await;
    let expected = RevisionStamp::default();
    let header = Header {
        format: FORMAT,
        feature: "ünïcode 🎉".to_owned(),
        version: 1,
        id: "another".to_owned(),
        previous: expected.hash,
        author: "ada".to_owned(),
        comment: String::new(),
        time: Timestamp::from(SystemTime::UNIX_EPOCH),
    };
    let entry = Entry::encode(&header, Some(&json!({}))).expect("an entry");
    target.append(expected, &entry).await.expect("written");
    let before = histories(&target).await;
    let failure = copy(&source, &target).await.err().expect("refused");
    let problems: Vec<String> = failure.problems().iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "feature1: the target has version 2, and the source only version 1",
            "ünïcode 🎉: version 1 of the target differs",
            "own: the target has this feature, and the source does not",
        ]
    );
    assert_eq!(histories(&target).await, before);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_source_is_refused_unless_the_feature_is_left_out() {
    let (source, target) = (source().await, Memory::new());
    let newest = source.history("feature1", Page { before: None, limit: 1 }).await.expect("read").pop().expect("one");
    let mut damaged = Entry { version: 2, id: "id".to_owned(), ..newest.clone() };
    damaged.bytes.push(b' ');
    source.append(RevisionStamp::after(&newest), &damaged).await.expect("written");
    let failure = copy(&source, &target).await.err().expect("refused");
    assert!(
        failure.problems()[0].to_string().starts_with("feature1: in the source, version 2 is damaged"),
        "{failure:?}"
    );
    assert_eq!(histories(&target).await.len(), 0);

    let output = Output::new(true);
    let plan = plan(&source, &target, &["feature1".to_owned()], output).await.expect("planned");
    let copied = run(&source, &target, plan, output, false).await.expect("copied");
    assert_eq!((copied.revisions.features, copied.revisions.copied), (2, 110));
}

#[tokio::test(start_paused = true)]
async fn assignments_and_counters_that_differ_are_reported_and_kept() {
    let (source, target) = (source().await, Memory::new());
    target.assign("feature0\u{1f}seed", "unit 7", "other").await.expect("written");
    target.add("uses", "day 3", &[("a".to_owned(), 1)], None).await.expect("written");
    let copied = copy(&source, &target).await.expect("copied");
    assert_eq!(
        copied.differences.listed(),
        [
            "unit \"unit 7\" of feature0, seed seed has \"other\" in the target, and \"arm 1\" in the source",
            "the counters uses of day 3 differ, and are left as they are in the target",
        ]
    );
    assert_eq!(target.assigned("feature0\u{1f}seed", "unit 7").await.expect("read").as_deref(), Some("other"));
    assert_eq!(target.read("uses", "day 3").await.expect("read"), [("a".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_store_is_not_copied_to_itself() {
    let store = Memory::new();
    assert!(check_distinct(&store, &store.clone()).is_err());
    assert!(check_distinct(&store, &Memory::new()).is_ok());
}
