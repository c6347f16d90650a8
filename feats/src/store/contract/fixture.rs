//! Building blocks of cases: places, revisions, and steps that many cases share.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::error::Error;
use crate::model::{Entry, FORMAT, Hash, Header, Timestamp};
use crate::store::{AppendOutcome, Cursor, Page, RevisionStamp, Store, WatchEvent};

/// The time within which a change must reach a watcher.
const CHANGE_TIMEOUT: Duration = Duration::from_secs(20);

/// A description of what a check found in place of what is guaranteed.
#[derive(Debug)]
pub(super) struct Finding(pub(super) String);

pub(super) type CheckResult<T = ()> = Result<T, Finding>;

/// Ends a check with a finding unless a condition is true.
macro_rules! ensure {
    ($condition:expr, $($found:tt)+) => {
        if !$condition {
            return Err($crate::store::contract::fixture::Finding(format!($($found)+)));
        }
    };
}

pub(super) use ensure;

/// A place where a check keeps its data.
#[derive(Clone)]
pub(super) struct TestPlace {
    name: String,
    open: Arc<Open>,
}

/// Opens the store at a named place.
type Open = dyn Fn(&str) -> Arc<dyn Store> + Send + Sync;

impl TestPlace {
    pub(super) fn new(name: &str, open: impl Fn(&str) -> Arc<dyn Store> + Send + Sync + 'static) -> Self {
        Self { name: name.to_owned(), open: Arc::new(open) }
    }

    /// Opens another handle on the data of this place.
    pub(super) fn open(&self) -> Arc<dyn Store> {
        (self.open)(&self.name)
    }

    /// Returns a place with other data.
    pub(super) fn elsewhere(&self) -> Self {
        Self { name: format!("{}_elsewhere", self.name), open: Arc::clone(&self.open) }
    }
}

/// Builds the revision of a feature after `current`: a tombstone without a `state`.
pub(super) fn revision(feature: &str, current: Option<&Entry>, state: Option<&Json>) -> CheckResult<Entry> {
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version: current.map_or(0, |entry| entry.version) + 1,
        id: format!("{:016x}", fastrand::u64(..)),
        previous: current.map_or(Hash::default(), |entry| entry.hash),
        author: "contract".to_owned(),
        comment: String::new(),
        time: Timestamp::from(SystemTime::now()),
    };
    Ok(Entry::encode(&header, state)?)
}

/// Returns a small state that differs for each `n`.
pub(super) fn state(n: usize) -> Json {
    json!({ "otherwise": { "static": format!("choice {n}") } })
}

pub(super) fn expected(current: Option<&Entry>) -> RevisionStamp {
    current.map(RevisionStamp::after).unwrap_or_default()
}

/// Appends a revision where there are no other writers.
pub(super) async fn append(store: &dyn Store, current: Option<&Entry>, entry: &Entry) -> CheckResult {
    let appended = store.append(expected(current), entry).await?;
    ensure!(
        appended == AppendOutcome::Done,
        "the append of version {} of {:?} returned {appended:?}",
        entry.version,
        entry.feature
    );
    Ok(())
}

/// Appends a state after the newest revision where there are no other writers.
pub(super) async fn publish(store: &dyn Store, feature: &str, state: &Json) -> CheckResult<Entry> {
    let current = newest(store, feature).await?;
    let entry = revision(feature, current.as_ref(), Some(state))?;
    append(store, current.as_ref(), &entry).await?;
    Ok(entry)
}

/// Appends `count` small states.
pub(super) async fn publish_many(store: &dyn Store, feature: &str, count: usize) -> CheckResult<Vec<Entry>> {
    let mut entries = Vec::new();
    for n in 0..count {
        entries.push(publish(store, feature, &state(n)).await?);
    }
    Ok(entries)
}

/// Reads the newest revision from the history.
pub(super) async fn newest(store: &dyn Store, feature: &str) -> CheckResult<Option<Entry>> {
    Ok(store.history(feature, Page { before: None, limit: 1 }).await?.pop())
}

/// Reads the whole history, oldest first, and verifies its versions and hashes.
pub(super) async fn whole_history(store: &dyn Store, feature: &str) -> CheckResult<Vec<Entry>> {
    let mut entries = store.history(feature, Page { before: None, limit: usize::MAX }).await?;
    entries.reverse();
    let mut previous = Hash::default();
    for (entry, version) in entries.iter().zip(1..) {
        ensure!(entry.version == version, "version {version} of {feature:?} has the number {}", entry.version);
        let revision = entry.decode()?;
        ensure!(revision.previous() == previous, "the hash chain of {feature:?} breaks at version {version}");
        previous = entry.hash;
    }
    Ok(entries)
}

/// Loads all states, sorted by feature.
pub(super) async fn loaded(store: &dyn Store) -> CheckResult<Vec<Entry>> {
    let mut entries = store.load().await?.entries;
    entries.sort_by(|a, b| a.feature.cmp(&b.feature));
    Ok(entries)
}

/// Watches until `enough` is true. Returns all entries in the order of their arrival, and the last cursor.
pub(super) async fn follow(
    store: &dyn Store,
    cursor: &Cursor,
    enough: impl Fn(&[Entry]) -> bool,
) -> CheckResult<(Vec<Entry>, Cursor)> {
    let start = Instant::now();
    let (mut seen, mut cursor) = (Vec::new(), cursor.clone());
    while !enough(&seen) {
        let versions: Vec<_> = seen.iter().map(|entry: &Entry| (&entry.feature, entry.version)).collect();
        ensure!(start.elapsed() < CHANGE_TIMEOUT, "after {CHANGE_TIMEOUT:?} the watcher has only seen {versions:?}");
        match store.watch(&cursor, Duration::from_secs(1)).await? {
            WatchEvent::Changes { entries, cursor: next } => {
                seen.extend(entries);
                cursor = next;
            }
            WatchEvent::Gap => return Err(Finding("a valid cursor was a gap".to_owned())),
        }
    }
    Ok((seen, cursor))
}

impl From<Error> for Finding {
    fn from(error: Error) -> Self {
        Self(format!("the error {error:?}"))
    }
}
