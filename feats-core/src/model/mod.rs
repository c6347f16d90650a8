//! Pure data: what states, declarations and values are, on the wire and in memory.

mod audience;
mod catalog;
mod condition;
mod counterparts;
pub mod division;
mod experiment;
mod flow;
mod impact;
mod json;
pub mod limits;
mod logic;
mod quarantine;
pub(crate) mod read;
mod revision;
mod selector;
pub(crate) mod settle;
mod slots;
mod state;
pub(crate) mod stored;
mod subject;
pub(crate) mod time;
mod transition;
pub(crate) mod unknown_fields;
pub(crate) mod untrusted;
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
pub use json::StrictJson;
pub use quarantine::Quarantine;
pub(crate) use read::join;
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use selector::{RANDOM, Ramp, RampFrom, Rollout, Run, Selector, Weight, Weights};
pub use slots::{SLOTS, Seed, scale};
pub use state::{Override, Rule, SelectorPath, State};
pub(crate) use stored::experiment_key;
pub use subject::{Attributes, Binding, Extract, Input, Named, Subject};
pub use time::Timestamp;
pub(crate) use time::duration_millis;
pub use value::{Value, ValueKind};
pub use warnings::{Doubt, Warning, warnings};
