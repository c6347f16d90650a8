//! Places in the order of changes, which cursors are made of.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::stream::{StreamEntry, StreamId};
use crate::store::Cursor;

/// A place in the order of changes: after the change with this id of its own, at this id of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StreamPosition {
    pub(super) epoch: String,
    pub(super) stream: StreamId,
    pub(super) change: String,
}

/// The place that a watcher was last given, and when its store was last compared. Who goes on from there at once need
/// not compare again: while changes come, each is one command for each watcher.
#[derive(Default)]
pub(super) struct Trusted(Mutex<Option<(StreamPosition, Instant)>>);

impl Trusted {
    /// When the store was last compared, if a watcher was last given this place.
    pub(super) fn when(&self, place: &StreamPosition) -> Option<Instant> {
        let trusted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        trusted.as_ref().filter(|(trusted, _)| trusted == place).map(|(_, when)| *when)
    }

    pub(super) fn set(&self, place: StreamPosition, compared: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((place, compared));
    }
}

impl StreamPosition {
    /// The place before all changes.
    pub(super) fn start(epoch: String) -> Self {
        Self { epoch, stream: StreamId::default(), change: String::new() }
    }

    /// The place after a change.
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

    /// Whether changes follow this place and each other without a hole.
    pub(super) fn leads_to(&self, changes: &[StreamEntry]) -> bool {
        let mut before = self.change.as_str();
        changes.iter().all(|change| {
            let follows = change.text("after").unwrap_or_default() == before;
            before = change.text("id").unwrap_or_default();
            follows
        })
    }
}
