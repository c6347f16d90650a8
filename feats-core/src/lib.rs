//! The pure core of feats: states, and what they mean.
//!
//! Users depend on [`feats`](https://docs.rs/feats), which re-exports what is public here. This documentation is also the
//! specification: with it, a program in any language can read what feats has stored, decide as feats decides, and write what
//! feats can read. Nothing in this crate does I/O, reads a clock, draws a random number or starts a thread.
//!
//! | to be specified | where |
//! |---|---|
//! | the JSON of a state: keys, types, ranges, defaults, unknown keys | [`model`](model#the-json-of-a-state) |
//! | values, and how they are written | [`model`](model#values) |
//! | the revision header and the hash chain | [`model`](model#revisions) |
//! | names of experiments and units in stores | [`model`](model#names-in-stores) |
//! | limits | [`model::limits`] |
//! | names, comments and other text | [`text`] |
//! | the slot function | [`bucketing`](bucketing#slots) |
//! | allocations, and who moves when weights change | [`bucketing`](bucketing#allocations) |
//! | ramps | [`bucketing`](bucketing#ramps) |
//! | experiments: who enters, and whose history is looked up | [`bucketing`](bucketing#experiments) |
//! | what publishing completes: seeds, slots, ramps | [`bucketing`](bucketing#publishing) |
//! | which states can be used, and which can be published | [`compile`] |
//! | the order of decision, and the reasons | [`evaluate`](evaluate#the-order-of-decision) |
//! | comparison of values | [`evaluate`](evaluate#comparison) |
//! | operators, and three-valued conditions | [`evaluate`](evaluate#conditions) |
//!
//! The modules [`impact`], [`warnings`], [`explain`] and [`describe`] tell people what a state means. Another implementation is
//! free to tell it otherwise.
//!
//! Golden files with inputs and outputs are in the repository, in `tests/vectors` (slots, allocations, the hash chain) and
//! `feats/tests/laws/golden` (states). The formats and the slot function are frozen: what they say does not change, and a change
//! of a format has a new number.

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
