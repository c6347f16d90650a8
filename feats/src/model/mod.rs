//! Pure data: what states, declarations and values are, on the wire and in memory.

mod catalog;
mod condition;
mod json;
mod revision;
mod subject;
mod time;
mod value;

pub use catalog::{Catalog, Declaration, FeatureKind, FittingSegment, Implementation, InputDeclaration, Origin, SegmentDeclaration};
pub use condition::{Check, Condition, Source, Test};
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use subject::{Arguments, Attributes, Binding, Extract, Input, Named, Subject};
pub use time::Timestamp;
pub use value::{Value, ValueKind};
