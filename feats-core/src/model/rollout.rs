//! Rollouts: shares of the units of segments, their slots, and ramps.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::bucketing::Bucketing;
use super::by::By;
use super::percent::{Percent, Weights};
use super::time::{Timestamp, duration_millis};

/// A distribution of the units of segments over implementations, by weights.
///
/// A writer sets `by` and `weights`; publishing adds `seed` and `slots`, which it takes from the same rollout in the previous
/// revision, if there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rollout {
    /// The segments whose values are the units; `random` draws a slot for each evaluation.
    pub by: By,
    /// The input from which the only segment is computed; given only if several inputs apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The other system in whose buckets the rollout goes on; without it, feats's own function maps units to slots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucketing: Option<Bucketing>,
    /// The random text that identifies this rollout and makes it independent of all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The share of each implementation.
    pub weights: Weights,
    /// The allocation of the slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub slots: Vec<SlotRange>,
    /// The gradual change to these weights, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
}

/// Consecutive slots of one implementation. On the wire, an array: `["acme", 500000, 3]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRange {
    /// The name of the implementation that owns the slots.
    pub implementation: String,
    /// The number of slots, at most [`SLOTS`](super::SLOTS).
    pub length: u32,
    /// The version of the state that assigned these slots to the implementation.
    pub since: u64,
}

/// A linear transition from one allocation of the slots to the rollout's own. Without `start`, it starts on publish.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ramp {
    /// The start, as an RFC 3339 time in UTC.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub start: String,
    /// The duration, for example `3h` or `1h 30m`.
    pub duration: String,
    /// The allocation that it starts from. A writer may leave it out, which means the previous one, or give weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RampFrom>,
    /// The number of slots that move at once, at least 1. Without it, slots move one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
}

/// The allocation that a ramp starts from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RampFrom {
    /// These slots.
    Slots(Vec<SlotRange>),
    /// Weights, which publishing converts to slots.
    Weights(Weights),
}

impl SlotRange {
    /// Creates a range of `length` slots that have been assigned to `implementation` since a version.
    pub fn new(implementation: impl Into<String>, length: u32, since: u64) -> Self {
        Self { implementation: implementation.into(), length, since }
    }
}

impl Serialize for SlotRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.implementation, self.length, self.since).serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SlotRange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SlotRange".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        array_schema::<(String, u32, u64)>(
            generator,
            "Consecutive slots of one implementation: its name, how many, and the version that assigned them.",
        )
    }
}

/// Returns the schema of a struct that is an array on the wire.
#[cfg(feature = "schema")]
pub(super) fn array_schema<T: schemars::JsonSchema>(
    generator: &mut schemars::SchemaGenerator,
    description: &str,
) -> schemars::Schema {
    let mut schema = T::json_schema(generator);
    schema.insert("description".to_owned(), description.into());
    schema
}

impl Rollout {
    /// Creates a rollout over the units of a segment or several segments, without seed and slots.
    pub fn new<N: Into<String>, P: Into<Percent>>(
        by: impl Into<By>,
        weights: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let weights = weights.into_iter().map(|(name, percent)| (name.into(), percent.into())).collect();
        Self { by: by.into(), input: None, bucketing: None, seed: None, weights, slots: Vec::new(), ramp: None }
    }

    /// Returns `true` if both rollouts map the same units to slots in the same way, even if `by` is in another notation.
    pub fn has_units_of(&self, other: &Rollout) -> bool {
        self.by.has_units_of(&other.by) && self.input == other.input && self.bucketing == other.bucketing
    }

    /// Returns the allocation that the ramp starts from, once publishing has planned it.
    pub(crate) fn ramp_slots(&self) -> Option<&Vec<SlotRange>> {
        match self.ramp.as_ref()?.from.as_ref()? {
            RampFrom::Slots(runs) => Some(runs),
            RampFrom::Weights(_) => None,
        }
    }
}

impl Ramp {
    /// Creates a ramp that moves slots one by one, from the previous allocation. An empty `start` means the time of publishing.
    pub fn new(start: impl Into<String>, duration: impl Into<String>) -> Self {
        Self { start: start.into(), duration: duration.into(), from: None, step: None }
    }

    /// Returns the start and the end; `None` if the start or the duration cannot be parsed.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let start = Timestamp::parse(&self.start)?;
        let duration = Duration::from_millis(duration_millis(&self.duration)?);
        Some((start, start.after(duration)))
    }
}
