//! The features and segments that the code of the program declares.

mod collect;
mod entry;
mod feature_key;
mod handle;
mod inputs;
mod intern;

pub(crate) use collect::registry;
pub use entry::{
    Arguments, FeatureCell, FeatureEntry, FeatureRegistration, ImplementationEntry, InputEntry, LocationEntry,
    SegmentEntry, SegmentFunction, SegmentRegistration,
};
pub use feature_key::{Dynamic, FeatureKey, ImplementationName};
pub use handle::{Cons, Feature, In, Nil, Segment, SegmentOf, SegmentValue, Takes, UnknownImplementation, parse};
pub use inputs::{Inputs, Owned};
pub(crate) use intern::Interner;
