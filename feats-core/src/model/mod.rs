//! Pure data: what states, declarations and values are, on the wire and in memory.

mod catalog;
mod condition;
mod experiment;
mod json;
pub mod limits;
mod part;
mod quarantine;
pub(crate) mod read;
mod revision;
mod rollout;
mod selector;
mod state;
pub(crate) mod stored;
mod subject;
pub(crate) mod time;
pub(crate) mod unknown_fields;
pub(crate) mod untrusted;
mod value;
mod weight;

pub use catalog::{
    Catalog, Declaration, FeatureKind, FittingSegment, Implementation, InputDeclaration, Origin, SegmentDeclaration,
};
pub use condition::{Check, Condition, Source, Test};
pub use experiment::{Experiment, Touch, Touched};
pub use json::StrictJson;
pub use part::Part;
pub use quarantine::Quarantine;
pub(crate) use read::join;
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use rollout::{RANDOM, Ramp, RampFrom, Rollout, Run};
pub use selector::Selector;
pub use state::{Override, Rule, SelectorPath, State};
pub(crate) use stored::experiment_key;
pub use subject::{Attributes, Binding, Extract, INLINE_ATTRIBUTES, Input, Named, Subject};
pub use time::Timestamp;
pub(crate) use time::{duration_millis, duration_text};
pub use value::{Value, ValueKind};
pub use weight::{SLOTS, Weight, Weights};
