//! Compiled selectors.

use std::sync::Arc;

use super::experiment::Experiment;
use super::gate::Gate;
use super::owners::{Owners, Ramp};
use super::source::Source;

use crate::bucketing::Seed;
use crate::model::Timestamp;

/// A compiled selector.
#[derive(Clone, Debug)]
pub(crate) enum Select {
    Static(u16),
    Rollout(Arc<Rollout>),
    /// By the units of this segment.
    Experiment(Source, Arc<Experiment>),
    /// By conditions.
    Gate(Arc<Gate>),
}

#[derive(Debug)]
pub(crate) struct Rollout {
    pub(crate) units: Units,
    pub(crate) seed: Seed,
    pub(crate) owners: Owners,
    pub(crate) ramp: Option<Ramp>,
}

/// The units of a rollout.
#[derive(Debug)]
pub(crate) enum Units {
    /// The values of a segment.
    One(Source),
    /// A random draw in each evaluation.
    Random,
    /// Units whose bytes each evaluation assembles.
    Assembled(Assembled),
}

/// Units of several values, and those of another system's function.
#[derive(Debug)]
pub(crate) enum Assembled {
    /// The values of these segments together.
    Segments(Box<[Source]>),
    /// All attributes of the subject together.
    All,
    /// In Flipper's buckets: the attributes with these names, sorted.
    Flipper(Box<[(Arc<str>, Source)]>),
    /// In Flipper's buckets: all attributes of the subject.
    FlipperAll,
    /// In Flypper's buckets.
    Flypper(Source),
}

impl Select {
    /// Returns the same selector in another version of the state; uses of experiments are counted by version.
    pub(crate) fn at_version(&self, version: u64) -> Self {
        match self {
            Select::Experiment(by, experiment) => Select::Experiment(*by, Arc::new(experiment.at_version(version))),
            select => select.clone(),
        }
    }

    pub(crate) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        let by = match self {
            Select::Static(_) => return,
            Select::Gate(gate) => return Gate::for_each_source(gate, visit),
            Select::Rollout(rollout) => match Arc::get_mut(rollout).map(|rollout| &mut rollout.units) {
                Some(Units::One(source)) => std::slice::from_mut(source),
                Some(Units::Assembled(assembled)) => return assembled.for_each_source(visit),
                Some(Units::Random) | None => return,
            },
            Select::Experiment(by, _) => std::slice::from_mut(by),
        };
        by.iter_mut().for_each(visit);
    }
}

impl Units {
    /// Returns the sources of the values, in order; none for a random draw, and `None` for all attributes.
    pub(crate) fn sources(&self) -> Option<Vec<Source>> {
        match self {
            Units::Random => Some(Vec::new()),
            Units::One(source) | Units::Assembled(Assembled::Flypper(source)) => Some(vec![*source]),
            Units::Assembled(Assembled::Segments(sources)) => Some(sources.to_vec()),
            Units::Assembled(Assembled::Flipper(attributes)) => {
                Some(attributes.iter().map(|(_, source)| *source).collect())
            }
            Units::Assembled(Assembled::All | Assembled::FlipperAll) => None,
        }
    }
}

impl Assembled {
    fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        match self {
            Assembled::Segments(sources) => sources.iter_mut().for_each(visit),
            Assembled::Flipper(attributes) => attributes.iter_mut().for_each(|(_, source)| visit(source)),
            Assembled::Flypper(source) => visit(source),
            Assembled::All | Assembled::FlipperAll => {}
        }
    }
}

impl Rollout {
    /// Returns the owner of a slot at an instant. `now` is called only if there is a ramp.
    #[inline(always)]
    pub(crate) fn owner(&self, slot: u32, now: impl FnOnce() -> Timestamp) -> Option<u16> {
        match &self.ramp {
            None => self.owners.owner(slot),
            Some(ramp) => ramp.owner(slot, now()),
        }
    }
}
