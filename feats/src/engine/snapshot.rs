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
pub struct Snapshot {
    /// By a feature's position; `None` where a feature has no revision.
    pub features: Vec<Option<Arc<Standing>>>,
}

/// The newest revision of a feature, and the route that this program makes of it.
#[derive(Debug)]
pub struct Standing {
    /// The version of the newest revision.
    pub version: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its bytes as stored.
    pub bytes: Box<[u8]>,
    /// What decides; `None` for the default.
    pub route: Option<Arc<Route>>,
    /// While the newest revision is quarantined: the route of the last one that was not.
    pub last_good: Option<Arc<Route>>,
    /// Why the newest revision is quarantined; empty if it is not.
    pub problems: Box<[Problem]>,
    /// Whether the newest revision is a tombstone.
    pub removed: bool,
}

/// The current snapshot of an app. Readers never wait.
pub struct Live {
    snapshot: ArcSwap<Snapshot>,
    clock: Arc<dyn Clock>,
}

impl Snapshot {
    /// What stands for the feature at a position.
    #[inline]
    pub fn standing(&self, position: usize) -> Option<&Arc<Standing>> {
        self.features.get(position).and_then(Option::as_ref)
    }

    /// Chooses for the feature at a position; `default` is what it gives without a usable state.
    #[inline]
    pub fn decide<S: Subject + ?Sized>(
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
    pub fn last_good(&self) -> Option<&Arc<Route>> {
        if self.problems.is_empty() { self.route.as_ref() } else { self.last_good.as_ref() }
    }

    /// The newest revision as a store would give it.
    pub fn to_entry(&self) -> Option<Entry> {
        Entry::recover(&self.bytes, self.hash)
    }
}

impl Live {
    /// An empty snapshot.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { snapshot: ArcSwap::default(), clock }
    }

    /// The current snapshot.
    #[inline]
    pub fn load(&self) -> Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// The current snapshot, to keep.
    pub fn load_full(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces the snapshot.
    pub fn store(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// The current time of the app's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
