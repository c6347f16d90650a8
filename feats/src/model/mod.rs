//! Pure data: what states, declarations and values are, on the wire and in memory.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod audience;
mod catalog;
mod condition;
mod counterparts;
pub mod division;
mod experiment;
mod flow;
mod impact;
mod intern;
mod json;
pub mod limits;
mod logic;
mod packed;
mod read;
mod revision;
mod selector;
mod settle;
mod slots;
mod state;
mod stored;
mod subject;
mod time;
mod transition;
mod untrusted;
mod unusual;
mod value;
mod warnings;

pub use catalog::{
    Catalog, Declaration, FeatureKind, FittingSegment, Implementation, InputDeclaration, Origin, SegmentDeclaration,
};
pub use condition::{Check, Condition, Source, Test};
pub use experiment::{Experiment, Touch, Touched};
pub use flow::{Flow, flows};
pub use impact::{Effect, Impact, ImpactLine, Part};
pub(crate) use intern::Interner;
pub use json::StrictJson;
pub(crate) use packed::Packed;
pub(crate) use read::join;
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use selector::{RANDOM, Ramp, RampFrom, Rollout, Run, Selector, Weight, Weights};
pub(crate) use settle::Settling;
pub use slots::{SLOTS, Seed, scale};
pub use state::{Override, Rule, State};
pub(crate) use stored::{experiment_key, stored_within};
pub use subject::{Attributes, Binding, Extract, Input, Named, Subject};
pub(crate) use time::duration_millis;
pub(crate) use time::duration_text;
pub use time::{Clock, SystemClock, Timestamp};
pub(crate) use untrusted::discard_foreign_allocations;
pub use value::{Value, ValueKind};
pub use warnings::{Doubt, Warning, warnings};
