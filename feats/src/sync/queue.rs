//! The compile queue: of each feature, the newest revision whose rules are not compiled yet.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::compile::Route;
use crate::model::Entry;
use crate::runtime::FeatureRevision;

/// How many revisions of a feature are kept that newer ones replaced before they were compiled. If the newest one cannot be
/// used, the last good one among them decides.
const MAX_REPLACED: usize = 8;

/// The revisions that wait for being compiled, at most one for each feature.
#[derive(Default)]
pub(super) struct CompileQueue {
    waiting: HashMap<usize, Waiting>,
    /// The features whose revision no thread compiles yet, the next one first.
    order: BTreeMap<Priority, usize>,
    /// How many revisions were added so far.
    added: u64,
}

struct Waiting {
    entry: Arc<Entry>,
    priority: Priority,
    /// Older ones that it replaced, oldest first.
    replaced: Vec<Arc<Entry>>,
    /// The route of the newest replaced one that turned out to be good.
    last_valid: Option<Arc<Route>>,
}

/// What is compiled first: what decides nothing yet, then what has no patterns, then what is small, then what came first.
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
    /// What to try if it cannot be used, oldest first.
    pub(super) replaced: Vec<Arc<Entry>>,
}

/// What a compiled revision is good for.
#[derive(Debug)]
pub(super) enum Finished {
    /// It is the newest one. With it comes the route of the last good one that it replaced, if that is known.
    Newest(Option<Arc<Route>>),
    /// Newer ones have arrived.
    Late,
}

/// A compiled revision that is not installed yet.
pub(super) struct Built {
    pub(super) position: usize,
    pub(super) entry: Arc<Entry>,
    pub(super) revision: FeatureRevision,
    /// Where it cannot be used: the route of the newest good revision that it replaced before that was compiled.
    pub(super) last_valid: Option<Arc<Route>>,
}

impl CompileQueue {
    /// Adds a revision, in place of the one of the same feature.
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

    /// Removes the revision of a feature, and all that it replaced: another one decides already. Gives whether there was one.
    pub(super) fn cancel(&mut self, position: usize) -> bool {
        self.remove(position).is_some()
    }

    fn remove(&mut self, position: usize) -> Option<Waiting> {
        let waiting = self.waiting.remove(&position)?;
        self.order.remove(&waiting.priority);
        Some(waiting)
    }

    /// The next revision to compile. It stays here until it is [finished](Self::finish).
    pub(super) fn take(&mut self) -> Option<Task> {
        let (_, position) = self.order.pop_first()?;
        let waiting = self.waiting.get(&position)?;
        Some(Task { position, entry: waiting.entry.clone(), replaced: waiting.replaced.clone() })
    }

    /// A revision was compiled; `good` is its route if it can be used.
    pub(super) fn finish(&mut self, position: usize, entry: &Arc<Entry>, good: Option<&Arc<Route>>) -> Finished {
        let Some(waiting) = self.waiting.get_mut(&position) else { return Finished::Late };
        if Arc::ptr_eq(&waiting.entry, entry) {
            return Finished::Newest(self.remove(position).and_then(|waiting| waiting.last_valid));
        }
        if let Some(index) = waiting.replaced.iter().position(|replaced| Arc::ptr_eq(replaced, entry)) {
            match good {
                Some(good) => {
                    waiting.replaced.drain(..=index);
                    waiting.last_valid = Some(good.clone());
                }
                None => drop(waiting.replaced.remove(index)),
            }
        }
        Finished::Late
    }

    /// The revision of a feature.
    pub(super) fn get(&self, position: usize) -> Option<&Arc<Entry>> {
        self.waiting.get(&position).map(|waiting| &waiting.entry)
    }

    /// All revisions with the positions of their features.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Arc<Entry>)> {
        self.waiting.iter().map(|(position, waiting)| (*position, &waiting.entry))
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no revision is left that no thread compiles yet.
    pub(super) fn is_taken(&self) -> bool {
        self.order.is_empty()
    }

    /// How many revisions were added so far.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// Whether one of the first `added` revisions is still here: of one feature, or of any.
    pub(super) fn has_any_of(&self, added: u64, position: Option<usize>) -> bool {
        let is_one = |waiting: &Waiting| waiting.priority.number <= added;
        match position {
            Some(position) => self.waiting.get(&position).is_some_and(is_one),
            None => self.waiting.values().any(is_one),
        }
    }
}
