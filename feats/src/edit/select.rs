//! Rollouts and ramps whose segments and implementations the Rust compiler checks.

use std::marker::PhantomData;
use std::time::Duration;

use feats_core::__private::duration_text;

use super::condition::{AppliesTo, Untyped};
use crate::model::{self, Percent, Ramp, RampFrom, Selector, Timestamp};
use crate::registry::{Dynamic, FeatureKey, ImplementationName};
use crate::registry::{Feature, Segment, Takes};

/// A conversion into the selector of a rule of the feature `F`: from an implementation, a [`rollout`], an
/// [`experiment`](super::experiment), or a selector as data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a selector for the feature `{F}`",
    label = "use an implementation of `{F}`, or a rollout of its implementations by a segment that applies to it"
)]
pub trait IntoSelector<F: FeatureKey, Index> {
    /// Converts into a selector as data.
    fn into_selector(self) -> Selector;
}

/// A rollout of implementations of `F` to the units of the segment `S`. Created by [`rollout`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a rollout does nothing until it is part of a published rule"]
pub struct Rollout<F, S> {
    rollout: model::Rollout,
    types: PhantomData<fn() -> (F, S)>,
}

/// Creates a rollout that splits the units of a segment among implementations. The percentages are integers, or floats with at
/// most four decimals, and sum to 100.
///
/// If the rule of this name (or `otherwise`) already has a rollout, publishing moves only as many units as the new percentages
/// require.
///
/// ```
/// use feats::edit::rollout;
/// # #[feats::segment] pub trait UserId { fn id(id: &u64) -> u64 { *id } }
/// # #[feats::boolean] pub fn Search(id: &u64) -> bool { false }
/// let canary = rollout(UserId, [(Search::Enabled, 5.0), (Search::Default, 95.0)]);
/// ```
///
/// The values of several segments together can be the unit. Then the names of segments and implementations are checked when the
/// rollout is published.
///
/// ```
/// use feats::model::Rollout;
/// let canary = Rollout::new(["Tenant", "UserId"], [("enabled", 5.0), ("default", 95.0)]);
/// ```
pub fn rollout<F: Feature, S: Segment, P: Into<Percent>>(
    by: S,
    weights: impl IntoIterator<Item = (F, P)>,
) -> Rollout<F, S> {
    let _ = by;
    let weights = weights.into_iter().map(|(implementation, percent)| (implementation.as_ref().to_owned(), percent));
    Rollout { rollout: model::Rollout::new(S::NAME, weights), types: PhantomData }
}

impl<F: Feature, S> Rollout<F, S> {
    /// Selects the input of the feature that the segment reads, if it applies to several. The name of the input is checked when
    /// the rollout is published.
    pub fn of(mut self, input: impl Into<String>) -> model::Rollout {
        self.rollout.input = Some(input.into());
        self.rollout
    }

    /// Sets the seed, which is the identity of the rollout. Another seed reassigns every unit.
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.rollout.seed = Some(seed.into());
        self
    }

    /// Starts the ramp from these percentages instead of the current ones of the rollout.
    pub fn ramp_from<P: Into<Percent>>(mut self, weights: impl IntoIterator<Item = (F, P)>) -> Self {
        let weights = weights.into_iter().map(|(choice, percent)| (choice.as_ref().to_owned(), percent.into()));
        self.ramp().from = Some(RampFrom::Weights(weights.collect()));
        self
    }

    /// Starts the ramp at this time instead of when it is published.
    ///
    /// ```
    /// use feats::edit::rollout;
    /// # use std::time::Duration;
    /// # #[feats::segment] pub trait UserId { fn id(id: &u64) -> u64 { *id } }
    /// # #[feats::boolean] pub fn Search(id: &u64) -> bool { false }
    /// # fn main() -> feats::Result<()> {
    /// let ramp = rollout(UserId, [(Search::Enabled, 80), (Search::Default, 20)])
    ///     .ramp_from([(Search::Enabled, 20), (Search::Default, 80)])
    ///     .starts_at("2026-12-01T09:00:00Z".parse()?)
    ///     .ramp_over(Duration::from_secs(1_800));
    /// # Ok(()) }
    /// ```
    pub fn starts_at(mut self, start: Timestamp) -> Self {
        self.ramp().start = start.to_string();
        self
    }

    /// Makes the rollout a ramp: the percentages change linearly over this duration, with a precision of one millisecond. The
    /// ramp starts when it is published unless [`starts_at`](Self::starts_at) sets another time.
    pub fn ramp_over(mut self, duration: Duration) -> Self {
        self.ramp().duration = duration_text(duration);
        self
    }

    fn ramp(&mut self) -> &mut Ramp {
        self.rollout.ramp.get_or_insert_with(|| Ramp::new("", "0s"))
    }
}

impl<F: Feature> IntoSelector<F, Untyped> for F {
    fn into_selector(self) -> Selector {
        Selector::Static(self.as_ref().to_owned())
    }
}

impl<F: Takes<Inputs>, S: AppliesTo<Inputs, Index>, Inputs, Index> IntoSelector<F, (Inputs, Index)> for Rollout<F, S> {
    fn into_selector(self) -> Selector {
        self.rollout.into()
    }
}

impl<F: FeatureKey> IntoSelector<F, Untyped> for Selector {
    fn into_selector(self) -> Selector {
        self
    }
}

impl<F: FeatureKey> IntoSelector<F, Untyped> for model::Rollout {
    fn into_selector(self) -> Selector {
        self.into()
    }
}

impl IntoSelector<Dynamic, Untyped> for ImplementationName {
    fn into_selector(self) -> Selector {
        Selector::Static(self.to_string())
    }
}

impl IntoSelector<Dynamic, Untyped> for &str {
    fn into_selector(self) -> Selector {
        Selector::Static(self.to_owned())
    }
}
