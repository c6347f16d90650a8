//! What the checks are made of: places, revisions, and steps that many of them take.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value as Json, json};
use tokio::time::Instant;

use crate::error::Error;
use crate::model::{Entry, FORMAT, Hash, Header, Timestamp};
use crate::store::{AppendOutcome, Cursor, Page, RevisionStamp, Store, WatchEvent};

/// How long a change may take to arrive at a watcher.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was found instead of what was promised.
#[derive(Debug)]
pub(super) struct Breach(pub(super) String);

pub(super) type Verdict<T = ()> = Result<T, Breach>;

/// Ends a check with a breach unless something holds.
macro_rules! ensure {
    ($holds:expr, $($found:tt)+) => {
        if !$holds {
            return Err($crate::store::contract::material::Breach(format!($($found)+)));
        }
    };
}

pub(super) use ensure;

/// Where a check keeps its data.
#[derive(Clone)]
pub(super) struct TestPlace {
    name: String,
    open: Arc<Open>,
}

/// Opens the store at a place of this name.
type Open = dyn Fn(&str) -> Arc<dyn Store> + Send + Sync;

impl TestPlace {
    pub(super) fn new(name: &str, open: impl Fn(&str) -> Arc<dyn Store> + Send + Sync + 'static) -> Self {
        Self { name: name.to_owned(), open: Arc::new(open) }
    }

    /// Another handle on the data of this place.
    pub(super) fn open(&self) -> Arc<dyn Store> {
        (self.open)(&self.name)
    }

    /// A place with other data.
    pub(super) fn elsewhere(&self) -> Self {
        Self { name: format!("{}_elsewhere", self.name), open: Arc::clone(&self.open) }
    }
}

/// The revision of a feature after `current`; without a state a tombstone.
pub(super) fn revision(feature: &str, current: Option<&Entry>, state: Option<&Json>) -> Verdict<Entry> {
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
    Ok(Entry::write(&header, state)?)
}

/// A small state that differs from others.
pub(super) fn state(n: usize) -> Json {
    json!({ "otherwise": { "static": format!("choice {n}") } })
}

pub(super) fn expected(current: Option<&Entry>) -> RevisionStamp {
    current.map(RevisionStamp::after).unwrap_or_default()
}

/// Appends, where nobody else does.
pub(super) async fn append(store: &dyn Store, current: Option<&Entry>, entry: &Entry) -> Verdict {
    let appended = store.append(expected(current), entry).await?;
    ensure!(appended == AppendOutcome::Done, "version {} of {:?} met {appended:?}", entry.version, entry.feature);
    Ok(())
}

/// Appends a state after the newest revision, where nobody else does.
pub(super) async fn publish(store: &dyn Store, feature: &str, state: &Json) -> Verdict<Entry> {
    let current = newest(store, feature).await?;
    let entry = revision(feature, current.as_ref(), Some(state))?;
    append(store, current.as_ref(), &entry).await?;
    Ok(entry)
}

/// Appends so many small states.
pub(super) async fn publish_many(store: &dyn Store, feature: &str, count: usize) -> Verdict<Vec<Entry>> {
    let mut entries = Vec::new();
    for n in 0..count {
        entries.push(publish(store, feature, &state(n)).await?);
    }
    Ok(entries)
}

/// The newest revision, by its history.
pub(super) async fn newest(store: &dyn Store, feature: &str) -> Verdict<Option<Entry>> {
    Ok(store.history(feature, Page { before: None, limit: 1 }).await?.pop())
}

/// The whole history, oldest first, with its numbers and hashes verified.
pub(super) async fn whole_history(store: &dyn Store, feature: &str) -> Verdict<Vec<Entry>> {
    let mut entries = store.history(feature, Page { before: None, limit: usize::MAX }).await?;
    entries.reverse();
    let mut previous = Hash::default();
    for (entry, version) in entries.iter().zip(1..) {
        ensure!(entry.version == version, "version {version} of {feature:?} is numbered {}", entry.version);
        let revision = entry.decode()?;
        ensure!(revision.previous() == previous, "the hash chain of {feature:?} breaks at version {version}");
        previous = entry.hash;
    }
    Ok(entries)
}

/// Loads, and gives the entries in order of their features.
pub(super) async fn loaded(store: &dyn Store) -> Verdict<Vec<Entry>> {
    let mut entries = store.load().await?.entries;
    entries.sort_by(|a, b| a.feature.cmp(&b.feature));
    Ok(entries)
}

/// Watches until there is enough, and gives all entries in the order in which they came.
pub(super) async fn follow(
    store: &dyn Store,
    cursor: &Cursor,
    enough: impl Fn(&[Entry]) -> bool,
) -> Verdict<(Vec<Entry>, Cursor)> {
    let start = Instant::now();
    let (mut seen, mut cursor) = (Vec::new(), cursor.clone());
    while !enough(&seen) {
        let versions: Vec<_> = seen.iter().map(|entry: &Entry| (&entry.feature, entry.version)).collect();
        ensure!(start.elapsed() < PATIENCE, "after {PATIENCE:?} the watcher had only seen {versions:?}");
        match store.watch(&cursor, Duration::from_secs(1)).await? {
            WatchEvent::Changes { entries, cursor: next } => {
                seen.extend(entries);
                cursor = next;
            }
            WatchEvent::Gap => return Err(Breach("there was a gap after a cursor of this store".to_owned())),
        }
    }
    Ok((seen, cursor))
}

impl From<Error> for Breach {
    fn from(error: Error) -> Self {
        Self(format!("there was the error {error:?}"))
    }
}
