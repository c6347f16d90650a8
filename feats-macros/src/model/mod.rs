//! From syntax to what it means: features with implementations, segments with functions. Never fails; mistakes stay in
//! the model as they were written, for `check` to point at.

mod attributes;
mod feature;
mod input;
mod names;
mod segment;

pub(crate) use attributes::{Docs, derived, is, lint_levels, name_of};
pub(crate) use feature::{Build, Feature, Form, Implementation, Output};
pub(crate) use input::{Input, Passing, is_static, is_str, name, peeled};
pub(crate) use names::{camel_case, plain, variant};
pub(crate) use segment::{Kind, Segment, inside_option};
