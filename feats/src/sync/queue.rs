//! The compile queue: the newest revision of each feature that is not compiled yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::compile::Route;
use crate::model::Entry;
use crate::runtime::FeatureRevision;

/// The maximum number of replaced revisions that are kept for each feature. If the newest one is not valid, the last valid one among
/// them takes effect.
const MAX_REPLACED: usize = 8;

/// The revisions that wait to be compiled, at most one for each feature.
#[derive(Default)]
pub(super) struct CompileQueue {
    waiting: HashMap<usize, Waiting>,
    /// The features whose revision is not being compiled yet, in order of priority.
    order: BTreeMap<Priority, usize>,
    /// The number of revisions that were added so far.
    added: u64,
}

struct Waiting {
    entry: Arc<Entry>,
    priority: Priority,
    /// Older revisions that it replaced, oldest first.
    replaced: Vec<Arc<Entry>>,
    /// The route of the newest replaced revision that is known to be valid.
    last_valid: Option<Arc<Route>>,
}

/// The order of compilation: revisions without a pin in effect first, then those without patterns, then smaller ones, then older ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Priority {
    is_pinned: bool,
    has_patterns: bool,
    bytes: usize,
    number: u64,
}

/// One revision to compile.
pub(super) struct Task {
    pub(super) position: usize,
    pub(super) entry: Arc<Entry>,
    /// The revisions to try if it is not valid, oldest first.
    pub(super) replaced: Vec<Arc<Entry>>,
}

/// The outcome of a compilation.
#[derive(Debug)]
pub(super) enum Finished {
    /// The revision is the newest. Carries the route of the last valid one that it replaced, if that is known.
    Newest(Option<Arc<Route>>),
    /// A newer revision has arrived.
    Outdated,
}

/// A compiled revision that is not installed yet.
pub(super) struct Built {
    pub(super) position: usize,
    pub(super) entry: Arc<Entry>,
    pub(super) revision: FeatureRevision,
    /// If it is not valid, the route of the newest valid revision that it replaced in the queue.
    pub(super) last_valid: Option<Arc<Route>>,
}

impl CompileQueue {
    /// Adds a revision, which replaces the one of the same feature.
    pub(super) fn push(&mut self, position: usize, entry: Entry, is_pinned: bool, has_patterns: bool) {
        self.added += 1;
        let priority = Priority { is_pinned, has_patterns, bytes: entry.bytes.len(), number: self.added };
        let mut new = Waiting { entry: Arc::new(entry), priority, replaced: Vec::new(), last_valid: None };
        if let Some(before) = self.remove(position) {
            new.replaced = before.replaced;
            if new.replaced.len() == MAX_REPLACED {
                new.replaced.remove(0);
            }
            new.replaced.push(before.entry);
            new.last_valid = before.last_valid;
        }
        self.order.insert(priority, position);
        self.waiting.insert(position, new);
    }

    /// Removes the revision of a feature, and those that it replaced, because another one is in effect already. Returns `true` if there
    /// was one.
    pub(super) fn cancel(&mut self, position: usize) -> bool {
        self.remove(position).is_some()
    }

    fn remove(&mut self, position: usize) -> Option<Waiting> {
        let waiting = self.waiting.remove(&position)?;
        self.order.remove(&waiting.priority);
        Some(waiting)
    }

    /// Returns the next revision to compile. It stays in the queue until it is [finished](Self::finish).
    pub(super) fn take(&mut self) -> Option<Task> {
        let (_, position) = self.order.pop_first()?;
        let waiting = self.waiting.get(&position)?;
        Some(Task { position, entry: waiting.entry.clone(), replaced: waiting.replaced.clone() })
    }

    /// Reports that a revision was compiled. `valid_route` is its route if it is valid.
    pub(super) fn finish(&mut self, position: usize, entry: &Arc<Entry>, valid_route: Option<&Arc<Route>>) -> Finished {
        let Some(waiting) = self.waiting.get_mut(&position) else { return Finished::Outdated };
        if Arc::ptr_eq(&waiting.entry, entry) {
            return Finished::Newest(self.remove(position).and_then(|waiting| waiting.last_valid));
        }
        if let Some(index) = waiting.replaced.iter().position(|replaced| Arc::ptr_eq(replaced, entry)) {
            match valid_route {
                Some(route) => {
                    waiting.replaced.drain(..=index);
                    waiting.last_valid = Some(route.clone());
                }
                None => drop(waiting.replaced.remove(index)),
            }
        }
        Finished::Outdated
    }

    /// Returns the queued revision of a feature.
    pub(super) fn get(&self, position: usize) -> Option<&Arc<Entry>> {
        self.waiting.get(&position).map(|waiting| &waiting.entry)
    }

    /// Iterates over all revisions, with the positions of their features.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Arc<Entry>)> {
        self.waiting.iter().map(|(position, waiting)| (*position, &waiting.entry))
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Returns `true` if every queued revision is being compiled.
    pub(super) fn is_taken(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns the number of revisions that were added so far.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// Returns `true` if one of the first `added` revisions is still queued: that of one feature, or any.
    pub(super) fn has_any_of(&self, added: u64, position: Option<usize>) -> bool {
        let is_one = |waiting: &Waiting| waiting.priority.number <= added;
        match position {
            Some(position) => self.waiting.get(&position).is_some_and(is_one),
            None => self.waiting.values().any(is_one),
        }
    }
}
