//! Selectors: how a rule chooses among implementations.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::division::{self, Progress};
use super::experiment::Experiment;
use super::slots::SLOTS;
use super::time::{Timestamp, duration_millis};

/// How a rule chooses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// Always this implementation.
    Static(String),
    /// By slots of the units of a segment.
    Rollout(Box<Rollout>),
    /// By slots too, and whoever used an implementation keeps it.
    Experiment(Box<Experiment>),
}

/// Who gets which implementation, as shares of the units of a segment.
///
/// A writer gives `by` and `weights`; publishing adds `seed` and `slots`, from the same rollout in the revision before
/// where there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rollout {
    /// The segment whose values are the units; [`RANDOM`] draws anew for each evaluation.
    pub by: String,
    /// The input that the segment is taken from, where several fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Random text that makes this rollout independent of all others. It is the rollout's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The share of each implementation.
    pub weights: Weights,
    /// Who owns which slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub slots: Vec<Run>,
    /// How the shares come to be over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
}

/// The word for `by` that draws a slot anew for each evaluation.
pub const RANDOM: &str = "random";

/// Shares of implementations, by name. They sum to 100 %.
pub type Weights = BTreeMap<String, Weight>;

/// A share in percent, of at most four decimals; what is not one is a problem on publish. Less than a ten-millionth beside
/// such a number is taken for the error of arithmetic and left out: `0.1 + 0.2` is published as 0.3.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Weight(pub f64);

/// Consecutive slots of one implementation: its name, how many, and the version that gave them to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Run(pub String, pub u32, pub u64);

/// A linear change from one division of the slots to the rollout's own. A writer who gives no `start` means now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ramp {
    /// When it starts, as an RFC 3339 time in UTC.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub start: String,
    /// How long it takes, for example `3h` or `1h 30m`.
    pub duration: String,
    /// The division that it starts from; a writer may leave it out (the one before) or name weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RampFrom>,
}

/// What a ramp starts from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RampFrom {
    /// Exactly these slots.
    Slots(Vec<Run>),
    /// Shares, which publishing turns into slots.
    Weights(Weights),
}

impl Selector {
    /// How it deals units by slots, if it does: a rollout, or that of an experiment.
    pub fn rollout(&self) -> Option<&Rollout> {
        match self {
            Selector::Static(_) => None,
            Selector::Rollout(rollout) => Some(rollout),
            Selector::Experiment(experiment) => Some(&experiment.rollout),
        }
    }

    /// The experiment, if this is one.
    pub fn experiment(&self) -> Option<&Experiment> {
        match self {
            Selector::Experiment(experiment) => Some(experiment),
            Selector::Static(_) | Selector::Rollout(_) => None,
        }
    }

    /// The word for this kind of selector in a state.
    pub fn kind(&self) -> &'static str {
        match self {
            Selector::Static(_) => "static",
            Selector::Rollout(_) => "rollout",
            Selector::Experiment(_) => "experiment",
        }
    }

    /// Every implementation that the selector names.
    pub fn choices(&self) -> impl Iterator<Item = &str> {
        let fixed = match self {
            Selector::Static(name) => Some(name.as_str()),
            Selector::Rollout(_) | Selector::Experiment(_) => None,
        };
        let dealt = self.rollout().map(|rollout| rollout.weights.keys().map(String::as_str));
        fixed.into_iter().chain(dealt.into_iter().flatten())
    }

    /// The rollout of a rollout or an experiment, to change.
    pub fn rollout_mut(&mut self) -> Option<&mut Rollout> {
        match self {
            Selector::Static(_) => None,
            Selector::Rollout(rollout) => Some(rollout),
            Selector::Experiment(experiment) => Some(&mut experiment.rollout),
        }
    }

    /// The experiment, to change.
    pub fn experiment_mut(&mut self) -> Option<&mut Experiment> {
        match self {
            Selector::Experiment(experiment) => Some(experiment),
            Selector::Static(_) | Selector::Rollout(_) => None,
        }
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

impl Rollout {
    /// A rollout by the units of a segment, as a writer gives it.
    pub fn new<N: Into<String>, P: Into<Weight>>(
        by: impl Into<String>,
        weights: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let weights = weights.into_iter().map(|(name, percent)| (name.into(), percent.into())).collect();
        Self { by: by.into(), of: None, seed: None, weights, slots: Vec::new(), ramp: None }
    }

    /// Who owns which slots of a published rollout at an instant, as exact runs: those of its ramp while there is one,
    /// else its own.
    pub fn division_at(&self, now: Timestamp) -> Vec<Run> {
        match (self.ramp.as_ref().and_then(Ramp::span), self.ramp_slots()) {
            (Some((start, end)), Some(from)) if division::is_whole(from) && division::is_whole(&self.slots) => {
                let duration = u64::try_from(end.since(start).as_millis()).unwrap_or(u64::MAX);
                let progress = Progress::at(now.as_millis(), start.as_millis(), duration);
                division::ramped(from, &self.slots, progress)
            }
            _ => self.slots.clone(),
        }
    }

    /// The division that the ramp starts from, once publishing has planned it.
    pub(crate) fn ramp_slots(&self) -> Option<&Vec<Run>> {
        match self.ramp.as_ref()?.from.as_ref()? {
            RampFrom::Slots(runs) => Some(runs),
            RampFrom::Weights(_) => None,
        }
    }
}

impl Ramp {
    /// When it starts and ends; `None` if one of its texts is not what it should be.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let start = Timestamp::read(&self.start)?;
        let duration = Duration::from_millis(duration_millis(&self.duration)?);
        Some((start, start.after(duration)))
    }
}

impl Weight {
    /// The share as a number of slots; `None` if it is no number from 0 to 100 with at most four decimals.
    pub fn slots(self) -> Option<u32> {
        let slots = self.0 * f64::from(SLOTS / 100);
        let whole = slots.round();
        let valid = (0.0..=f64::from(SLOTS)).contains(&whole) && (slots - whole).abs() < 1e-5;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within the range")]
        valid.then_some(whole as u32)
    }

    /// The share without the error of the arithmetic that led to it: `0.1 + 0.2` is 0.3. What is not a share stays as it is.
    #[must_use]
    pub(crate) fn rounded(self) -> Self {
        self.slots().map_or(self, Self::of_slots)
    }

    /// The share of so many slots.
    pub fn of_slots(slots: u32) -> Self {
        Self(f64::from(slots) / f64::from(SLOTS / 100))
    }
}

impl From<f64> for Weight {
    fn from(percent: f64) -> Self {
        Self(percent)
    }
}

macro_rules! whole_percentages {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Weight {
            #[allow(clippy::cast_lossless, clippy::cast_precision_loss, reason = "what is not exact is far from a percentage")]
            fn from(percent: $integer) -> Self {
                Self(percent as f64)
            }
        }
    )*};
}

whole_percentages!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Four decimals are written, and whole percentages as integers.
impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
        match self.rounded().0 {
            whole if whole.fract() == 0.0 && whole.abs() < 1e9 => serializer.serialize_i64(whole as i64),
            percent => serializer.serialize_f64(percent),
        }
    }
}
