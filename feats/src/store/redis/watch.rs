//! Watching: a blocking read on a dedicated connection.
//!
//! Every change names the one before it, so a watcher detects missing changes: the stream was trimmed, or the server lost
//! changes that it had reported.

use std::collections::HashSet;
use std::time::Duration;

use redis::{Value, cmd, from_redis_value};
use tokio::time::Instant;

use super::codec::decode;
use super::connection::Server;
use super::error::Failure;
use super::keys::Keys;
use super::position::{LastPosition, StreamPosition};
use super::session::{COMMAND_TIMEOUT, Session};
use super::stream::{StreamEntry, StreamId};
use super::{revisions, script};
use crate::error::Result;
use crate::model::Entry;
use crate::store::damaged::damaged_entry;
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// The time limit of one blocking read. After it the watcher compares its position with the store, because a read does not return
/// when the stream is deleted.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum number of changes in one read.
const MAX_CHANGES_PER_READ: usize = 256;

/// The result of comparing a position with the newest change.
enum WatchState {
    /// The position is after the newest change.
    Newest,
    /// There are newer changes.
    Behind,
    /// The position does not exist in the current stream.
    Invalid,
    /// The position is of another epoch than the current one, which is carried; empty if there is none.
    Foreign(String),
}

pub(super) async fn watch(server: &Server, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let keys = server.keys()?;
    let Some(position) = StreamPosition::parse(after) else { return Ok(WatchEvent::Gap) };
    let mut session = server.dedicated_session(&server.watcher).await?;
    let watched = follow(&mut session, keys, &position, wait, &server.last_position).await;
    session.finish(watched).await
}

async fn follow(
    session: &mut Session<'_>,
    keys: &Keys,
    position: &StreamPosition,
    wait: Duration,
    last_position: &LastPosition,
) -> Result<WatchEvent, Failure> {
    let start = Instant::now();
    let mut compared = last_position.compared_at(position).filter(|at| !wait.is_zero() && at.elapsed() < BLOCK_TIMEOUT);
    loop {
        let state = match compared {
            Some(_) => WatchState::Newest,
            None => position.compare(session, keys).await?,
        };
        let compared_now = compared.take().unwrap_or_else(Instant::now);
        let block = match state {
            WatchState::Foreign(epoch) => {
                warn_of_foreign_cursor(&session.name(), &position.cursor(), &epoch);
                return Ok(WatchEvent::Gap);
            }
            WatchState::Invalid => return position.detect_loss(session, keys).await,
            WatchState::Behind => None,
            WatchState::Newest => Some(wait.saturating_sub(start.elapsed()).min(BLOCK_TIMEOUT)),
        };
        if block.is_some_and(|block| block.is_zero()) {
            return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: position.cursor() });
        }
        let changes = read(session, keys, position.stream, block).await?;
        if let Some(last) = changes.last() {
            if !position.is_followed_by(&changes) {
                return position.detect_loss(session, keys).await;
            }
            let entries = entries(session, keys, &changes).await?;
            let next = StreamPosition::after(position.epoch.clone(), last);
            let cursor = next.cursor();
            last_position.set(next, compared_now);
            return Ok(WatchEvent::Changes { entries, cursor });
        }
    }
}

/// Reads the changes after an id. Waits for the first one if `block` is set.
async fn read(
    session: &mut Session<'_>,
    keys: &Keys,
    after: StreamId,
    block: Option<Duration>,
) -> Result<Vec<StreamEntry>, Failure> {
    let mut command = cmd("XREAD");
    command.arg("COUNT").arg(MAX_CHANGES_PER_READ);
    if let Some(block) = block {
        // Zero would mean to wait for ever.
        command.arg("BLOCK").arg(block.as_millis().max(1) as u64);
    }
    command.arg("STREAMS").arg(keys.changes()).arg(after.to_string());
    let streams: Option<Vec<Value>> =
        session.command_within(block.unwrap_or_default() + COMMAND_TIMEOUT, &command).await?;
    let Some(stream) = streams.into_iter().flatten().next() else { return Ok(Vec::new()) };
    let (_, changes): (Value, Vec<StreamEntry>) = from_redis_value(stream)?;
    Ok(changes)
}

/// Returns the newest revision of each changed feature, in the order of the changes.
async fn entries(session: &mut Session<'_>, keys: &Keys, changes: &[StreamEntry]) -> Result<Vec<Entry>, Failure> {
    let mut seen_features = HashSet::new();
    let mut entries = Vec::new();
    for change in changes.iter().rev() {
        // Ignores entries that feats did not write. If one was a damaged change, the comparison of versions finds it.
        let Some(feature) = change.text("feature") else { continue };
        let Some(version) = change.text("version").and_then(|version| version.parse().ok()) else { continue };
        if !seen_features.insert(feature) {
            continue;
        }
        let inline = change.bytes("revision").and_then(|value| decode(feature, value));
        entries.push(match inline.filter(|entry| entry.version == version) {
            Some(entry) => entry,
            None => {
                let kept = revisions::revision(session, keys, feature, version).await?;
                kept.unwrap_or_else(|| damaged_entry(feature, version, &[]))
            }
        });
    }
    entries.reverse();
    Ok(entries)
}

impl StreamPosition {
    /// Compares this position with the newest change.
    async fn compare(&self, session: &mut Session<'_>, keys: &Keys) -> Result<WatchState, Failure> {
        let epoch = revisions::current_epoch(session, keys).await?.unwrap_or_default();
        if epoch.is_empty() || epoch != self.epoch {
            return Ok(WatchState::Foreign(epoch));
        }
        let newest = revisions::newest_position(session, keys, epoch).await?;
        Ok(match newest.stream.cmp(&self.stream) {
            std::cmp::Ordering::Greater => WatchState::Behind,
            std::cmp::Ordering::Equal if newest.change == self.change => WatchState::Newest,
            _ => WatchState::Invalid,
        })
    }

    /// Returns a gap. If the server has lost changes before this position, begins a new epoch, which all programs see.
    async fn detect_loss(&self, session: &mut Session<'_>, keys: &Keys) -> Result<WatchEvent, Failure> {
        let Self { epoch, stream, change } = self;
        let (stream, new_epoch) = (stream.to_string(), revisions::random_epoch());
        let arguments = [epoch, &stream, change, &new_epoch];
        let lost: bool = script::run(session, script::DETECT_LOSS, &[keys.epoch(), keys.changes()], &arguments).await?;
        if lost {
            tracing::warn!(
                prefix = keys.prefix(),
                "Redis has lost changes: it was emptied or restored from an older copy; a new epoch begins"
            );
        }
        Ok(WatchEvent::Gap)
    }
}
