//! What one writes in an edit: conditions on segments, rollouts, ramps, experiments. The compiler checks that they fit the feature.

mod condition;
mod experiment;
pub(crate) mod operators;
mod select;

pub use condition::{And, AppliesTo, First, IntoCondition, Rest, Term, TypedCondition, Untyped, attribute};
pub use experiment::{Experiment, experiment};
pub use operators::{BoolOperand, FloatOperand, IntegerOperand, TextOperand};
pub use select::{IntoSelector, Rollout, rollout};
