//! Snapshots: the routes of all features at one moment, swapped as a whole.

use std::sync::Arc;

use feats_core::__private::{AssignmentObserver, evaluate_before};

use super::compressed::Compressed;
use crate::compile::Route;
use crate::error::Problem;
use crate::evaluate::{Outcome, Reason};
use crate::model::{Entry, Hash, Subject, Timestamp};

/// The routes of all features at one moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Snapshot {
    /// By a feature's position; `None` where a feature has no revision.
    revisions: Vec<Option<Arc<FeatureRevision>>>,
    /// The routes of the standings again, one step nearer to a decision.
    routes: Vec<Option<Arc<Route>>>,
}

/// The newest revision of a feature, and the route that this program makes of it.
#[derive(Debug)]
pub(crate) struct FeatureRevision {
    /// The version of the newest revision.
    pub(crate) version: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// Its bytes as stored, packed.
    pub(crate) bytes: Compressed,
    /// What decides; `None` for the default.
    pub(crate) route: Option<Arc<Route>>,
    /// Set while this program cannot use the newest revision.
    pub(crate) quarantine: Option<Box<Unusable>>,
    /// Set while the route has only the pin of the newest revision, because its rules are not compiled yet.
    pub(crate) uncompiled: Option<Box<Uncompiled>>,
    /// Whether the newest revision is a tombstone.
    pub(crate) removed: bool,
    /// The places of the counters of its choices, where the feature is declared by hand.
    pub(crate) counters: Box<[u32]>,
}

/// Why a revision cannot be used, and what was used before it.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) problems: Vec<Problem>,
    /// The route of the last revision that could be used.
    pub(crate) last_valid: Option<Arc<Route>>,
}

/// What was used before a pinned revision whose rules are not compiled yet.
#[derive(Debug)]
pub(crate) struct Uncompiled {
    /// The route of the last revision that could be used.
    pub(crate) last_good: Option<Arc<Route>>,
}

impl Snapshot {
    /// What stands for the feature at a position.
    #[inline]
    pub(crate) fn revision(&self, position: usize) -> Option<&Arc<FeatureRevision>> {
        self.revisions.get(position).and_then(Option::as_ref)
    }

    /// All standings with their positions.
    pub(crate) fn revisions(&self) -> impl Iterator<Item = (usize, &Arc<FeatureRevision>)> {
        let standings = self.revisions.iter().enumerate();
        standings.filter_map(|(position, standing)| Some((position, standing.as_ref()?)))
    }

    /// Puts a standing in its place.
    pub(crate) fn set(&mut self, position: usize, standing: FeatureRevision) {
        if self.revisions.len() <= position {
            self.revisions.resize(position + 1, None);
            self.routes.resize(position + 1, None);
        }
        if let (Some(route), Some(place)) = (self.routes.get_mut(position), self.revisions.get_mut(position)) {
            route.clone_from(&standing.route);
            *place = Some(Arc::new(standing));
        }
    }

    /// Whether an operator pinned the feature at a position.
    pub(crate) fn is_pinned(&self, position: usize) -> bool {
        matches!(self.routes.get(position), Some(Some(route)) if route.is_pinned())
    }

    /// Chooses for the feature at a position; `default` is what it gives without a usable state.
    #[inline(always)]
    pub(crate) fn decide<S: Subject + ?Sized>(
        &self,
        position: usize,
        default: u16,
        subject: &S,
        now: impl Fn() -> Timestamp,
        draw: impl Fn() -> u64,
        witness: &dyn AssignmentObserver,
    ) -> Outcome {
        match self.routes.get(position) {
            Some(Some(route)) => evaluate_before(route, subject, now, draw, witness),
            _ => Outcome::without_state(default, self.reason_for_default(position)),
        }
    }

    #[cold]
    fn reason_for_default(&self, position: usize) -> Reason {
        let quarantined = self.revision(position).is_some_and(|standing| !standing.removed);
        if quarantined { Reason::Quarantined } else { Reason::NoState }
    }
}

impl FeatureRevision {
    /// The route of the newest revision that is not quarantined.
    pub(crate) fn last_good(&self) -> Option<&Arc<Route>> {
        match (&self.quarantine, &self.uncompiled) {
            (None, None) => self.route.as_ref(),
            (Some(quarantine), _) => quarantine.last_valid.as_ref(),
            (None, Some(uncompiled)) => uncompiled.last_good.as_ref(),
        }
    }

    /// The place of the counter of a choice.
    pub(crate) fn counter(&self, position: u16) -> Option<usize> {
        self.counters.get(usize::from(position)).map(|place| *place as usize)
    }

    /// Whether an operator pinned the feature.
    pub(crate) fn is_pinned(&self) -> bool {
        self.route.as_ref().is_some_and(|route| route.is_pinned())
    }

    /// Whether the newest revision cannot be used, and none before it is known that could be.
    pub(crate) fn lacks_last_good(&self) -> bool {
        self.quarantine.as_ref().is_some_and(|quarantine| quarantine.last_valid.is_none())
    }

    /// The newest revision as a store would give it.
    pub(crate) fn to_entry(&self) -> Option<Entry> {
        Entry::recover(self.bytes.unpack(), self.hash)
    }
}
