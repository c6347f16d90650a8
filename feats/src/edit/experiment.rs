//! Experiments whose segments and implementations the Rust compiler checks.

use std::marker::PhantomData;

use super::condition::{AppliesTo, Untyped};
use super::select::IntoSelector;
use crate::model::{self, Percent, Selector};
use crate::registry::FeatureKey;
use crate::registry::{Feature, Segment, Takes};

/// An experiment with implementations of `F` on the units of the segment `S`. Created by [`experiment`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an experiment does nothing until it is part of a published rule"]
pub struct Experiment<F, S> {
    experiment: model::Experiment,
    types: PhantomData<fn() -> (F, S)>,
}

/// Creates an experiment that splits the units of a segment among implementations. The percentages are integers, or floats with
/// at most four decimals, and sum to 100. A unit that has used an implementation keeps it when the percentages change.
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
    /// Sets the percentage of the units that enter the experiment; the next rule decides for the others. Units that have used an
    /// implementation stay in when the share decreases.
    pub fn share(mut self, percent: impl Into<Percent>) -> Self {
        self.experiment.share = percent.into();
        self
    }

    /// Selects the input of the feature that the segment reads, if it applies to several. The name of the input is checked when
    /// the experiment is published.
    pub fn of(mut self, input: impl Into<String>) -> model::Experiment {
        self.experiment.rollout.input = Some(input.into());
        self.experiment
    }

    /// Sets the seed, which is the identity of the experiment. With another seed, it is another experiment without sticky
    /// assignments.
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.experiment.rollout.seed = Some(seed.into());
        self
    }
}

impl<F: Takes<Inputs>, S: AppliesTo<Inputs, Index>, Inputs, Index> IntoSelector<F, (Inputs, Index)>
    for Experiment<F, S>
{
    fn into_selector(self) -> Selector {
        self.experiment.into()
    }
}

impl<F: FeatureKey> IntoSelector<F, Untyped> for model::Experiment {
    fn into_selector(self) -> Selector {
        self.into()
    }
}
