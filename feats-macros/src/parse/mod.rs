//! Parses tokens to syntax, which may still break rules.

mod conditional;
mod groups;
mod item;
mod settings;

pub(crate) use conditional::{Alternatives, by_condition};
pub(crate) use groups::{same, ungrouped, written};
pub(crate) use item::{Function, Header, Member, Trait, function, outer_attributes, trait_item};
pub(crate) use settings::{Accepted, Settings};
