//! Helpers of all store tests: writing to a store and reading its whole history.

use std::time::SystemTime;

use feats::Timestamp;
use feats::model::{Entry, FORMAT, Hash, Header};
use feats::store::{AppendOutcome, Page, RevisionStamp, Store};

/// Builds the revision after `current`, with a state of about `bytes` bytes.
pub fn revision(feature: &str, current: Option<&Entry>, bytes: usize) -> Entry {
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version: current.map_or(1, |entry| entry.version + 1),
        id: format!("{:016x}", fastrand::u64(..)),
        previous: current.map_or(Hash::default(), |entry| entry.hash),
        author: "test".to_owned(),
        comment: String::new(),
        time: Timestamp::from(SystemTime::now()),
    };
    Entry::encode(&header, Some(&"x".repeat(bytes))).unwrap()
}

/// Appends a revision after the newest one, where there are no other writers.
pub async fn publish(store: &impl Store, feature: &str) -> feats::Result<Entry> {
    let current = store.history(feature, Page { before: None, limit: 1 }).await?.pop();
    let entry = revision(feature, current.as_ref(), 100);
    let expected = current.as_ref().map(RevisionStamp::after).unwrap_or_default();
    assert_eq!(store.append(expected, &entry).await?, AppendOutcome::Done);
    Ok(entry)
}

/// Reads the whole history, oldest first, and verifies its versions and hashes.
pub async fn verified(store: &impl Store, feature: &str) -> Vec<Entry> {
    let mut entries = store.history(feature, Page { before: None, limit: usize::MAX }).await.unwrap();
    entries.reverse();
    let mut previous = Hash::default();
    for (entry, version) in entries.iter().zip(1..) {
        let revision = entry.decode().unwrap();
        assert_eq!((revision.version(), revision.previous()), (version, previous), "{feature}");
        previous = entry.hash;
    }
    entries
}

/// Returns the name of the database in the URL of a server.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub fn name(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}
