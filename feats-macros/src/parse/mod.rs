//! Parses tokens to syntax, which may still break rules.

mod arguments;
mod conditional;
mod groups;
mod guard;
mod item;
mod settings;

pub(crate) use arguments::{Argument, Arguments};
pub(crate) use conditional::{Alternatives, by_condition};
pub(crate) use groups::{same, ungrouped, written};
pub(crate) use guard::Guard;
pub(crate) use item::{Function, Header, Member, Trait, function, guarded_function, outer_attributes, trait_item};
pub(crate) use settings::{Accepted, Settings};
