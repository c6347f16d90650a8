//! The rules: one function for each. Every violation is reported with what to write instead.

mod attributes;
mod feature;
mod function;
mod guarded;
mod header;
mod names;
mod output;
mod parameter;
mod parts;
mod segment;
mod settings;

pub(crate) use attributes::{is_for_traits, is_implemented, is_rewritten};
pub(crate) use feature::feature;
pub(crate) use function::is_sound;
pub(crate) use guarded::guarded;
pub(crate) use names::SEGMENT_FUNCTIONS;
pub(crate) use output::is_output_sound;
pub(crate) use parameter::is_input;
pub(crate) use parts::is_borrowing;
pub(crate) use segment::segment;
