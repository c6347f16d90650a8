//! Watching: a blocking query on the head.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Agent, Consistency};
use super::head::{Change, Comparison, Position};
use super::revisions;
use crate::error::{ErrorKind, Result};
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// The maximum time of one blocking query. After it the watcher reads the head again, because a query with an index that Consul has
/// not reached, after it was restored, does not return.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(20);

/// The maximum number of attempts to begin a new epoch while other programs append.
const MAX_EPOCH_ATTEMPTS: usize = 16;

pub(super) async fn watch(agent: &Agent, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let keys = agent.keys()?;
    let Some(position) = Position::parse(after) else { return Ok(WatchEvent::Gap) };
    let start = Instant::now();
    let mut index = 0;
    loop {
        // Older values are harmless here: news arrives later, and a loss is verified before it counts.
        let block = wait.saturating_sub(start.elapsed()).min(BLOCK_TIMEOUT);
        let (value, newer) = agent.get_after(&keys.head(), index, block).await?;
        let stored = match value {
            Some(value) => agent.decode_head(&value)?,
            // The keys were deleted. A new head has another epoch.
            None => agent.head(Consistency::Verified).await?,
        };
        match stored.head.compare(&position) {
            Comparison::Newest => {}
            Comparison::Behind(changes) => return read(agent, changes, stored.head.cursor()).await,
            Comparison::TooOld => return Ok(WatchEvent::Gap),
            Comparison::Foreign => {
                warn_of_foreign_cursor(&agent.name(), after, &stored.head.epoch);
                return Ok(WatchEvent::Gap);
            }
            Comparison::Lost => match detect_loss(agent, &position).await? {
                true => return Ok(WatchEvent::Gap),
                false => {
                    index = 0;
                    continue;
                }
            },
        }
        if start.elapsed() >= wait {
            return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: after.clone() });
        }
        // An index that goes backwards is of a Consul that was restored. The next query must not wait for the old one.
        index = if newer < index { 0 } else { newer };
    }
}

/// Returns the newest revision of each changed feature, in the order of the changes.
async fn read(agent: &Agent, changes: &[Change], cursor: Cursor) -> Result<WatchEvent> {
    let mut seen_features = HashSet::new();
    let mut newest: Vec<&Change> =
        changes.iter().rev().filter(|change| seen_features.insert(change.feature.as_str())).collect();
    newest.reverse();
    let keys = agent.keys()?;
    let names: Vec<String> = newest.iter().map(|change| keys.revision(&change.feature, change.version)).collect();
    let values = agent.get_many(&names).await?.into_iter();
    let entries: Option<Vec<_>> = newest
        .into_iter()
        .zip(values)
        .map(|(change, value)| revisions::decode(&change.feature, change.version, &value?))
        .collect();
    // A revision is lost. `load` returns the newest ones that are left.
    Ok(entries.map_or(WatchEvent::Gap, |entries| WatchEvent::Changes { entries, cursor }))
}

/// Returns `false` if the position is in the current order after all. Otherwise begins a new epoch, which all programs see.
async fn detect_loss(agent: &Agent, position: &Position) -> Result<bool> {
    for _ in 0..MAX_EPOCH_ATTEMPTS {
        let stored = agent.head(Consistency::Verified).await?;
        match stored.head.compare(position) {
            Comparison::Lost => {}
            Comparison::Foreign | Comparison::TooOld => return Ok(true),
            Comparison::Newest | Comparison::Behind(_) => return Ok(false),
        }
        match agent.begin_epoch(&stored).await {
            Ok(true) => {
                tracing::warn!(
                    store = agent.name(),
                    "Consul has lost changes: it was emptied or restored from an older copy; a new epoch begins"
                );
                return Ok(true);
            }
            Ok(false) => {}
            // This program may only read. One that may write will begin the new epoch.
            Err(error) if error.kind() == ErrorKind::Invalid => return Ok(true),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
