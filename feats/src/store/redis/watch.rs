//! Waiting for changes: a blocking read on a connection of its own.
//!
//! Every change names the one before it, so whoever reads on from a change sees whether anything is missing in
//! between: because it was trimmed, or because the server came back without what it had said.

use std::collections::HashSet;
use std::time::Duration;

use redis::{Value, cmd, from_redis_value};
use tokio::time::Instant;

use super::codec::{damaged, unpack};
use super::connection::Server;
use super::error::Failure;
use super::keys::Keys;
use super::position::{StreamPosition, Trusted};
use super::session::{COMMAND, Session};
use super::stream::{StreamEntry, StreamId};
use super::{revisions, script};
use crate::error::Result;
use crate::model::Entry;
use crate::store::{Cursor, WatchEvent, warn_of_foreign_cursor};

/// How long one read blocks. Then it is looked whether the store is still the same: a stream that is gone for good
/// wakes nobody.
const BLOCK: Duration = Duration::from_secs(5);

/// How many changes are read at once.
const COUNT: usize = 256;

/// What a look at the newest change says of a place.
enum WatchState {
    Newest,
    Behind,
    /// The place is not in this stream as it is now.
    Astray,
    /// The place is of another epoch than this one; an empty one has not begun.
    Foreign(String),
}

pub(super) async fn watch(server: &Server, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
    let keys = server.keys()?;
    let Some(place) = StreamPosition::parse(after) else { return Ok(WatchEvent::Gap) };
    let mut session = server.session_alone(&server.watcher).await?;
    let watched = follow(&mut session, keys, &place, wait, &server.trusted).await;
    session.settle(watched).await
}

async fn follow(
    session: &mut Session<'_>,
    keys: &Keys,
    place: &StreamPosition,
    wait: Duration,
    trusted: &Trusted,
) -> Result<WatchEvent, Failure> {
    let start = Instant::now();
    let mut compared = trusted.when(place).filter(|when| !wait.is_zero() && when.elapsed() < BLOCK);
    loop {
        let standing = match compared {
            Some(_) => WatchState::Newest,
            None => place.look(session, keys).await?,
        };
        let compared_now = compared.take().unwrap_or_else(Instant::now);
        let block = match standing {
            WatchState::Foreign(epoch) => {
                warn_of_foreign_cursor(&session.name(), &place.cursor(), &epoch);
                return Ok(WatchEvent::Gap);
            }
            WatchState::Astray => return place.detect_loss(session, keys).await,
            WatchState::Behind => None,
            WatchState::Newest => Some(wait.saturating_sub(start.elapsed()).min(BLOCK)),
        };
        if block.is_some_and(|block| block.is_zero()) {
            return Ok(WatchEvent::Changes { entries: Vec::new(), cursor: place.cursor() });
        }
        let changes = read(session, keys, place.stream, block).await?;
        if let Some(last) = changes.last() {
            if !place.leads_to(&changes) {
                return place.detect_loss(session, keys).await;
            }
            let entries = entries(session, keys, &changes).await?;
            let next = StreamPosition::after(place.epoch.clone(), last);
            let cursor = next.cursor();
            trusted.set(next, compared_now);
            return Ok(WatchEvent::Changes { entries, cursor });
        }
    }
}

/// The changes after an id; waits for the first one if told to.
async fn read(
    session: &mut Session<'_>,
    keys: &Keys,
    after: StreamId,
    block: Option<Duration>,
) -> Result<Vec<StreamEntry>, Failure> {
    let mut command = cmd("XREAD");
    command.arg("COUNT").arg(COUNT);
    if let Some(block) = block {
        // Zero would be for ever.
        command.arg("BLOCK").arg(block.as_millis().max(1) as u64);
    }
    command.arg("STREAMS").arg(keys.changes()).arg(after.to_string());
    let streams: Option<Vec<Value>> = session.command_within(block.unwrap_or_default() + COMMAND, &command).await?;
    let Some(stream) = streams.into_iter().flatten().next() else { return Ok(Vec::new()) };
    let (_, changes): (Value, Vec<StreamEntry>) = from_redis_value(stream)?;
    Ok(changes)
}

/// The revisions of changes, of each feature the newest, in the order of the changes.
async fn entries(session: &mut Session<'_>, keys: &Keys, changes: &[StreamEntry]) -> Result<Vec<Entry>, Failure> {
    let mut given = HashSet::new();
    let mut entries = Vec::new();
    for change in changes.iter().rev() {
        // What is not as feats writes it is nobody's change; the comparison of versions finds what it may have been.
        let Some(feature) = change.text("feature") else { continue };
        let Some(version) = change.text("version").and_then(|version| version.parse().ok()) else { continue };
        if !given.insert(feature) {
            continue;
        }
        let inline = change.bytes("revision").and_then(|value| unpack(feature, value));
        entries.push(match inline.filter(|entry| entry.version == version) {
            Some(entry) => entry,
            None => {
                let kept = revisions::revision(session, keys, feature, version).await?;
                kept.unwrap_or_else(|| damaged(feature, version, &[]))
            }
        });
    }
    entries.reverse();
    Ok(entries)
}

impl StreamPosition {
    /// Compares with the newest change that there is.
    async fn look(&self, session: &mut Session<'_>, keys: &Keys) -> Result<WatchState, Failure> {
        let epoch = revisions::current_epoch(session, keys).await?.unwrap_or_default();
        if epoch.is_empty() || epoch != self.epoch {
            return Ok(WatchState::Foreign(epoch));
        }
        let newest = revisions::newest_place(session, keys, epoch).await?;
        Ok(match newest.stream.cmp(&self.stream) {
            std::cmp::Ordering::Greater => WatchState::Behind,
            std::cmp::Ordering::Equal if newest.change == self.change => WatchState::Newest,
            _ => WatchState::Astray,
        })
    }

    /// A gap; and if the server has lost what was seen here, a new epoch, so that all learn of it.
    async fn detect_loss(&self, session: &mut Session<'_>, keys: &Keys) -> Result<WatchEvent, Failure> {
        let Self { epoch, stream, change } = self;
        let (stream, new_epoch) = (stream.to_string(), revisions::random_epoch());
        let arguments = [epoch, &stream, change, &new_epoch];
        let lost: bool = script::run(session, script::DETECT_LOSS, &[keys.epoch(), keys.changes()], &arguments).await?;
        if lost {
            tracing::warn!(prefix = keys.prefix(), "Redis has lost changes that were seen: it was restored or emptied");
        }
        Ok(WatchEvent::Gap)
    }
}
