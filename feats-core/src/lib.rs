//! The pure core of feats: the model of states, and their compilation, evaluation and explanation.
//!
//! Programs depend on [`feats`](https://docs.rs/feats), which re-exports the public items. This documentation is also the
//! specification. With it, a program in any language can read the data of feats, make the same decisions, and write data
//! that feats can read. Nothing in this crate does I/O, reads a clock, draws a random number or starts a thread.
//!
//! | subject | specified in |
//! |---|---|
//! | the JSON of a state: keys, types, ranges, defaults, unknown keys | [`model`](model#the-json-of-a-state) |
//! | values and their notation | [`model`](model#values) |
//! | the revision header and the hash chain | [`model`](model#revisions) |
//! | names of experiments and units in stores | [`model`](model#names-in-stores) |
//! | limits | [`model::limits`] |
//! | names, comments and other text | [`text`] |
//! | the slot function | [`bucketing`](bucketing#slots) |
//! | units of several values | [`bucketing`](bucketing#units-of-several-values) |
//! | allocations, and the units that move when weights change | [`bucketing`](bucketing#allocations) |
//! | ramps | [`bucketing`](bucketing#ramps) |
//! | experiments: the units that enter, and those whose earlier use is looked up | [`bucketing`](bucketing#experiments) |
//! | seeds, slots and ramps that publishing adds | [`bucketing`](bucketing#publishing) |
//! | usable and publishable states | [`compile`] |
//! | the order of decision, and the reasons | [`evaluate`](evaluate#the-order-of-decision) |
//! | comparison of values | [`evaluate`](evaluate#comparison) |
//! | operators, and three-valued conditions | [`evaluate`](evaluate#conditions) |
//!
//! The modules [`impact`], [`warnings`], [`explain`] and [`describe`] present states to operators. They are not part of the
//! specification.
//!
//! The repository has golden files with inputs and outputs: `tests/vectors` (slots, allocations, the hash chain) and
//! `feats/tests/laws/golden` (states). The formats and the slot function are frozen: their meaning does not change, and a
//! new version of a format has a new number.

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
pub use impact::{Impact, RulePlace};
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
