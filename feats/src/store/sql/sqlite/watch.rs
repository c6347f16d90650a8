//! Watching: polls for changes on its own connection.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::{Database, Lease};
use super::error::Failure;
use super::revisions;
use crate::error::{ErrorKind, Result};
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// The connection and its data version at a poll. Two equal marks mean that nothing was committed in between.
type CommitMark = (u64, i64);

pub(super) async fn watch(database: &Database, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let start = Instant::now();
    let mut last = None;
    loop {
        let mut lease = database.lease(&database.watcher).await?;
        let appended = database.appended();
        let polled = poll(&mut lease, after, appended.as_ref(), last).await;
        let has_commits = polled.as_ref().is_ok_and(|(now, _)| last != Some(*now));
        if has_commits || database.log_is_ahead() {
            lease.checkpoint().await;
        }
        let (now, found) = lease.finish(polled)?;
        if let Some(found) = found {
            if found == WatchEvent::Gap {
                warn_if_foreign(database, after).await?;
                for lost in [Some(after), appended.as_ref()].into_iter().flatten() {
                    change_epoch(database, lost).await?;
                }
                database.set_appended(None);
            }
            return Ok(found);
        }
        last = Some(now);
        let left = wait.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: after.clone() });
        }
        sleep(database.options.poll.min(left)).await;
    }
}

async fn warn_if_foreign(database: &Database, cursor: &Cursor) -> Result<()> {
    let mut lease = database.lease(&database.reader).await?;
    let epoch = revisions::epoch(lease.connection()).await;
    let epoch = lease.finish(epoch)?;
    if !cursor.0.starts_with(&format!("{epoch}:")) {
        warn_of_foreign_cursor(&database.name(), cursor, &epoch);
    }
    Ok(())
}

/// Changes the epoch of a file that was emptied or restored from an older copy. A read-only file keeps its epoch.
async fn change_epoch(database: &Database, lost: &Cursor) -> Result<()> {
    let mut lease = match database.lease(&database.writer).await {
        Err(error) if error.kind() == ErrorKind::ReadOnly => return Ok(()),
        lease => lease?,
    };
    let changed = revisions::change_epoch(lease.connection(), lost).await;
    match lease.finish(changed) {
        Err(error) if error.kind() == ErrorKind::ReadOnly => Ok(()),
        changed => changed,
    }
}

/// Returns the changes after the cursor, if there are any. Reads them only if there was a commit since the last poll.
async fn poll(
    lease: &mut Lease<'_>,
    after: &Cursor,
    appended: Option<&Cursor>,
    last: Option<CommitMark>,
) -> Result<(CommitMark, Option<WatchEvent>), Failure> {
    if last.is_none() {
        revisions::forget_pages(lease.connection()).await?;
    }
    let now = (lease.serial(), revisions::data_version(lease.connection()).await?);
    if last == Some(now) {
        return Ok((now, None));
    }
    if let Some(appended) = appended
        && revisions::is_lost(lease.connection(), appended).await?
    {
        return Ok((now, Some(WatchEvent::Gap)));
    }
    let found = revisions::changes(lease.connection(), after).await?;
    let is_empty = matches!(&found, WatchEvent::Changes { entries, .. } if entries.is_empty());
    Ok((now, (!is_empty).then_some(found)))
}
