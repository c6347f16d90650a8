//! Typed parts of an edit: conditions on segments, rollouts, ramps and experiments. The Rust compiler checks that they apply to
//! the feature.

mod condition;
mod experiment;
pub(crate) mod operators;
mod select;

pub use condition::{And, AppliesTo, First, IntoCondition, Rest, Term, TypedCondition, Untyped, attribute};
pub use experiment::{Experiment, experiment};
pub use operators::{BoolOperand, FloatOperand, IntegerOperand, TextOperand};
pub use select::{IntoSelector, Rollout, rollout};
