//! What an evaluation asks and tells of the history of an experiment's units.

use std::sync::Arc;

use crate::compile::Experiment;
use crate::model::Value;

/// What the history says of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorAssignment {
    /// Nothing, within the time there was.
    Unknown,
    /// It used none of the implementations.
    Unused,
    /// It used this one first.
    Used(u16),
}

/// What an evaluation asks and tells while it meets experiments.
pub trait AssignmentObserver {
    /// What a unit used.
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment;

    /// An experiment chose. `reassigned` says whether it asked.
    fn on_assigned(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, reassigned: bool);
}

/// Knows nothing and hears nothing.
pub(crate) struct NoopObserver;

impl AssignmentObserver for NoopObserver {
    fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>) -> PriorAssignment {
        PriorAssignment::Unknown
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
