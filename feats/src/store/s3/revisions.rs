//! Revisions in objects: load, append and history.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStore;

use super::bucket::Bucket;
use super::error::Failure;
use super::head::Newest;
use super::objects;
use crate::error::{Error, ErrorKind};
use crate::model::{Entry, Hash};
use crate::store::damaged::damaged_entry;
use crate::store::{AppendOutcome, LoadedStates, Page, RevisionStamp, codec};
use crate::tasks::Backoff;

/// The number of objects that are read at once: 10 000 of them, with 20 ms for each, in about 3 s.
const CONCURRENCY: usize = 64;
/// The maximum number of attempts to replace the head while other writers replace it too.
const MAX_ATTEMPTS: usize = 30;
/// The maximum number of objects of one feature.
const MAX_REVISIONS: usize = 1_000_000;

/// The hashes of the objects of a feature, by version. Several objects of a version: only one is in the chain.
type Objects = BTreeMap<u64, Vec<Hash>>;

pub(super) async fn load(bucket: &Bucket) -> Result<LoadedStates, Failure> {
    let head = bucket.head().await?;
    let features: Vec<(&String, &Newest)> = head.content.features.iter().collect();
    let reads: Vec<_> = features.into_iter().map(|(feature, newest)| loaded(bucket, feature, newest)).collect();
    let entries = read_all(reads).await?;
    bucket.forget_loaded();
    Ok(LoadedStates { entries, cursor: head.content.cursor() })
}

/// Returns the newest revision of a feature, and keeps it in case the load is interrupted: a large one that exceeds its time limit
/// continues with the next attempt.
async fn loaded(bucket: &Bucket, feature: &str, newest: &Newest) -> Result<Option<Entry>, Failure> {
    if let Some(entry) = bucket.loaded(feature, newest) {
        return Ok(Some(entry));
    }
    let entry = newest_left(bucket, feature, newest).await?;
    if let Some(entry) = &entry {
        bucket.keep_loaded(entry);
    }
    Ok(entry)
}

/// Returns the newest revisions of features, in the order given. Those that are lost are left out.
pub(super) async fn newest_of(bucket: &Bucket, features: &[(&String, &Newest)]) -> Result<Vec<Entry>, Failure> {
    // In a vector, because the compiler cannot name the lifetimes of a lazy iterator over futures.
    let reads: Vec<_> = features.iter().map(|(feature, newest)| newest_left(bucket, feature, newest)).collect();
    read_all(reads).await
}

/// Reads several revisions at once, and returns those that exist in the same order.
async fn read_all(reads: Vec<impl Future<Output = Result<Option<Entry>, Failure>>>) -> Result<Vec<Entry>, Failure> {
    let entries: Vec<Option<Entry>> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
    Ok(entries.into_iter().flatten().collect())
}

pub(super) async fn versions(bucket: &Bucket) -> Result<Vec<(String, u64)>, Failure> {
    let head = bucket.head().await?;
    Ok(head.content.features.iter().map(|(feature, newest)| (feature.clone(), newest.version)).collect())
}

