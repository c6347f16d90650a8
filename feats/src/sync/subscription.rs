//! Subscriptions: a stream of what changes in an app's snapshot.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

use crate::model::Hash;
use crate::runtime::FeatureRevision;

/// How many changes wait for a subscriber before the oldest are dropped for it.
pub const MAX_WAITING_CHANGES: usize = 1_024;

/// How many revisions of its own a program recognises when they arrive.
const MAX_OWN_WRITES: usize = 1_024;

/// The changes of an app, in the order in which they take effect: what [`App::subscribe`](crate::App::subscribe) gives.
///
/// It is a [`Stream`] too, works on any runtime, and ends when the app is shut down. Dropping the future of
/// [`recv`](Self::recv) loses nothing. A slow subscriber delays nobody: once [`MAX_WAITING_CHANGES`] wait for it, the oldest
/// are dropped, and it is told [how many](ChangeEvent::Missed).
pub struct Subscription(Pin<Box<Receiving>>);

type Receiving = dyn Future<Output = (Result<FeatureChange, RecvError>, Receiver<FeatureChange>)> + Send + Sync;

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeEvent {
    /// A feature decides by another revision.
    Changed(FeatureChange),
    /// So many changes were dropped since the event before, because the subscriber was too slow. Whatever it derived from
    /// features has to be derived again.
    Missed(u64),
}

/// A feature decides by another revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeatureChange {
    /// The feature.
    pub feature: Arc<str>,
    /// The version before; 0 if there was none.
    pub old_version: u64,
    /// The version now. It is the same if this program found something else to decide by, such as the last good revision
    /// of a quarantined feature; it is lower if the store was set back.
    pub new_version: u64,
    /// Who published it.
    pub source: ChangeSource,
    /// Whether the state was removed, so that the default decides.
    pub removed: bool,
    /// Whether this program cannot use the revision, so that the last good one decides, or the default.
    pub quarantined: bool,
}

/// Who published a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeSource {
    /// This app.
    ThisProgram,
    /// Another app on the same store, or one that ran before.
    AnotherProgram,
}

/// Who is told of changes, and which revisions are the program's own.
#[derive(Default)]
pub(super) struct ChangeFeed(Mutex<Feed>);

#[derive(Default)]
struct Feed {
    /// Made for the first subscriber, because it has room for all that may wait.
    sender: Option<Sender<FeatureChange>>,
    is_closed: bool,
    own_writes: VecDeque<Hash>,
}

impl Subscription {
    fn new(receiver: Receiver<FeatureChange>) -> Self {
        Self(Box::pin(receive(receiver)))
    }

    /// The next event; `None` once the app is shut down and everything before was received.
    pub async fn recv(&mut self) -> Option<ChangeEvent> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<ChangeEvent>> {
        let (received, receiver) = std::task::ready!(self.0.as_mut().poll(context));
        self.0 = Box::pin(receive(receiver));
        Poll::Ready(match received {
            Ok(change) => Some(ChangeEvent::Changed(change)),
            Err(RecvError::Lagged(missed)) => Some(ChangeEvent::Missed(missed)),
            Err(RecvError::Closed) => None,
        })
    }
}

async fn receive(mut receiver: Receiver<FeatureChange>) -> (Result<FeatureChange, RecvError>, Receiver<FeatureChange>) {
    (receiver.recv().await, receiver)
}

impl Stream for Subscription {
    type Item = ChangeEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ChangeEvent>> {
        self.poll(context)
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}

impl ChangeFeed {
    pub(super) fn subscribe(&self) -> Subscription {
        let new_channel = || broadcast::channel(MAX_WAITING_CHANGES).0;
        let mut feed = self.lock();
        let receiver = match feed.is_closed {
            // Its sender is dropped at once, so this ends at once.
            true => broadcast::channel(1).1,
            false => feed.sender.get_or_insert_with(new_channel).subscribe(),
        };
        Subscription::new(receiver)
    }

    /// Nothing is left half-written by a panic here, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Feed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all subscriptions.
    pub(super) fn close(&self) {
        let mut feed = self.lock();
        feed.is_closed = true;
        feed.sender = None;
    }

    /// Remembers a revision that is about to be written, because the follower may see it before its author has the answer.
    pub(super) fn remember_own(&self, hash: Hash) {
        let mut feed = self.lock();
        if feed.own_writes.len() == MAX_OWN_WRITES {
            feed.own_writes.pop_front();
        }
        feed.own_writes.push_back(hash);
    }

    /// Tells the subscribers that something else decides for a feature, if it does.
    pub(super) fn notify(
        &self,
        feature: impl FnOnce() -> Option<Arc<str>>,
        old: Option<&FeatureRevision>,
        new: &FeatureRevision,
    ) {
        if old.is_some_and(|old| old.hash == new.hash && decides_the_same(old, new)) {
            return;
        }
        let feed = self.lock();
        let Some(sender) = &feed.sender else { return };
        let Some(feature) = feature() else { return };
        let source = match feed.own_writes.contains(&new.hash) {
            true => ChangeSource::ThisProgram,
            false => ChangeSource::AnotherProgram,
        };
        let change = FeatureChange {
            feature,
            old_version: old.map_or(0, |old| old.version),
            new_version: new.version,
            source,
            removed: new.removed,
            quarantined: new.quarantine.is_some(),
        };
        // Without a subscriber, nobody has to know.
        let _ = sender.send(change);
    }
}

/// Whether one revision decides the same as before. Rules that are compiled after their pin change nothing.
fn decides_the_same(old: &FeatureRevision, new: &FeatureRevision) -> bool {
    let version = |standing: &FeatureRevision| standing.route.as_ref().map(|route| route.version());
    old.quarantine.is_some() == new.quarantine.is_some() && version(old) == version(new)
}
