//! What an evaluation asks and tells of the history of an experiment's units.

use std::sync::Arc;

use crate::compile::Experiment;
use crate::model::Value;

/// What the history says of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recollection {
    /// Nothing, within the time there was.
    Unknown,
    /// It used none of the implementations.
    Unused,
    /// It used this one first.
    Used(u16),
}

/// What an evaluation asks and tells while it meets experiments.
pub trait Witness {
    /// What a unit used.
    fn recall(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> Recollection;

    /// An experiment chose. `touched` says whether it asked.
    fn chosen(&self, experiment: &Arc<Experiment>, unit: &Value<'_>, choice: u16, touched: bool);
}

/// Knows nothing and hears nothing.
pub(crate) struct Nobody;

impl Witness for Nobody {
    fn recall(&self, _: &Arc<Experiment>, _: &Value<'_>) -> Recollection {
        Recollection::Unknown
    }

    fn chosen(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
