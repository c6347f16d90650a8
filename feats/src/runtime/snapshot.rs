//! Snapshots: the routes of all features at one moment, replaced as a whole.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxBuildHasher;
use serde_json::Value as Json;

use feats_core::__private::{AssignmentObserver, evaluate_with_observer};

use super::compressed::Compressed;
use super::flag_status::FlagStatus;
use super::subject::SubjectSource;
use crate::compile::Route;
use crate::error::Problem;
use crate::evaluate::{Outcome, Reason};
use crate::model::{Entry, Hash, Timestamp};

/// The routes of all features at one moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Snapshot {
    /// The revisions by the position of the feature; `None` if the feature has no revision.
    revisions: Vec<Option<Arc<FeatureRevision>>>,
    /// A copy of the routes of the revisions, which saves each decision a pointer.
    routes: Vec<Option<Arc<Route>>>,
    /// The index of the first counter of each revision whose counters are consecutive, else `NOT_CONSECUTIVE`; for the same reason.
    first_counters: Vec<u32>,
    /// The positions of all features, by name.
    positions: Arc<Positions>,
}

/// The values of a state by name, on the heap because few states have some.
pub(crate) type Values = Box<[(String, Json)]>;

/// The positions of features, by name.
pub(crate) type Positions = HashMap<Arc<str>, Position, FxBuildHasher>;

/// The position of a feature in every snapshot of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) index: u32,
    /// `true` for a flag that this program does not declare as a feature.
    pub(crate) is_flag: bool,
}

/// The newest revision of a feature, and the route that decides in this program.
#[derive(Debug)]
pub(crate) struct FeatureRevision {
    /// The version of the newest revision.
    pub(crate) version: u64,
    /// The hash of the newest revision.
    pub(crate) hash: Hash,
    /// The stored bytes of the newest revision.
    pub(crate) bytes: Compressed,
    /// The route that decides; `None` if the default decides.
    pub(crate) route: Option<Arc<Route>>,
    /// Set while this program cannot use the newest revision.
    pub(crate) quarantine: Option<Box<QuarantinedRevision>>,
    /// Set while the route only has the pin of the newest revision, because its rules are not compiled yet.
    pub(crate) uncompiled: Option<Box<Uncompiled>>,
    /// `true` if the newest revision is a tombstone.
    pub(crate) removed: bool,
    /// Whether the newest revision is that of a flag.
    pub(crate) flag: FlagStatus,
    /// The indexes of the counters of the choices, if the feature is declared by hand or a flag.
    pub(crate) counters: CounterIndexes,
    /// The values of the state, once one of them was asked for.
    pub(crate) values: OnceLock<Values>,
}

/// The indexes of the counters of a revision's choices.
#[derive(Clone, Debug, Default)]
pub(crate) enum CounterIndexes {
    /// The uses are counted elsewhere, or not at all.
    #[default]
    None,
    /// The choices have consecutive counters from this one.
    From(u32),
    Listed(Box<[u32]>),
}

/// The first counter of a revision whose counters are not consecutive.
const NOT_CONSECUTIVE: u32 = u32::MAX;

/// A revision in quarantine: its problems, and the last valid route, which decides instead.
#[derive(Debug)]
pub(crate) struct QuarantinedRevision {
    pub(crate) problems: Vec<Problem>,
    /// The route of the last valid revision.
    pub(crate) last_valid: Option<Arc<Route>>,
}

/// The last valid route before a pinned revision whose rules are not compiled yet.
#[derive(Debug)]
pub(crate) struct Uncompiled {
    /// The route of the last valid revision.
    pub(crate) last_valid: Option<Arc<Route>>,
}

impl Snapshot {
    /// Returns the revision of the feature at a position.
    #[inline]
    pub(crate) fn revision(&self, position: usize) -> Option<&Arc<FeatureRevision>> {
        self.revisions.get(position).and_then(Option::as_ref)
    }

    /// Returns the position of a feature.
    #[inline]
    pub(crate) fn position(&self, name: &str) -> Option<Position> {
        self.positions.get(name).copied()
    }

    /// Returns the positions of all features.
    pub(crate) fn positions(&self) -> &Arc<Positions> {
        &self.positions
    }

    /// Sets the positions of all features.
    pub(crate) fn set_positions(&mut self, positions: Arc<Positions>) {
        self.positions = positions;
    }

    /// Returns all revisions with the positions of their features.
    pub(crate) fn revisions(&self) -> impl Iterator<Item = (usize, &Arc<FeatureRevision>)> {
        let revisions = self.revisions.iter().enumerate();
        revisions.filter_map(|(position, revision)| Some((position, revision.as_ref()?)))
    }

