#![doc = include_str!("guide.md")]

extern crate self as feats;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod app;
#[cfg(doctest)]
mod documents;
pub mod edit;
pub mod engine;
mod error;
pub mod model;
mod registry;
mod scope;
pub mod store;
mod sync;
pub mod testing;

pub use app::{App, AppBuilder, Change, Decision, FeatureHandle, Name, Named, Preselection, Published, Target};
pub use engine::Reason;
pub use error::{Conflict, Error, ErrorKind, Problem, Result};
pub use feats_macros::{boolean, feature, segment};
pub use model::{Attributes, Impact, State, Timestamp, Value};
pub use registry::{Feature, Segment, UnknownImplementation};
pub use scope::{Scope, Scoped, in_current_scope};
pub use sync::{Connection, Instance, Origin, Quarantine, Status};

/// Makes [`Attributes`]: values by segment name.
///
/// ```
/// let attributes = feats::attributes! { "Country" => "CA", "UserId" => 42 };
/// assert_eq!(attributes.get("UserId"), Some(&feats::Value::from(42)));
/// ```
#[macro_export]
macro_rules! attributes {
    ($($name:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut attributes = $crate::Attributes::new();
        $(attributes.insert($name, $value);)*
        attributes
    }};
}
