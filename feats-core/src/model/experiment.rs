//! Experiments: rollouts that remember who used what.

use serde::Serialize;

use super::division;
use super::selector::{Rollout, Weight};
use super::slots::SLOTS;

/// Like a [`Rollout`], but a unit that has used an implementation keeps it when the weights change.
///
/// The seed is the experiment's identity: what units used is remembered under it. A writer gives `by`, `weights` and
/// perhaps `share`; publishing adds the rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = without_ramp))]
pub struct Experiment {
    /// Which units get which implementation. An experiment has no ramp, and is never by [`RANDOM`](super::RANDOM).
    #[serde(flatten)]
    pub rollout: Rollout,
    /// The share of the units that enter at all; the others go on with the next rule. Without one, all of them do.
    #[cfg_attr(feature = "schema", schemars(default = "everyone"))]
    pub share: Weight,
    /// The units whose history may differ from what their slot says. For them alone the assignment store is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub touched: Vec<Touched>,
}

/// Consecutive slots, or entry positions, whose units may have used something else than they would be given now: of
/// what, the first one, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Touched(pub Touch, pub u32, pub u32);

/// What was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// Slots that changed hands.
    Slot,
    /// Entry positions between the smallest and the largest share there was.
    Entry,
}

impl Experiment {
    /// An experiment by the units of a segment, as a writer gives it.
    pub fn new<N: Into<String>, P: Into<Weight>>(
        by: impl Into<String>,
        weights: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        Rollout::new(by, weights).into()
    }

    /// Unites what is touched with what was, and with what the change from an earlier division and share of the same
    /// experiment touches.
    pub(crate) fn touch(&mut self, before: &Experiment) {
        self.touched = Touched::united([self.touched.as_slice(), &before.touched, &between(before, self)].concat());
    }
}

impl Touched {
    /// The same in order, without overlaps.
    pub(crate) fn united(mut touched: Vec<Touched>) -> Vec<Touched> {
        touched.retain(|touched| touched.2 > 0);
        touched.sort_unstable();
        let mut united: Vec<Touched> = Vec::new();
        for Touched(touch, first, count) in touched {
            match united.last_mut() {
                Some(Touched(last, start, length)) if *last == touch && first <= start.saturating_add(*length) => {
                    *length = (*length).max(first.saturating_add(count) - *start);
                }
                _ => united.push(Touched(touch, first, count)),
            }
        }
        united
    }
}

impl Touch {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "slot" => Some(Touch::Slot),
            "entry" => Some(Touch::Entry),
            _ => None,
        }
    }
}

impl From<Rollout> for Experiment {
    /// Everyone enters.
    fn from(rollout: Rollout) -> Self {
        Self { rollout, share: everyone(), touched: Vec::new() }
    }
}

/// The share where nobody says one.
pub(super) fn everyone() -> Weight {
    Weight(100.0)
}

#[cfg(feature = "schema")]
fn without_ramp(schema: &mut schemars::Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
        properties.remove("ramp");
    }
}

/// What a change touches.
fn between(before: &Experiment, after: &Experiment) -> Vec<Touched> {
    let (old, new) = (&before.rollout.slots, &after.rollout.slots);
    if !division::is_whole(old) || !division::is_whole(new) {
        return vec![Touched(Touch::Slot, 0, SLOTS), Touched(Touch::Entry, 0, SLOTS)];
    }
    let mut first = 0;
    let mut touched = Vec::new();
    for stretch in division::overlay(old, new) {
        if stretch.from.0 != stretch.to.0 {
            touched.push(Touched(Touch::Slot, first, stretch.length));
        }
        first += stretch.length;
    }
    let shares = [before.share, after.share].map(|share| share.slots().unwrap_or(SLOTS));
    let [smaller, larger] = if shares[0] < shares[1] { shares } else { [shares[1], shares[0]] };
    touched.push(Touched(Touch::Entry, smaller, larger - smaller));
    touched
}
