//! Watching: polls the head with its ETag.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bucket::Bucket;
use super::error::Failure;
use super::head::{CursorValidity, Newest, StoredHead};
use super::revisions;
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// The maximum number of attempts to begin an epoch while other writers replace the head.
const MAX_ATTEMPTS: usize = 10;

pub(super) async fn watch(bucket: &Bucket, after: &Cursor, wait: Duration) -> Result<WatchEvent, Failure> {
    let unchanged = || WatchEvent::Changes { entries: Vec::new(), cursor: after.clone() };
    if wait.is_zero() {
        return Ok(poll(bucket, after).await?.unwrap_or_else(unchanged));
    }
    let start = Instant::now();
    loop {
        let (event, pause) = match valid_head(bucket, after) {
            Some((head, position, left)) => (changes(bucket, &head, position).await?, left),
            None => (poll(bucket, after).await?, bucket.address.poll),
        };
        if let Some(event) = event {
            return Ok(event);
        }
        let left = wait.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(unchanged());
        }
        sleep(pause.min(left)).await;
    }
}

/// Returns the head, if it was read within the last interval and lists the changes after the cursor: short waits that follow each other
/// must not send more requests than one long one. With the head: the position of the cursor, and the time until the next poll.
fn valid_head(bucket: &Bucket, after: &Cursor) -> Option<(Arc<StoredHead>, u64, Duration)> {
    let (head, left) = bucket.recent_head()?;
    match head.content.validity_of(after) {
        CursorValidity::Valid(position) => Some((head, position, left)),
        CursorValidity::Unknown | CursorValidity::Lost => None,
    }
}

/// Reads the head. Returns the changes after the cursor, or the gap; `None` if nothing changed.
async fn poll(bucket: &Bucket, after: &Cursor) -> Result<Option<WatchEvent>, Failure> {
    for _ in 0..MAX_ATTEMPTS {
        // Before the head is read, which must therefore include it.
        let appended = bucket.appended();
        let head = bucket.head().await?;
        let is_lost = |cursor: &Cursor| head.content.validity_of(cursor) == CursorValidity::Lost;
        if is_lost(after) || appended.as_ref().is_some_and(is_lost) {
            match bucket.replace_head(&head, head.content.in_new_epoch()).await {
                Err(failure) if failure.is_conflict() => continue,
                Err(failure) if !failure.is_denied() => return Err(failure),
                _ => {}
            }
            bucket.set_appended(None);
            return Ok(Some(WatchEvent::Gap));
        }
        let CursorValidity::Valid(position) = head.content.validity_of(after) else {
            warn_of_foreign_cursor(&bucket.name(), after, &head.content.epoch);
            return Ok(Some(WatchEvent::Gap));
        };
        return changes(bucket, &head, position).await;
    }
    Ok(Some(WatchEvent::Gap))
}

/// Returns the changes after a position; `None` if there are none.
async fn changes(bucket: &Bucket, head: &StoredHead, position: u64) -> Result<Option<WatchEvent>, Failure> {
    let mut changed: Vec<(&String, &Newest)> =
        head.content.features.iter().filter(|(_, newest)| newest.position > position).collect();
    if changed.is_empty() {
        return Ok(None);
    }
    changed.sort_by_key(|(_, newest)| newest.position);
    let entries = revisions::newest_of(bucket, &changed).await?;
    Ok(Some(WatchEvent::Changes { entries, cursor: head.content.cursor() }))
}
