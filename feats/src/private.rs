//! Hidden names for generated code. Nothing here is public API, and any release may change it.

pub use inventory;
pub use serde;

pub use crate::edit::operators::{bool_operators, float_operators, integer_operators, text_operators};
pub use crate::model::{FeatureKind, Input, Value, ValueKind};
pub use crate::registry::{
    Cons, FeatureEntry, FeatureRegistration, ImplementationEntry, In, InputEntry, Nil, OriginEntry, SegmentEntry,
    SegmentFunction, SegmentOf, SegmentRegistration, SegmentValue, Slot, Takes, parse,
};

use crate::app::{Decision, rule_name};
use crate::engine::Outcome;
use crate::registry::{Arguments, Feature, registry};
use crate::scope;

/// `create`: chooses and records the use.
#[inline]
pub fn create<F: Feature>(inputs: &[Input<'_>]) -> F {
    find(inputs)
}

/// `find_implementation`: chooses and records nothing.
///
/// Without a state and outside of scopes, this is one load and one flag more than the default.
#[inline]
pub fn find<F: Feature>(inputs: &[Input<'_>]) -> F {
    let entry = F::entry();
    if !entry.slot.is_routed() && !scope::reaches_everything() {
        return F::DEFAULT;
    }
    of(decide(entry, inputs))
}

fn decide(entry: &'static FeatureEntry, inputs: &[Input<'_>]) -> Outcome {
    scope::decide(entry.slot.position(), entry.default, &Arguments { inputs, slot: entry.slot })
}

#[inline]
fn of<F: Feature>(outcome: Outcome) -> F {
    F::ALL.get(usize::from(outcome.choice)).copied().unwrap_or(F::DEFAULT)
}

/// `create_async`: chooses when first polled, and records the use.
pub fn begin_create<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    std::future::ready(create(inputs))
}

/// `find_implementation_async`.
pub fn begin_find<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    std::future::ready(find(inputs))
}

/// `used_implementation`: records that a preselected choice was used.
pub fn used<F: Feature>(implementation: F, inputs: &[Input<'_>]) {
    let _ = (implementation, inputs);
}

/// `explain`: chooses and says why.
pub fn explain<F: Feature>(inputs: &[Input<'_>]) -> Decision<F> {
    registry();
    let entry = F::entry();
    let arguments = Arguments { inputs, slot: entry.slot };
    scope::observe(None, entry.slot.position(), entry.default, &arguments, |outcome, standing| {
        Decision::new(of(outcome), outcome, rule_name(outcome, standing))
    })
}

/// Reads a wire name; what the macros call in `Deserialize`.
///
/// # Errors
/// The text names no implementation.
pub fn deserialize<'de, F: Feature, D: serde::Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}
