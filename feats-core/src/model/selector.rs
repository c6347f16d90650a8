//! Selectors: how a rule chooses among implementations.

use serde::Serialize;

use super::experiment::Experiment;
use super::gate::Gate;
use super::rollout::Rollout;

/// The way in which a rule chooses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Always this implementation.
    Static(String),
    /// By the unit's slot.
    Rollout(Box<Rollout>),
    /// By the unit's slot; a unit keeps the implementation that it used before.
    Experiment(Box<Experiment>),
    /// By conditions of which those are checked whose attributes the subject has.
    Gate(Box<Gate>),
}

impl Selector {
    /// Returns the distribution by slots: that of a rollout or an experiment.
    pub fn rollout(&self) -> Option<&Rollout> {
        match self {
            Selector::Static(_) | Selector::Gate(_) => None,
            Selector::Rollout(rollout) => Some(rollout),
            Selector::Experiment(experiment) => Some(&experiment.rollout),
        }
    }

    /// Returns the experiment, if this is one.
    pub fn experiment(&self) -> Option<&Experiment> {
        match self {
            Selector::Experiment(experiment) => Some(experiment),
            Selector::Static(_) | Selector::Rollout(_) | Selector::Gate(_) => None,
        }
    }

    /// Returns the gate, if this is one.
    pub fn gate(&self) -> Option<&Gate> {
        match self {
            Selector::Gate(gate) => Some(gate),
            Selector::Static(_) | Selector::Rollout(_) | Selector::Experiment(_) => None,
        }
    }

    /// Returns the wire name of this kind of selector.
    pub fn kind(&self) -> &'static str {
        match self {
            Selector::Static(_) => "static",
            Selector::Rollout(_) => "rollout",
            Selector::Experiment(_) => "experiment",
            Selector::Gate(_) => "gate",
        }
    }

    /// Returns all implementations that the selector names.
    pub fn choices(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Selector::Static(name) => (Some(name), None),
            Selector::Gate(gate) => (gate.pass.as_ref(), Some(&gate.fail)),
            Selector::Rollout(_) | Selector::Experiment(_) => (None, None),
        };
        let shares = self.rollout().map(|rollout| rollout.weights.keys());
        first.into_iter().chain(second).chain(shares.into_iter().flatten()).map(String::as_str)
    }

    /// Returns the rollout of a rollout or an experiment for modification.
    pub fn rollout_mut(&mut self) -> Option<&mut Rollout> {
        match self {
            Selector::Static(_) | Selector::Gate(_) => None,
            Selector::Rollout(rollout) => Some(rollout),
            Selector::Experiment(experiment) => Some(&mut experiment.rollout),
        }
    }

    /// The experiment, to change.
    pub fn experiment_mut(&mut self) -> Option<&mut Experiment> {
        match self {
            Selector::Experiment(experiment) => Some(experiment),
            Selector::Static(_) | Selector::Rollout(_) | Selector::Gate(_) => None,
        }
    }
}

impl From<Gate> for Selector {
    fn from(gate: Gate) -> Self {
        Selector::Gate(Box::new(gate))
    }
}

impl From<Rollout> for Selector {
    fn from(rollout: Rollout) -> Self {
        Selector::Rollout(Box::new(rollout))
    }
}

impl From<Experiment> for Selector {
    fn from(experiment: Experiment) -> Self {
        Selector::Experiment(Box::new(experiment))
    }
}
