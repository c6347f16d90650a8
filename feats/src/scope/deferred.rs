//! Decisions that are awaited: what is not in memory is deferred, and resolved without blocking a thread.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use feats_core::__private::{Experiment, PriorAssignment};

use super::counted::Counted;
use super::counting::count;
use crate::model::Value;
use crate::runtime::SnapshotCell;

/// What a decision would have asked and recorded, in order.
pub(crate) struct Deferred {
    steps: Cell<Vec<DeferredStep>>,
    /// Set where the choice is going to be used.
    counted: Option<Counted>,
}

/// One step of a decision that is awaited.
pub(super) struct DeferredStep {
    pub(super) app: Arc<SnapshotCell>,
    pub(super) experiment: Arc<Experiment>,
    pub(super) unit: Value<'static>,
    pub(super) action: Action,
}

/// What a step does.
pub(super) enum Action {
    /// Asks what the unit used.
    Ask,
    /// Gives the unit this choice, unless the answer to a question before says otherwise.
    Choose { choice: u16, reassigned: bool },
}

impl Deferred {
    /// For a choice that is going to be used and counted, or only looked at.
    pub(crate) fn new(counted: Option<Counted>) -> Self {
        Self { steps: Cell::default(), counted }
    }

    /// Where the choice is counted, unless a deferred step may still change it.
    pub(super) fn counts_now(&self) -> Option<Counted> {
        let steps = self.steps.take();
        let is_certain = steps.is_empty();
        self.steps.set(steps);
        self.counted.filter(|_| is_certain)
    }

    pub(super) fn push(&self, step: DeferredStep) {
        let mut steps = self.steps.take();
        steps.push(step);
        self.steps.set(steps);
    }

    /// Asks what was deferred, and gives what the answers make of a choice; records its use if it is to be used.
    pub(crate) async fn resolve(self, choice: u16) -> u16 {
        let Self { steps, counted } = self;
        let count_choice = |app: &Arc<SnapshotCell>, choice: u16| {
            if let Some(counted) = counted {
                count(app, counted.place(choice));
            }
        };
        let mut asked = None;
        for DeferredStep { app, experiment, unit, action } in steps.into_inner() {
            let (choice, reassigned) = match action {
                Action::Choose { choice, reassigned } => (choice, reassigned),
                Action::Ask => match app.history().prior_assignment_async(&experiment, &unit).await {
                    PriorAssignment::Used(choice) if experiment.name(choice).is_some() => (choice, true),
                    _ => {
                        asked = Some(app);
                        continue;
                    }
                },
            };
            if counted.is_some() {
                app.history().expose(&experiment, &unit, choice, reassigned);
                count_choice(&app, choice);
            }
            return choice;
        }
        if let Some(app) = asked {
            count_choice(&app, choice);
        }
        choice
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").finish_non_exhaustive()
    }
}
