//! Observers of decisions: how one learns what units used before, and records what they use now.

use std::sync::Arc;

use feats_core::__private::{AssignmentObserver, Experiment, PriorAssignment};

use super::counted::Counted;
use super::deferred::{Action, Deferred, DeferredStep};
use crate::model::Value;
use crate::runtime::{SnapshotCell, WaitBudget, WaitPolicy};

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
    /// The choice is awaited: what is not in memory is deferred.
    Begin(&'n Deferred),
}

/// Observes the decisions of an app, as their purpose wants it.
pub(super) struct DecisionObserver<'a> {
    app: &'a Arc<SnapshotCell>,
    purpose: &'a Purpose<'a>,
    /// What the decisions of a scope may wait all together.
    budget: Option<&'a WaitBudget>,
}

impl AssignmentObserver for DecisionObserver<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        let patience = match *self.purpose {
            Purpose::Create(_) | Purpose::Find => self.budget.map_or(WaitPolicy::Wait, WaitPolicy::WaitWithin),
            Purpose::Explain | Purpose::Use(..) | Purpose::Begin(_) => WaitPolicy::None,
        };
        let recollection = self.app.history().prior_assignment(experiment, unit, patience);
        if let (PriorAssignment::Unknown, Purpose::Begin(deferred)) = (recollection, *self.purpose) {
            deferred.push(self.step(experiment, unit, Action::Ask));
        }
        recollection
    }

    fn on_assigned(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool) {
        match *self.purpose {
            Purpose::Create(_) => self.app.history().expose(experiment, unit, choice, reassigned),
            // A choice that is none of the experiment's came from elsewhere.
            Purpose::Use(_, used) if experiment.name(used).is_some() => {
                self.app.history().expose(experiment, unit, used, reassigned);
            }
            Purpose::Begin(deferred) => {
                deferred.push(self.step(experiment, unit, Action::Choose { choice, reassigned }))
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
    /// Where the use that a decision of this choice is has to be counted, and of which choice it is a use; `None` if it is not a
    /// use, or not yet.
    #[inline]
    pub(super) fn use_of(&self, choice: u16) -> Option<(Counted, u16)> {
        match *self {
            Purpose::Create(counted) => Some((counted, choice)),
            Purpose::Use(counted, used) => Some((counted, used)),
            Purpose::Begin(deferred) => Some((deferred.counts_now()?, choice)),
            Purpose::Find | Purpose::Explain => None,
        }
    }
}
