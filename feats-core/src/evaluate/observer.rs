//! Observers of experiments, which provide prior assignments and are notified of choices.

use std::sync::Arc;

use crate::compile::Experiment;
use crate::model::Value;

/// The assignment of a unit before this evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorAssignment {
    /// The history could not be looked up in time.
    Unknown,
    /// The unit used none of the implementations.
    Unused,
    /// The unit used this implementation first.
    Used(u16),
}

/// An observer of the experiments in an evaluation.
pub trait AssignmentObserver {
    /// Returns the prior assignment of a unit.
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment;

    /// Notifies the observer of an experiment's choice. `reassigned` is `true` if the prior assignment was requested.
    fn on_assigned(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool);
}

/// An observer without knowledge, which ignores notifications.
pub(crate) struct NoopObserver;

impl AssignmentObserver for NoopObserver {
    fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>) -> PriorAssignment {
        PriorAssignment::Unknown
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
