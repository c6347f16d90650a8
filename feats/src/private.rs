//! Hidden names for generated code. Nothing here is public API, and any release may change it.

pub use inventory;
pub use serde;

pub use crate::edit::operators::{bool_operators, float_operators, integer_operators, text_operators};
pub use crate::model::{FeatureKind, Input, Value, ValueKind};
pub use crate::registry::{
    Cons, FeatureEntry, FeatureRegistration, ImplementationEntry, In, InputEntry, Nil, OriginEntry, SegmentEntry,
    SegmentFunction, SegmentOf, SegmentRegistration, SegmentValue, Slot, parse,
};

use crate::registry::Feature;

/// `create`: chooses and records the use.
pub fn create<F: Feature>(_inputs: &[Input<'_>]) -> F {
    F::DEFAULT
}

/// `find_implementation`: chooses and records nothing.
pub fn find<F: Feature>(_inputs: &[Input<'_>]) -> F {
    F::DEFAULT
}

/// `create_async`: chooses when polled, waits where `create` would, and records the use.
pub fn begin_create<F: Feature>(_inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    async { F::DEFAULT }
}

/// `find_implementation_async`.
pub fn begin_find<F: Feature>(_inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    async { F::DEFAULT }
}

/// `used_implementation`: records that a preselected choice was used.
pub fn used<F: Feature>(_implementation: F, _inputs: &[Input<'_>]) {}

/// `explain`: chooses and says why.
pub fn explain<F: Feature>(_inputs: &[Input<'_>]) -> crate::Decision<F> {
    crate::Decision(F::DEFAULT)
}

/// Reads a wire name; what the macros call in `Deserialize`.
///
/// # Errors
/// The text names no implementation.
pub fn deserialize<'de, F: Feature, D: serde::Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}
