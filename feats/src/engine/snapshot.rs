//! Snapshots: the routes of all features at one moment, swapped as a whole.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::evaluate::evaluate;
use super::outcome::{Outcome, Reason};
use super::route::Route;
use crate::error::Problem;
use crate::model::{Clock, Entry, Hash, Subject, Timestamp};

/// The routes of all features at one moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Snapshot {
    /// By a feature's position; `None` where a feature has no revision.
    pub(crate) features: Vec<Option<Arc<Standing>>>,
}

/// The newest revision of a feature, and the route that this program makes of it.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The version of the newest revision.
    pub(crate) version: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// Its bytes as stored.
    pub(crate) bytes: Box<[u8]>,
    /// What decides; `None` for the default.
    pub(crate) route: Option<Arc<Route>>,
    /// While the newest revision is quarantined: the route of the last one that was not.
    pub(crate) last_good: Option<Arc<Route>>,
    /// Why the newest revision is quarantined; empty if it is not.
    pub(crate) problems: Box<[Problem]>,
    /// Whether the newest revision is a tombstone.
    pub(crate) removed: bool,
}

/// The current snapshot of an app. Readers never wait.
pub(crate) struct Live {
    snapshot: ArcSwap<Snapshot>,
    clock: Arc<dyn Clock>,
}

impl Snapshot {
    /// What stands for the feature at a position.
    #[inline]
    pub(crate) fn standing(&self, position: usize) -> Option<&Arc<Standing>> {
        self.features.get(position).and_then(Option::as_ref)
    }

    /// Chooses for the feature at a position; `default` is what it gives without a usable state.
    #[inline]
    pub(crate) fn decide<S: Subject + ?Sized>(
        &self,
        position: usize,
        default: u16,
        subject: &S,
        now: impl Fn() -> Timestamp,
        draw: impl Fn() -> u64,
    ) -> Outcome {
        match self.standing(position) {
            None => Outcome::without_state(default, Reason::NoState),
            Some(standing) => match &standing.route {
                Some(route) => evaluate(route, subject, now, draw),
                None if standing.removed => Outcome::without_state(default, Reason::NoState),
                None => Outcome::without_state(default, Reason::Quarantined),
            },
        }
    }
}

impl Standing {
    /// The route of the newest revision that is not quarantined.
    pub(crate) fn last_good(&self) -> Option<&Arc<Route>> {
        if self.problems.is_empty() { self.route.as_ref() } else { self.last_good.as_ref() }
    }

    /// The newest revision as a store would give it.
    pub(crate) fn to_entry(&self) -> Option<Entry> {
        Entry::recover(&self.bytes, self.hash)
    }
}

impl Live {
    /// An empty snapshot.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { snapshot: ArcSwap::default(), clock }
    }

    /// The current snapshot.
    #[inline]
    pub(crate) fn load(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The current snapshot, to keep.
    pub(crate) fn load_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces the snapshot.
    pub(crate) fn store(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// The current time of the app's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
