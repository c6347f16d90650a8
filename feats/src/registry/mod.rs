//! The features and segments that the program's code declares.

mod collect;
mod entry;
mod handle;
mod inputs;
mod intern;
mod target;

pub(crate) use collect::registry;
pub use entry::{
    Arguments, FeatureEntry, FeatureRegistration, ImplementationEntry, InputEntry, OriginEntry, SegmentEntry,
    SegmentFunction, SegmentRegistration, Slot,
};
pub use handle::{Cons, Feature, In, Nil, Segment, SegmentOf, SegmentValue, Takes, UnknownImplementation, parse};
pub use inputs::{Inputs, Owned};
pub(crate) use intern::Interner;
pub use target::{Name, Named, Target};
