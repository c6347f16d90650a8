//! Witnesses: how a decision asks what units used, and records what they use.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use crate::engine::{Experiment, History, Live, Patience, Recollection, Witness};
use crate::model::Value;

/// What a decision is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'n> {
    /// The choice is used: asks what units used, and records that this one is exposed.
    Create,
    /// The choice is looked at: asks, and records nothing.
    Find,
    /// Somebody wants to know why: neither waits nor records.
    Explain,
    /// This implementation, which was chosen before, is used now: records that, and does not wait.
    Use(u16),
    /// Somebody awaits the choice: what is not in memory is noted, to be asked later.
    Begin(&'n Notes),
}

/// Asks and tells the history of an app, as the purpose of a decision wants it.
pub(super) struct Deciding<'a> {
    history: &'a Arc<dyn History>,
    purpose: Purpose<'a>,
}

/// What a decision would have asked and told, in order.
#[derive(Default)]
pub(crate) struct Notes(Cell<Vec<Note>>);

struct Note {
    history: Arc<dyn History>,
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
            Purpose::Create | Purpose::Find => Patience::Wait,
            Purpose::Explain | Purpose::Use(_) | Purpose::Begin(_) => Patience::None,
        };
        let recollection = self.history.used(experiment, unit, patience);
        if let (Recollection::Unknown, Purpose::Begin(notes)) = (recollection, self.purpose) {
            notes.push(self.note(experiment, unit, Matter::Question));
        }
        recollection
    }

    fn chosen(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, touched: bool) {
        match self.purpose {
            Purpose::Create => self.history.expose(experiment, unit, choice, touched),
            // A choice that is none of the experiment's came from elsewhere.
            Purpose::Use(used) if experiment.name(used).is_some() => {
                self.history.expose(experiment, unit, used, touched);
            }
            Purpose::Begin(notes) => notes.push(self.note(experiment, unit, Matter::Choice { choice, touched })),
            Purpose::Find | Purpose::Explain | Purpose::Use(_) => {}
        }
    }
}

impl<'a> Deciding<'a> {
    pub(super) fn new(live: &'a Live, purpose: Purpose<'a>) -> Self {
        Self { history: live.history(), purpose }
    }

    fn note(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, matter: Matter) -> Note {
        let (history, experiment) = (Arc::clone(self.history), Arc::clone(experiment));
        Note { history, experiment, unit: unit.clone().into_owned(), matter }
    }
}

impl Notes {
    fn push(&self, note: Note) {
        let mut notes = self.0.take();
        notes.push(note);
        self.0.set(notes);
    }

    /// Asks what was noted, and gives what the answers make of a choice; records its use if it is to be.
    pub(crate) async fn conclude(self, choice: u16, record: bool) -> u16 {
        for Note { history, experiment, unit, matter } in self.0.into_inner() {
            let (choice, touched) = match matter {
                Matter::Choice { choice, touched } => (choice, touched),
                Matter::Question => match history.used_async(&experiment, &unit).await {
                    Recollection::Used(choice) if experiment.name(choice).is_some() => (choice, true),
                    _ => continue,
                },
            };
            if record {
                history.expose(&experiment, &unit, choice, touched);
            }
            return choice;
        }
        choice
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notes").finish_non_exhaustive()
    }
}
