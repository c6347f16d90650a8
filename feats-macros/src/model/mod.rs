//! The model of features and segments, built from their syntax. This never fails: mistakes are kept in the model as written,
//! so that `check` can report them.

mod attributes;
mod feature;
mod guarded;
mod input;
mod names;
mod rebuild;
mod segment;

pub(crate) use attributes::{Docs, derived, is, lint_levels, name_of};
pub(crate) use feature::{Build, Feature, Form, Implementation, Output};
pub(crate) use guarded::{Condition, Guarded};
pub(crate) use input::{Input, Passing, is_static, is_str, name, peeled};
pub(crate) use names::{camel_case, plain, variant};
pub(crate) use rebuild::{hidden_name, is_unnamed, rebuilt};
pub(crate) use segment::{Kind, Segment, inside_option};
