//! Watching: waits for notifications where the server sends them, and polls for changes.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::Server;
use super::macros::with_session;
use super::product::Product;
use crate::error::{ErrorKind, Result};
use crate::store::sql::position::{CommitPosition, change_epoch, epoch};
use crate::store::sql::revisions;
use crate::store::{Cursor, Store, WatchEvent, warn_of_foreign_cursor};

/// The interval between polls while notifications arrive, in case one is lost.
#[cfg(feature = "postgres")]
const SAFETY_POLL: Duration = Duration::from_secs(5);

pub(super) async fn watch(server: &Server, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let start = Instant::now();
    let Some(position) = CommitPosition::parse(after) else {
        warn_if_foreign(server, after).await?;
        return Ok(WatchEvent::Gap);
    };
    if let Some(found) = poll(server, after, &position).await? {
        return Ok(found);
    }
    let left = || wait.saturating_sub(start.elapsed());
    let unchanged = || WatchEvent::Changes { entries: Vec::new(), cursor: after.clone() };
    match server.options.address.product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            // Another call of this handle may use the connection.
            if let Ok(mut slot) = server.listener.try_lock() {
                while !left().is_zero() {
                    let Some(listener) = server.listening(&mut slot).await? else { break };
                    // Polled after the connection listens, so no append is missed in between.
                    if let Some(found) = poll(server, after, &position).await? {
                        return Ok(found);
                    }
                    let waited = left().min(SAFETY_POLL);
                    let before = Instant::now();
                    let is_alive = listener.wait(waited).await;
                    let was_notified = is_alive && before.elapsed() < waited;
                    if !is_alive {
                        *slot = None;
                    }
                    if !was_notified && let Some(found) = poll(server, after, &position).await? {
                        // The notification got lost, or its connection.
                        *slot = None;
                        return Ok(found);
                    }
                }
            }
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {}
    }
    loop {
        let left = left();
        if left.is_zero() {
            return Ok(unchanged());
        }
        sleep(server.options.poll.min(left)).await;
        if let Some(found) = poll(server, after, &position).await? {
            return Ok(found);
        }
    }
}

async fn poll(server: &Server, after: &Cursor, position: &CommitPosition) -> Result<Option<WatchEvent>> {
    let appended = server.appended();
    let found = with_session!(server, |session| revisions::changes(session, position, appended.as_ref()))?;
    if found == Some(WatchEvent::Gap) {
        warn_if_foreign(server, after).await?;
        for lost in [Some(position), appended.as_ref()].into_iter().flatten() {
            match with_session!(server, |session| change_epoch(session, lost)) {
                // A server that is read-only keeps its epoch.
                Err(error) if matches!(error.kind(), ErrorKind::ReadOnly | ErrorKind::Invalid) => {}
                changed => changed?,
            }
        }
        server.set_appended(None);
    }
    Ok(found)
}

async fn warn_if_foreign(server: &Server, cursor: &Cursor) -> Result<()> {
    let epoch = with_session!(server, |session| epoch(session))?;
    if !cursor.0.starts_with(&format!("{epoch}:")) {
        warn_of_foreign_cursor(&server.name(), cursor, &epoch);
    }
    Ok(())
}
