//! Subscriptions: streams of changes of an app's snapshot.

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

/// The maximum number of changes that wait for a subscriber. Beyond it, the oldest are dropped for that subscriber.
pub const MAX_WAITING_CHANGES: usize = 1_024;

/// The number of its own revisions that a program remembers.
const MAX_OWN_WRITES: usize = 1_024;

/// A subscription to the changes of an app, in the order in which they take effect. See
/// [`App::subscribe`](crate::App::subscribe).
///
/// It is also a [`Stream`], works on any runtime, and ends when the app is shut down. [`recv`](Self::recv) is cancel-safe. A slow
/// subscriber does not delay others: if more than [`MAX_WAITING_CHANGES`] wait for it, the oldest are dropped, and it receives
/// [their number](ChangeEvent::Missed).
pub struct Subscription(Pin<Box<Receiving>>);

type Receiving = dyn Future<Output = (Result<FeatureChange, RecvError>, Receiver<FeatureChange>)> + Send + Sync;

/// An event of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeEvent {
    /// Another revision of a feature is in effect.
    Changed(FeatureChange),
    /// The number of changes that were dropped since the last event, because the subscriber was too slow. It must recompute
    /// everything that it derived from features.
    Missed(u64),
}

/// A change of the revision that is in effect for a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FeatureChange {
    /// The name of the feature.
    pub feature: Arc<str>,
    /// The previous version; 0 if there was none.
    pub old_version: u64,
    /// The new version. It equals the old one if this program uses another route for the same version, such as the last valid one of
    /// a quarantined feature. It is lower if the store was restored from an older copy and written since.
    pub new_version: u64,
    /// The publisher of the new version.
    pub source: ChangeSource,
    /// `true` if the state was removed, so that the default is in effect.
    pub removed: bool,
    /// `true` if this program cannot use the revision, so that the last valid one or the default is in effect.
    pub quarantined: bool,
}

/// The publisher of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeSource {
    /// This app.
    ThisProgram,
    /// Another app on the same store, or one that ran before.
    AnotherProgram,
}

/// The channel to all subscribers, and the program's own revisions.
#[derive(Default)]
pub(super) struct ChangeFeed(Mutex<Feed>);

#[derive(Default)]
struct Feed {
    /// Created for the first subscriber, because the channel allocates its whole capacity.
    sender: Option<Sender<FeatureChange>>,
    is_closed: bool,
    own_writes: VecDeque<Hash>,
}

impl Subscription {
    fn new(receiver: Receiver<FeatureChange>) -> Self {
        Self(Box::pin(receive(receiver)))
    }

    /// Receives the next event; `None` after the app was shut down and all earlier events were received.
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
            // The sender is dropped immediately, so the subscription ends immediately.
            true => broadcast::channel(1).1,
            false => feed.sender.get_or_insert_with(new_channel).subscribe(),
        };
        Subscription::new(receiver)
    }

    /// Locks the feed, poisoned or not: a panic here cannot leave it half-written.
    fn lock(&self) -> MutexGuard<'_, Feed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all subscriptions.
    pub(super) fn close(&self) {
        let mut feed = self.lock();
        feed.is_closed = true;
        feed.sender = None;
    }

    /// Remembers a revision that is about to be written, because the follower may see it before the append returns.
    pub(super) fn remember_own(&self, hash: Hash) {
        let mut feed = self.lock();
        if feed.own_writes.len() == MAX_OWN_WRITES {
            feed.own_writes.pop_front();
        }
        feed.own_writes.push_back(hash);
    }

    /// Notifies the subscribers if the decision of a feature may have changed.
    pub(super) fn notify(
        &self,
        feature: impl FnOnce() -> Option<Arc<str>>,
        old: Option<&FeatureRevision>,
        new: &FeatureRevision,
    ) {
        if old.is_some_and(|old| old.hash == new.hash && has_same_decision(old, new)) {
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
        // Fails only without subscribers.
        let _ = sender.send(change);
    }
}

/// Returns `true` if two forms of one revision decide the same. For example, compiling the rules of a pinned revision changes nothing.
fn has_same_decision(old: &FeatureRevision, new: &FeatureRevision) -> bool {
    let version = |revision: &FeatureRevision| revision.route.as_ref().map(|route| route.version());
    old.quarantine.is_some() == new.quarantine.is_some() && version(old) == version(new)
}
