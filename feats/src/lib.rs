//! Choose between typed implementations at run time.

extern crate self as feats;

pub mod edit;
mod error;
pub mod model;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod registry;
pub mod store;
mod app;

pub use app::Decision;
pub use error::{Conflict, Error, ErrorKind, Problem, Result};
pub use feats_macros::{boolean, feature, segment};
pub use model::{Attributes, Timestamp, Value};
pub use registry::{Feature, Segment, UnknownImplementation};