    /// Sets the revision of the feature at a position.
    pub(crate) fn set(&mut self, position: usize, revision: FeatureRevision) {
        if self.revisions.len() <= position {
            self.revisions.resize(position + 1, None);
            self.routes.resize(position + 1, None);
            self.first_counters.resize(position + 1, NOT_CONSECUTIVE);
        }
        if let Some(first) = self.first_counters.get_mut(position) {
            *first = match revision.counters {
                CounterIndexes::From(first) => first,
                CounterIndexes::None | CounterIndexes::Listed(_) => NOT_CONSECUTIVE,
            };
        }
        if let (Some(route), Some(place)) = (self.routes.get_mut(position), self.revisions.get_mut(position)) {
            route.clone_from(&revision.route);
            *place = Some(Arc::new(revision));
        }
    }

    /// Returns the index of the counter of a choice of the feature at a position, if each of its revisions has counters.
    #[inline]
    pub(crate) fn counter(&self, position: usize, choice: u16) -> Option<usize> {
        match self.first_counters.get(position) {
            None | Some(&NOT_CONSECUTIVE) => self.revision(position)?.counters.get(choice),
            Some(first) => Some(*first as usize + usize::from(choice)),
        }
    }

    /// Returns `true` if the feature at a position is pinned.
    pub(crate) fn is_pinned(&self, position: usize) -> bool {
        matches!(self.routes.get(position), Some(Some(route)) if route.is_pinned())
    }

    /// Decides for the feature at a position. `default` is the choice if there is no valid state.
    #[inline(always)]
    pub(crate) fn decide<S: SubjectSource>(
        &self,
        position: usize,
        default: u16,
        subject: &S,
        now: impl Fn() -> Timestamp,
        draw: impl Fn() -> u64,
        observer: &dyn AssignmentObserver,
    ) -> Outcome {
        match self.routes.get(position) {
            Some(Some(route)) => {
                subject.with_subject(route, |subject| evaluate_with_observer(route, subject, now, draw, observer))
            }
            _ => Outcome::without_state(default, self.reason_for_default(position)),
        }
    }

    #[cold]
    fn reason_for_default(&self, position: usize) -> Reason {
        let quarantined = self.revision(position).is_some_and(|revision| !revision.removed);
        if quarantined { Reason::Quarantined } else { Reason::NoState }
    }
}

impl CounterIndexes {
    /// Creates the indexes of counters from those of each choice; `choices` is the number of choices.
    pub(crate) fn new(indexes: Box<[u32]>, choices: usize) -> Self {
        match indexes.first() {
            None => Self::None,
            Some(first) if indexes.len() == choices && indexes.iter().copied().eq((*first..).take(choices)) => {
                Self::From(*first)
            }
            Some(_) => Self::Listed(indexes),
        }
    }

    fn get(&self, choice: u16) -> Option<usize> {
        match self {
            Self::None => None,
            Self::From(first) => Some(*first as usize + usize::from(choice)),
            Self::Listed(indexes) => indexes.get(usize::from(choice)).map(|index| *index as usize),
        }
    }
}

impl FeatureRevision {
    /// Returns the route of the newest revision that is not quarantined.
    pub(crate) fn last_valid(&self) -> Option<&Arc<Route>> {
        match (&self.quarantine, &self.uncompiled) {
            (None, None) => self.route.as_ref(),
            (Some(quarantine), _) => quarantine.last_valid.as_ref(),
            (None, Some(uncompiled)) => uncompiled.last_valid.as_ref(),
        }
    }

    /// Returns a value of the newest revision by name.
    pub(crate) fn value(&self, name: &str) -> Option<&Json> {
        let decode = || Some(self.to_entry()?.decode().ok()?.state().values.into_iter().collect());
        let values = self.values.get_or_init(|| decode().unwrap_or_default());
        values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns `true` if the feature is pinned.
    pub(crate) fn is_pinned(&self) -> bool {
        self.route.as_ref().is_some_and(|route| route.is_pinned())
    }

    /// Returns `true` if the newest revision cannot be used and no earlier valid one is known.
    pub(crate) fn lacks_last_valid(&self) -> bool {
        self.quarantine.as_ref().is_some_and(|quarantine| quarantine.last_valid.is_none())
    }

    /// Returns the newest revision in its stored form.
    pub(crate) fn to_entry(&self) -> Option<Entry> {
        Entry::recover(self.bytes.decompress(), self.hash)
    }
}
