//! Witnesses: how a decision asks what units used, and records what they use.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use feats_core::__private::{Experiment, Recollection, Witness};

use super::counting::count;
use crate::evaluate::{Outcome, Reason};
use crate::model::Value;
use crate::runtime::{Live, Patience, WaitBudget};

/// What a decision is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'n> {
    /// The choice is used: asks what units used, records that this one is exposed, and counts the use.
    Create(Counted),
    /// The choice is looked at: asks, and records nothing.
    Find,
    /// Somebody wants to know why: neither waits nor records.
    Explain,
    /// This implementation, which was chosen before, is used now: records and counts that, and does not wait.
    Use(Counted, u16),
    /// Somebody awaits the choice: what is not in memory is noted, to be asked later.
    Begin(&'n Notes),
}

/// Where the uses of a feature are counted: the place of the counter of its first implementation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted(pub(crate) u32);

impl Counted {
    /// The place of the counter of an implementation.
    #[inline]
    pub(super) fn place(self, choice: u16) -> usize {
        self.0 as usize + usize::from(choice)
    }
}

/// Asks and tells the history of an app, as the purpose of a decision wants it.
pub(super) struct Deciding<'a> {
    live: &'a Arc<Live>,
    purpose: Purpose<'a>,
    /// What the decisions of a scope may wait all together.
    budget: Option<&'a WaitBudget>,
}

/// What a decision would have asked and told, in order.
pub(crate) struct Notes {
    notes: Cell<Vec<Note>>,
    /// Set where the choice is going to be used.
    counted: Option<Counted>,
}

struct Note {
    live: Arc<Live>,
    experiment: Arc<Experiment>,
    unit: Value<'static>,
    matter: Matter,
}

enum Matter {
    /// What did the unit use?
    Question,
    /// It is given this, unless the answer to a question before says otherwise.
    Choice { choice: u16, touched: bool },
}

impl Witness for Deciding<'_> {
    fn recall(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> Recollection {
        let patience = match self.purpose {
            Purpose::Create(_) | Purpose::Find => self.budget.map_or(Patience::Wait, Patience::WaitWithin),
            Purpose::Explain | Purpose::Use(..) | Purpose::Begin(_) => Patience::None,
        };
        let recollection = self.live.history().used(experiment, unit, patience);
        if let (Recollection::Unknown, Purpose::Begin(notes)) = (recollection, self.purpose) {
            notes.push(self.note(experiment, unit, Matter::Question));
        }
        recollection
    }

    fn chosen(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, touched: bool) {
        match self.purpose {
            Purpose::Create(_) => self.live.history().expose(experiment, unit, choice, touched),
            // A choice that is none of the experiment's came from elsewhere.
            Purpose::Use(_, used) if experiment.name(used).is_some() => {
                self.live.history().expose(experiment, unit, used, touched);
            }
            Purpose::Begin(notes) => notes.push(self.note(experiment, unit, Matter::Choice { choice, touched })),
            Purpose::Find | Purpose::Explain | Purpose::Use(..) => {}
        }
    }
}

impl<'a> Deciding<'a> {
    pub(super) fn new(live: &'a Arc<Live>, purpose: Purpose<'a>) -> Self {
        Self { live, purpose, budget: None }
    }

    /// For a decision of a scope, which waits for the store no longer than one decision outside of it.
    pub(super) fn in_scope(live: &'a Arc<Live>, purpose: Purpose<'a>, budget: &'a WaitBudget) -> Self {
        Self { live, purpose, budget: Some(budget) }
    }

    /// Counts the use that a choice is, if it is one and a state or the default made it.
    #[inline]
    pub(super) fn count(&self, outcome: &Outcome) {
        if let (Some(place), false) = (self.purpose.counter(outcome.choice), outcome.reason == Reason::Override) {
            count(self.live, place);
        }
    }

    fn note(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, matter: Matter) -> Note {
        let (live, experiment) = (Arc::clone(self.live), Arc::clone(experiment));
        Note { live, experiment, unit: unit.clone().into_owned(), matter }
    }
}

impl Purpose<'_> {
    /// The place of the counter for a decision of this choice, if it is a use.
    #[inline]
    pub(super) fn counter(self, choice: u16) -> Option<usize> {
        match self {
            Purpose::Create(counted) => Some(counted.place(choice)),
            Purpose::Use(counted, used) => Some(counted.place(used)),
            Purpose::Begin(notes) => notes.counter(choice),
            Purpose::Find | Purpose::Explain => None,
        }
    }
}

impl Notes {
    /// For a choice that is going to be used and counted, or only looked at.
    pub(crate) fn new(counted: Option<Counted>) -> Self {
        Self { notes: Cell::default(), counted }
    }

    /// The place of the counter for a choice, unless what was noted may still change it.
    fn counter(&self, choice: u16) -> Option<usize> {
        let notes = self.notes.take();
        let settled = notes.is_empty();
        self.notes.set(notes);
        self.counted.filter(|_| settled).map(|counted| counted.place(choice))
    }

    fn push(&self, note: Note) {
        let mut notes = self.notes.take();
        notes.push(note);
        self.notes.set(notes);
    }

    /// Asks what was noted, and gives what the answers make of a choice; records its use if it is to be used.
    pub(crate) async fn conclude(self, choice: u16) -> u16 {
        let Self { notes, counted } = self;
        let mut app = None;
        for Note { live, experiment, unit, matter } in notes.into_inner() {
            let (choice, touched) = match matter {
                Matter::Choice { choice, touched } => (choice, touched),
                Matter::Question => match live.history().used_async(&experiment, &unit).await {
                    Recollection::Used(choice) if experiment.name(choice).is_some() => (choice, true),
                    _ => {
                        app = Some(live);
                        continue;
                    }
                },
            };
            if let Some(counted) = counted {
                live.history().expose(&experiment, &unit, choice, touched);
                count(&live, counted.place(choice));
            }
            return choice;
        }
        if let (Some(live), Some(counted)) = (app, counted) {
            count(&live, counted.place(choice));
        }
        choice
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notes").finish_non_exhaustive()
    }
}