/// Appends a revision: writes its object, then the head that names it.
pub(super) async fn append(bucket: &Bucket, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome, Failure> {
    let path = objects::revision(&bucket.address.prefix, &entry.feature, entry.version, &entry.hash)?;
    let backoff = Backoff::brief();
    for attempt in 0..MAX_ATTEMPTS {
        let head = bucket.head().await?;
        let newest = head.content.features.get(&entry.feature);
        // An attempt can succeed although its reply is lost.
        if attempt > 0 && newest.is_some_and(|newest| newest.id == entry.id) {
            bucket.set_appended(Some(head.content.cursor()));
            return Ok(AppendOutcome::Done);
        }
        if newest.map(Newest::stamp).transpose()?.unwrap_or_default() != expected {
            let left = match newest {
                Some(newest) => newest_left(bucket, &entry.feature, newest).await?,
                None => None,
            };
            if left.as_ref().map(RevisionStamp::after).unwrap_or_default() != expected {
                return Ok(AppendOutcome::Conflict(left));
            }
        }
        if attempt == 0 {
            bucket.create(&path, codec::encode(entry)).await?;
        }
        match bucket.replace_head(&head, head.content.after(entry)).await {
            Ok(head) => {
                bucket.set_appended(Some(head.content.cursor()));
                return Ok(AppendOutcome::Done);
            }
            Err(failure) if failure.is_conflict() => backoff.wait().await,
            // The head may have been replaced although the reply was lost.
            Err(failure) if failure.is_denied() || !is_newest(bucket, entry).await => return Err(failure),
            Err(_) => return Ok(AppendOutcome::Done),
        }
    }
    let message = format!("other writers changed the head {MAX_ATTEMPTS} times meanwhile; a retry can succeed");
    Err(Error::new(ErrorKind::Unavailable, message).into())
}

/// Returns `true` if the head can be read and names this revision.
async fn is_newest(bucket: &Bucket, entry: &Entry) -> bool {
    let Ok(head) = bucket.head().await else { return false };
    let is_newest = head.content.features.get(&entry.feature).is_some_and(|newest| newest.id == entry.id);
    if is_newest {
        bucket.set_appended(Some(head.content.cursor()));
    }
    is_newest
}

pub(super) async fn history(bucket: &Bucket, feature: &str, page: Page) -> Result<Vec<Entry>, Failure> {
    let head = bucket.head().await?;
    let Some(newest) = head.content.features.get(feature) else { return Ok(Vec::new()) };
    let mut objects = objects_of(bucket, feature).await?;
    objects.split_off(&newest.version.saturating_add(1));
    if let Some(named) = objects.get_mut(&newest.version) {
        let hash = newest.hash()?;
        named.retain(|of| *of == hash);
    }
    let top = page.before.map_or(newest.version, |before| newest.version.min(before.saturating_sub(1)));
    // Where a version has several objects, the revision after it names the right one.
    let start =
        objects.range(top..).find(|(_, hashes)| hashes.len() == 1).map_or(newest.version, |(version, _)| *version);
    let (mut kept, mut named) = (Vec::new(), None);
    for (version, hashes) in objects.range(..=start).rev() {
        if kept.len() >= page.limit {
            break;
        }
        let hash = hashes.iter().find(|hash| named == Some((*version, **hash))).or(hashes.first());
        let Some(hash) = hash else { continue };
        let Some(entry) = revision(bucket, feature, *version, hash).await? else { continue };
        named = entry.decode().ok().map(|revision| (version.saturating_sub(1), revision.previous()));
        if *version <= top {
            kept.push(entry);
        }
    }
    Ok(page.filled(feature, newest.version, kept)?)
}

/// Returns the newest revision of a feature. If its object is lost, the newest one that is left.
async fn newest_left(bucket: &Bucket, feature: &str, newest: &Newest) -> Result<Option<Entry>, Failure> {
    if let Some(entry) = revision(bucket, feature, newest.version, &newest.hash()?).await? {
        return Ok(Some(entry));
    }
    let objects = objects_of(bucket, feature).await?;
    for (version, hashes) in objects.range(..newest.version).rev() {
        for hash in hashes {
            if let Some(entry) = revision(bucket, feature, *version, hash).await? {
                return Ok(Some(entry));
            }
        }
    }
    Ok(None)
}

/// Reads a revision; `None` if it is lost. A damaged one has no id and cannot be decoded, which quarantines its feature alone.
async fn revision(bucket: &Bucket, feature: &str, version: u64, hash: &Hash) -> Result<Option<Entry>, Failure> {
    let path = objects::revision(&bucket.address.prefix, feature, version, hash)?;
    let Some(bytes) = bucket.read(&path).await? else { return Ok(None) };
    let decoded = codec::decode(feature, &bytes).filter(|entry| entry.version == version && entry.hash == *hash);
    let damaged = || Entry { hash: *hash, ..damaged_entry(feature, version, &bytes) };
    Ok(Some(decoded.unwrap_or_else(damaged)))
}

async fn objects_of(bucket: &Bucket, feature: &str) -> Result<Objects, Failure> {
    let client = bucket.client().await?;
    let mut listed = client.list(Some(&objects::folder(&bucket.address.prefix, feature)?)).take(MAX_REVISIONS);
    let mut objects = Objects::new();
    while let Some(object) = listed.try_next().await? {
        if let Some((version, hash)) = objects::parse_revision(&object.location) {
            objects.entry(version).or_default().push(hash);
        }
    }
    Ok(objects)
}
