//! Rollouts: shares of the units of a segment, who owns which slots, and ramps.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::percent::{Percent, Weights};
use super::time::{Timestamp, duration_millis};

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
    pub input: Option<String>,
    /// Random text that makes this rollout independent of all others. It is the rollout's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The share of each implementation.
    pub weights: Weights,
    /// Who owns which slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub slots: Vec<SlotRange>,
    /// How the shares come to be over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Ramp>,
}

/// The word for `by` that draws a slot anew for each evaluation.
pub const RANDOM: &str = "random";

/// Consecutive slots of one implementation. On the wire, an array: `["acme", 500000, 3]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotRange {
    /// The name of the implementation that owns the slots.
    pub implementation: String,
    /// The number of slots, at most [`SLOTS`](super::SLOTS).
    pub length: u32,
    /// The version of the state that assigned the slots to the implementation.
    pub since: u64,
}

/// A linear change from one allocation of the slots to the rollout's own. A writer who gives no `start` means now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ramp {
    /// When it starts, as an RFC 3339 time in UTC.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub start: String,
    /// How long it takes, for example `3h` or `1h 30m`.
    pub duration: String,
    /// The allocation that it starts from; a writer may leave it out (the one before) or name weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<RampFrom>,
}

/// What a ramp starts from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum RampFrom {
    /// Exactly these slots.
    Slots(Vec<SlotRange>),
    /// Shares, which publishing turns into slots.
    Weights(Weights),
}

impl SlotRange {
    /// A range of `length` slots that belong to `implementation` since a version.
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
        let mut schema = <(String, u32, u64)>::json_schema(generator);
        schema.insert(
            "description".to_owned(),
            "Consecutive slots of one implementation: its name, how many, and the version that assigned them.".into(),
        );
        schema
    }
}

impl Rollout {
    /// A rollout by the units of a segment, as a writer gives it.
    pub fn new<N: Into<String>, P: Into<Percent>>(
        by: impl Into<String>,
        weights: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let weights = weights.into_iter().map(|(name, percent)| (name.into(), percent.into())).collect();
        Self { by: by.into(), input: None, seed: None, weights, slots: Vec::new(), ramp: None }
    }

    /// Whether both are by the same units.
    pub(crate) fn has_units_of(&self, other: &Rollout) -> bool {
        self.by == other.by && self.input == other.input
    }

    /// The allocation that the ramp starts from, once publishing has planned it.
    pub(crate) fn ramp_slots(&self) -> Option<&Vec<SlotRange>> {
        match self.ramp.as_ref()?.from.as_ref()? {
            RampFrom::Slots(runs) => Some(runs),
            RampFrom::Weights(_) => None,
        }
    }
}

impl Ramp {
    /// When it starts and ends; `None` if one of its texts is not what it should be.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let start = Timestamp::parse(&self.start)?;
        let duration = Duration::from_millis(duration_millis(&self.duration)?);
        Some((start, start.after(duration)))
    }
}
