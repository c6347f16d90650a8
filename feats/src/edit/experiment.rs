//! Experiments whose segments and implementations the compiler knows.

use std::marker::PhantomData;

use super::condition::{AppliesTo, Untyped};
use super::select::IntoSelector;
use crate::model::{self, Percent, Selector};
use crate::registry::FeatureKey;
use crate::registry::{Feature, Segment, Takes};

/// An experiment with implementations of `F` on the units of the segment `S`.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an experiment does nothing until it is part of a published rule"]
pub struct Experiment<F, S> {
    experiment: model::Experiment,
    types: PhantomData<fn() -> (F, S)>,
}

/// Divides the units of a segment among implementations, by percentages that sum to 100: integers, or floats
/// with at most four decimals. A unit that has used an implementation keeps it when the percentages change.
///
/// ```
/// use feats::edit::experiment;
/// # #[feats::segment] pub trait UserId { fn id(id: &u64) -> u64 { *id } }
/// # #[feats::boolean] pub fn Search(id: &u64) -> bool { false }
/// let half_of_a_fifth = experiment(UserId, [(Search::Enabled, 50), (Search::Default, 50)]).share(20);
/// ```
pub fn experiment<F: Feature, S: Segment, P: Into<Percent>>(
    by: S,
    weights: impl IntoIterator<Item = (F, P)>,
) -> Experiment<F, S> {
    let _ = by;
    let weights = weights.into_iter().map(|(implementation, percent)| (implementation.as_ref().to_owned(), percent));
    Experiment { experiment: model::Experiment::new(S::NAME, weights), types: PhantomData }
}

impl<F: Feature, S> Experiment<F, S> {
    /// Lets only this percentage of the units enter; the others go on with the next rule. Whoever has used an
    /// implementation stays in when the share shrinks.
    pub fn share(mut self, percent: impl Into<Percent>) -> Self {
        self.experiment.share = percent.into();
        self
    }

    /// Says which input of the feature the segment is taken from, where several fit. Checked on publish.
    pub fn of(mut self, input: impl Into<String>) -> model::Experiment {
        self.experiment.rollout.input = Some(input.into());
        self.experiment
    }

    /// Names the identity of the experiment: another seed is another experiment, which remembers nobody.
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.experiment.rollout.seed = Some(seed.into());
        self
    }
}

impl<F: Takes<Inputs>, S: AppliesTo<Inputs, At>, Inputs, At> IntoSelector<F, (Inputs, At)> for Experiment<F, S> {
    fn into_selector(self) -> Selector {
        self.experiment.into()
    }
}

impl<F: FeatureKey> IntoSelector<F, Untyped> for model::Experiment {
    fn into_selector(self) -> Selector {
        self.into()
    }
}
