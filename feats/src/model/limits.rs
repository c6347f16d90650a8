//! Limits of what a state may hold, and of names.

use crate::text;
pub use crate::text::check_name;

/// The most rules of a state, and the most parts of a group of conditions.
pub const RULES: usize = 1_000;
/// The most overrides of a state.
pub const OVERRIDES: usize = 10_000;
/// The most values of one list.
pub const VALUES: usize = 100_000;
/// The deepest nesting of a condition.
pub const DEPTH: usize = 32;
/// The longest name, in characters.
pub const NAME: usize = text::MAX_NAME_CHARACTERS;
/// The longest comment, in characters.
pub const COMMENT: usize = text::MAX_COMMENT_CHARACTERS;
