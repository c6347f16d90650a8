//! Watching: polls for changes on its own connection.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::{Database, Lease};
use crate::error::{ErrorKind, Result};
use crate::store::sql::error::Failure;
use crate::store::sql::position::{CommitPosition, change_epoch, epoch};
use crate::store::sql::revisions;
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// The connection and its data version at a poll. Two equal marks mean that nothing was committed in between.
type CommitMark = (u64, i64);

pub(super) async fn watch(database: &Database, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let start = Instant::now();
    let Some(position) = CommitPosition::parse(after) else {
        warn_if_foreign(database, after).await?;
        return Ok(WatchEvent::Gap);
    };
    let mut last = None;
    loop {
        let mut lease = database.lease(&database.watcher).await?;
        let appended = database.appended();
        let polled = poll(&mut lease, &position, appended.as_ref(), last).await;
        let has_commits = polled.as_ref().is_ok_and(|(now, _)| last != Some(*now));
        if has_commits || database.log_is_ahead() {
            lease.checkpoint().await;
        }
        let (now, found) = lease.finish(polled)?;
        if let Some(found) = found {
            if found == WatchEvent::Gap {
                warn_if_foreign(database, after).await?;
                for lost in [Some(&position), appended.as_ref()].into_iter().flatten() {
                    change_lost_epoch(database, lost).await?;
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
    let epoch = epoch(lease.session()).await;
    let epoch = lease.finish(epoch)?;
    if !cursor.0.starts_with(&format!("{epoch}:")) {
        warn_of_foreign_cursor(&database.name(), cursor, &epoch);
    }
    Ok(())
}

/// Changes the epoch of a file that was emptied or restored from an older copy. A read-only file keeps its epoch.
async fn change_lost_epoch(database: &Database, lost: &CommitPosition) -> Result<()> {
    let mut lease = match database.lease(&database.writer).await {
        Err(error) if error.kind() == ErrorKind::ReadOnly => return Ok(()),
        lease => lease?,
    };
    let changed = change_epoch(lease.session(), lost).await;
    match lease.finish(changed) {
        Err(error) if error.kind() == ErrorKind::ReadOnly => Ok(()),
        changed => changed,
    }
}

/// Returns the changes after the cursor, if there are any. Reads them only if there was a commit since the last poll.
async fn poll(
    lease: &mut Lease<'_>,
    after: &CommitPosition,
    appended: Option<&CommitPosition>,
    last: Option<CommitMark>,
) -> Result<(CommitMark, Option<WatchEvent>), Failure> {
    if last.is_none() {
        lease.forget_pages().await?;
    }
    let now = (lease.serial(), lease.data_version().await?);
    if last == Some(now) {
        return Ok((now, None));
    }
    Ok((now, revisions::changes(lease.session(), after, appended).await?))
}
