//! Watching: polls the head with its ETag.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bucket::Bucket;
use super::error::Failure;
use super::head::{CursorValidity, Newest, StoredHead};
use super::revisions;
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

pub(super) async fn watch(bucket: &Bucket, after: &Cursor, wait: Duration) -> Result<WatchEvent, Failure> {
    let start = Instant::now();
    loop {
        let head = bucket.head().await?;
        if let Some(event) = changes(bucket, &head, after).await? {
            return Ok(event);
        }
        let left = wait.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: after.clone() });
        }
        sleep(bucket.address.poll.min(left)).await;
    }
}

/// Returns the changes after the cursor, or the gap; `None` if nothing changed.
async fn changes(bucket: &Bucket, head: &Arc<StoredHead>, after: &Cursor) -> Result<Option<WatchEvent>, Failure> {
    let appended = bucket.appended();
    let is_lost = |cursor: &Cursor| head.content.validity_of(cursor) == CursorValidity::Lost;
    if is_lost(after) || appended.as_ref().is_some_and(is_lost) {
        begin_epoch(bucket, head).await?;
        bucket.set_appended(None);
        return Ok(Some(WatchEvent::Gap));
    }
    let CursorValidity::Valid(position) = head.content.validity_of(after) else {
        warn_of_foreign_cursor(&bucket.name(), after, &head.content.epoch);
        return Ok(Some(WatchEvent::Gap));
    };
    let mut changed: Vec<(&String, &Newest)> =
        head.content.features.iter().filter(|(_, newest)| newest.position > position).collect();
    if changed.is_empty() {
        return Ok(None);
    }
    changed.sort_by_key(|(_, newest)| newest.position);
    let entries = revisions::newest_of(bucket, &changed).await?;
    Ok(Some(WatchEvent::Changes { entries, cursor: head.content.cursor() }))
}

/// Begins a new epoch. If another program was first, or this one may not write, the head stays as it is.
async fn begin_epoch(bucket: &Bucket, head: &StoredHead) -> Result<(), Failure> {
    match bucket.replace_head(head, head.content.in_new_epoch()).await {
        Err(failure) if !failure.is_conflict() && !failure.is_denied() => Err(failure),
        _ => Ok(()),
    }
}
