//! Deferred decisions: look-ups that memory cannot answer are deferred, and resolved without blocking a thread.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use feats_core::__private::{Experiment, PriorAssignment};

use super::counter_location::CounterLocation;
use super::counting::count;
use crate::model::Value;
use crate::runtime::SnapshotCell;

/// The deferred look-ups and assignments of a decision, in order.
pub(crate) struct DeferredDecision {
    steps: Cell<Vec<DeferredStep>>,
    /// Set if the choice is going to be used.
    counters: Option<CounterLocation>,
}

/// One step of a deferred decision.
pub(super) struct DeferredStep {
    pub(super) app: Arc<SnapshotCell>,
    pub(super) experiment: Arc<Experiment>,
    pub(super) unit: Value<'static>,
    pub(super) action: Action,
}

/// The action of a step.
pub(super) enum Action {
    /// Looks up the sticky assignment of the unit.
    LookUp,
    /// Assigns this choice to the unit, unless an earlier step has found a sticky assignment.
    Assign { choice: u16, reassigned: bool },
}

impl DeferredDecision {
    /// Creates a decision without deferred steps. `counters` is set if the choice is going to be used and counted.
    pub(crate) fn new(counters: Option<CounterLocation>) -> Self {
        Self { steps: Cell::default(), counters }
    }

    /// Returns the counters of the choice, unless a deferred step may still change the choice.
    pub(super) fn immediate_counter(&self) -> Option<CounterLocation> {
        let steps = self.steps.take();
        let is_certain = steps.is_empty();
        self.steps.set(steps);
        self.counters.filter(|_| is_certain)
    }

    pub(super) fn push(&self, step: DeferredStep) {
        let mut steps = self.steps.take();
        steps.push(step);
        self.steps.set(steps);
    }

    /// Runs the deferred steps, and returns the resulting choice. `choice` is the result without any steps. Records and counts
    /// the use if the choice is going to be used.
    pub(crate) async fn resolve(self, choice: u16) -> u16 {
        let Self { steps, counters } = self;
        let count_choice = |app: &Arc<SnapshotCell>, choice: u16| {
            if let Some(counters) = counters {
                count(app, counters.index(choice));
            }
        };
        let mut looked_up_in = None;
        for DeferredStep { app, experiment, unit, action } in steps.into_inner() {
            let (choice, reassigned) = match action {
                Action::Assign { choice, reassigned } => (choice, reassigned),
                Action::LookUp => match app.history().prior_assignment_async(&experiment, &unit).await {
                    PriorAssignment::Used(choice) if experiment.name(choice).is_some() => (choice, true),
                    _ => {
                        looked_up_in = Some(app);
                        continue;
                    }
                },
            };
            if counters.is_some() {
                app.history().expose(&experiment, &unit, choice, reassigned);
                count_choice(&app, choice);
            }
            return choice;
        }
        if let Some(app) = looked_up_in {
            count_choice(&app, choice);
        }
        choice
    }
}

impl fmt::Debug for DeferredDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").finish_non_exhaustive()
    }
}
