//! Positions in the order of changes, which are the content of cursors.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::stream::{StreamEntry, StreamId};
use crate::store::Cursor;

/// A position in the order of changes: the id in the stream of the last change seen, and the id of that change itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamPosition {
    pub(super) epoch: String,
    pub(super) stream: StreamId,
    pub(super) change: String,
}

/// The position that a watcher last received, and the time when it was last compared with the store. A watcher that continues from
/// it soon need not compare again, so that a steady flow of changes costs one command for each change and watcher.
#[derive(Default)]
pub(super) struct LastPosition(Mutex<Option<(StreamPosition, Instant)>>);

impl LastPosition {
    /// Returns the time of the last comparison, if this is the position that a watcher last received.
    pub(super) fn compared_at(&self, position: &StreamPosition) -> Option<Instant> {
        let last_position = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last_position.as_ref().filter(|(last, _)| last == position).map(|(_, compared)| *compared)
    }

    pub(super) fn set(&self, position: StreamPosition, compared: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((position, compared));
    }
}

impl StreamPosition {
    /// Returns the position before all changes.
    pub(super) fn start(epoch: String) -> Self {
        Self { epoch, stream: StreamId::default(), change: String::new() }
    }

    /// Returns the position after a change.
    pub(super) fn after(epoch: String, change: &StreamEntry) -> Self {
        Self { epoch, stream: change.id, change: change.text("id").unwrap_or_default().to_owned() }
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(format!("{}:{}:{}", self.epoch, self.stream, self.change))
    }

    pub(super) fn parse(cursor: &Cursor) -> Option<Self> {
        let (epoch, rest) = cursor.0.split_once(':')?;
        let (stream, change) = rest.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), stream: stream.parse().ok()?, change: change.to_owned() })
    }

    /// Returns `true` if the changes follow this position and each other without a gap.
    pub(super) fn is_followed_by(&self, changes: &[StreamEntry]) -> bool {
        let mut before = self.change.as_str();
        changes.iter().all(|change| {
            let follows = change.text("after").unwrap_or_default() == before;
            before = change.text("id").unwrap_or_default();
            follows
        })
    }
}
