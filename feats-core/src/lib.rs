//! The pure core of feats: states, and what they mean.
//!
//! Users depend on [`feats`](https://docs.rs/feats), which re-exports what is public here.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod bucketing;
pub mod compile;
pub mod describe;
pub mod error;
pub mod evaluate;
pub mod explain;
pub mod impact;
pub mod model;
pub mod text;
pub mod warnings;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use error::{Conflict, Error, ErrorKind, Problem, Problems, Result};
pub use evaluate::Reason;
pub use explain::Trace;
pub use impact::Impact;
pub use model::{Attributes, Quarantine, State, Timestamp, Value};

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
