//! Plain-text descriptions of states, for the console, the command line and other tools.
//!
//! Every description is a [`RichText`] whose [`Span`]s have a type, so that a page can mark up what a terminal prints as plain
//! text. The texts may change between versions and should not be parsed.

mod condition;
mod difference;
mod live;
mod part;
mod rich_text;
mod selector;
mod trace;
mod warning;

pub use condition::{condition, predicate};
pub use difference::{Difference, FirstDifferences, differences, first_differences};
pub use live::{default_choice, live, serving};
pub use part::{DescribedPart, parts, rule, unit_override};
pub use rich_text::{RichText, Span, grouped};
pub use selector::selector;
pub use trace::trace;
pub use warning::warning;
