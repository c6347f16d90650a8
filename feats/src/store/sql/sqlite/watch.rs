//! Waiting for changes: polled for on a connection of its own.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::{Database, Lease};
use super::error::Failure;
use super::revisions;
use crate::error::{ErrorKind, Result};
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// When a connection last looked: two equal ones mean that nothing was committed in between.
type Look = (u64, i64);

pub(super) async fn watch(database: &Database, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let start = Instant::now();
    let mut last = None;
    loop {
        let mut lease = database.lease(&database.watcher).await?;
        let appended = database.appended();
        let looked = look(&mut lease, after, appended.as_ref(), last).await;
        let has_commits = looked.as_ref().is_ok_and(|(now, _)| last != Some(*now));
        if has_commits || database.log_is_ahead() {
            lease.empty_log().await;
        }
        let (now, found) = lease.settle(looked)?;
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
    let epoch = lease.settle(epoch)?;
    if !cursor.0.starts_with(&format!("{epoch}:")) {
        warn_of_foreign_cursor(&database.name(), cursor, &epoch);
    }
    Ok(())
}

/// Gives a file that was emptied or set back another epoch. One that cannot be written keeps its own.
async fn change_epoch(database: &Database, lost: &Cursor) -> Result<()> {
    let mut lease = match database.lease(&database.writer).await {
        Err(error) if error.kind() == ErrorKind::ReadOnly => return Ok(()),
        lease => lease?,
    };
    let begun = revisions::change_epoch(lease.connection(), lost).await;
    match lease.settle(begun) {
        Err(error) if error.kind() == ErrorKind::ReadOnly => Ok(()),
        begun => begun,
    }
}

/// What changed, if anything; asked for only if something was committed since the last look.
async fn look(
    lease: &mut Lease<'_>,
    after: &Cursor,
    appended: Option<&Cursor>,
    last: Option<Look>,
) -> Result<(Look, Option<WatchEvent>), Failure> {
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
    let nothing = matches!(&found, WatchEvent::Changes { entries, .. } if entries.is_empty());
    Ok((now, (!nothing).then_some(found)))
}
