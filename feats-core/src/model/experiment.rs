//! Experiments: rollouts with sticky assignments.

use serde::{Serialize, Serializer};

use super::by::By;
use super::percent::Percent;
use super::rollout::Rollout;

/// Like a [`Rollout`], but a unit keeps the implementation that it used before when the weights change.
///
/// The seed is the experiment's identity: sticky assignments are stored under it. A writer sets `by`, `weights` and optionally
/// `share`; publishing adds the rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = without_ramp))]
pub struct Experiment {
    /// The distribution of the units. An experiment has no ramp, and is by a single segment.
    #[serde(flatten)]
    pub rollout: Rollout,
    /// The share of the units that enter the experiment, all by default. The others continue with the next rule.
    #[cfg_attr(feature = "schema", schemars(default = "everyone"))]
    pub share: Percent,
    /// The units whose history may differ from their slot. The assignment store is consulted for these units only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub reassigned: Vec<Reassigned>,
}

/// Consecutive slots, or entry positions, whose units may have used an implementation other than the current owner's. On the
/// wire, an array: `["slot", 900000, 100000]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reassigned {
    /// The unit of `first` and `length`: slots or entry positions.
    pub kind: ReassignedKind,
    /// The first slot or entry position.
    pub first: u32,
    /// The number of slots or entry positions, at most [`SLOTS`](super::SLOTS) in all.
    pub length: u32,
}

/// The position that a [`Reassigned`] range counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReassignedKind {
    /// Slots that changed owner.
    Slot,
    /// Entry positions between the smallest and the largest share so far.
    Entry,
}

impl Reassigned {
    /// Creates a range of `length` slots or entry positions.
    pub fn new(kind: ReassignedKind, first: u32, length: u32) -> Self {
        Self { kind, first, length }
    }
}

impl Serialize for Reassigned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.kind, self.first, self.length).serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Reassigned {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reassigned".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        super::rollout::array_schema::<(ReassignedKind, u32, u32)>(
            generator,
            "Consecutive slots or entry positions whose units may have used another implementation: of which kind, the \
             first one, and how many.",
        )
    }
}

impl Experiment {
    /// Creates an experiment over the units of a segment, without seed and slots.
    pub fn new<N: Into<String>, P: Into<Percent>>(
        by: impl Into<By>,
        weights: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        Rollout::new(by, weights).into()
    }
}

impl ReassignedKind {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "slot" => Some(ReassignedKind::Slot),
            "entry" => Some(ReassignedKind::Entry),
            _ => None,
        }
    }
}

impl From<Rollout> for Experiment {
    /// Creates an experiment that all units enter.
    fn from(rollout: Rollout) -> Self {
        Self { rollout, share: everyone(), reassigned: Vec::new() }
    }
}

/// The default share: all units.
pub(super) fn everyone() -> Percent {
    Percent(100.0)
}

#[cfg(feature = "schema")]
fn without_ramp(schema: &mut schemars::Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
        properties.remove("ramp");
    }
}
