//! The observer of decisions: looks up sticky assignments, and records exposures.

use std::sync::Arc;

use feats_core::__private::{AssignmentObserver, Experiment, PriorAssignment};

use super::counter_location::CounterLocation;
use super::deferred::{Action, DeferredDecision, DeferredStep};
use crate::model::Value;
use crate::runtime::{SnapshotCell, WaitBudget, WaitPolicy};

/// The purpose of a decision.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'n> {
    /// Uses the choice: waits for sticky assignments, records the exposure, and counts the use.
    Create(CounterLocation),
    /// Returns the choice: waits for sticky assignments, and records nothing.
    Find,
    /// Explains the choice: neither waits nor records.
    Explain,
    /// Uses an implementation that was chosen earlier: records the exposure and counts the use, and does not wait.
    Use(CounterLocation, u16),
    /// Awaits the choice: defers look-ups that memory cannot answer.
    Begin(&'n DeferredDecision),
}

/// The observer of a decision of an app, for its purpose.
pub(super) struct DecisionObserver<'a> {
    app: &'a Arc<SnapshotCell>,
    purpose: &'a Purpose<'a>,
    /// The time that all decisions of a scope may wait in total.
    budget: Option<&'a WaitBudget>,
}

impl AssignmentObserver for DecisionObserver<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        let wait_policy = match *self.purpose {
            Purpose::Create(_) | Purpose::Find => self.budget.map_or(WaitPolicy::Wait, WaitPolicy::WaitWithin),
            Purpose::Explain | Purpose::Use(..) | Purpose::Begin(_) => WaitPolicy::None,
        };
        let prior = self.app.history().prior_assignment(experiment, unit, wait_policy);
        if let (PriorAssignment::Unknown, Purpose::Begin(deferred)) = (prior, *self.purpose) {
            deferred.push(self.step(experiment, unit, Action::LookUp));
        }
        prior
    }

    fn on_assigned(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool) {
        match *self.purpose {
            Purpose::Create(_) => self.app.history().expose(experiment, unit, choice, reassigned),
            // If the choice is not an arm of the experiment, the experiment did not make it.
            Purpose::Use(_, used) if experiment.name(used).is_some() => {
                self.app.history().expose(experiment, unit, used, reassigned);
            }
            Purpose::Begin(deferred) => {
                deferred.push(self.step(experiment, unit, Action::Assign { choice, reassigned }))
            }
            Purpose::Find | Purpose::Explain | Purpose::Use(..) => {}
        }
    }
}

impl<'a> DecisionObserver<'a> {
    #[inline]
    pub(super) fn new(app: &'a Arc<SnapshotCell>, purpose: &'a Purpose<'a>, budget: Option<&'a WaitBudget>) -> Self {
        Self { app, purpose, budget }
    }

    fn step(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, action: Action) -> DeferredStep {
        let (app, experiment) = (Arc::clone(self.app), Arc::clone(experiment));
        DeferredStep { app, experiment, unit: unit.clone().into_owned(), action }
    }
}

impl Purpose<'_> {
    /// Returns the counters of the use that a decision with this choice is, and the choice that is used; `None` if the decision is
    /// not a use, or not yet.
    #[inline]
    pub(super) fn counted_use(&self, choice: u16) -> Option<(CounterLocation, u16)> {
        match *self {
            Purpose::Create(counters) => Some((counters, choice)),
            Purpose::Use(counters, used) => Some((counters, used)),
            Purpose::Begin(deferred) => Some((deferred.immediate_counter()?, choice)),
            Purpose::Find | Purpose::Explain => None,
        }
    }
}
