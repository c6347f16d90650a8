//! What states say, in words: for the console, the command line and whoever else tells people.
//!
//! Everything here is a [`Sentence`] whose [`Word`]s know what they are, so that a page can mark up what a terminal
//! prints as it is. Texts may change between versions; nothing should be parsed out of them.

mod condition;
mod difference;
mod live;
mod part;
mod rich_text;
mod selector;
mod trace;
mod warning;

pub use condition::{check, condition};
pub use difference::{Difference, FirstDifferences, differences, first_differences};
pub use live::{default_choice, live, serving};
pub use part::{DescribedPart, parts, rule, unit_override};
pub use rich_text::{RichText, Span, grouped};
pub use selector::selector;
pub use trace::trace;
pub use warning::warning;
