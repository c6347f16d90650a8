//! Limits of what a state may hold and cost, and of names: one table.
//!
//! A state beyond a limit is refused on publish, and quarantined where a program reads it from a store.

use super::revision::MAX_REVISION_BYTES;
use crate::error::MAX_PROBLEMS;
use crate::text;
pub use crate::text::check_name;

/// The most rules of a state, and the most parts of a group of conditions.
pub const MAX_RULES: usize = 1_000;
/// The most overrides of a state.
pub const MAX_OVERRIDES: usize = 10_000;
/// The most values of one list.
pub const MAX_VALUES: usize = 100_000;
/// The most named values of a state.
pub const MAX_NAMED_VALUES: usize = 1_000;
/// The deepest nesting of a condition.
pub const MAX_DEPTH: usize = 32;
/// The longest name, in characters.
pub const MAX_NAME_CHARACTERS: usize = text::MAX_NAME_CHARACTERS;
/// The longest seed, in bytes.
pub const MAX_SEED_BYTES: usize = 200;
/// The longest comment, in characters.
pub const MAX_COMMENT_CHARACTERS: usize = text::MAX_COMMENT_CHARACTERS;
/// The most conditions of a state in all: checks, and groups of checks.
pub const MAX_CONDITIONS: usize = 20_000;
/// The most values of all lists of a state: of its overrides, and of `in` and `not_in`.
pub const MAX_STATE_VALUES: usize = 200_000;
/// The most bytes of all operands of a state.
pub const MAX_OPERAND_BYTES: usize = 4 << 20;
/// The most weights and ranges of slots of a state in all.
pub const MAX_SLOT_RANGES: usize = 100_000;
/// The most segments that a state looks at in more than one place.
pub const MAX_SHARED_SEGMENTS: u16 = 32;
/// The most different patterns of a state.
pub const MAX_PATTERNS: usize = 1_000;
/// The longest pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 1 << 10;
/// The deepest nesting of a pattern: groups, repetitions and classes.
pub const MAX_PATTERN_NESTING: u32 = 100;
/// The most Unicode classes of a pattern, such as `\w` and `\p{L}`.
pub const MAX_PATTERN_CLASSES: usize = 32;
/// The most bytes of the automata of all patterns of a state.
pub const MAX_AUTOMATON_BYTES: usize = 8 << 20;
/// The most steps of work that building all automata of a state takes.
pub const MAX_PATTERN_STEPS: usize = 10_000_000;
/// The largest body of a request to the console, in bytes.
pub const MAX_REQUEST_BYTES: usize = 1 << 20;
/// The largest document that the command line imports, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 16 << 20;

/// A limit, as an operator reads it.
///
/// ```
/// let rules = feats::model::limits::all().iter().find(|limit| limit.name == "rules").unwrap();
/// assert_eq!((rules.value, rules.unit), (1_000, "rules"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// A short name, unique in the table.
    pub name: &'static str,
    /// The largest value that is allowed.
    pub value: u64,
    /// What is counted: bytes, characters, rules.
    pub unit: &'static str,
    /// What is limited, in one line.
    pub about: &'static str,
}

const fn limit(name: &'static str, value: usize, unit: &'static str, about: &'static str) -> Limit {
    Limit { name, value: value as u64, unit, about }
}

/// All limits, those of one state first.
pub fn all() -> &'static [Limit] {
    const ALL: &[Limit] = &[
        limit("rules", MAX_RULES, "rules", "rules of a state, and parts of one group of conditions"),
        limit("overrides", MAX_OVERRIDES, "overrides", "overrides of a state"),
        limit("list-values", MAX_VALUES, "values", "values of one list"),
        limit("state-values", MAX_STATE_VALUES, "values", "values of all lists of a state"),
        limit("named-values", MAX_NAMED_VALUES, "values", "values that a state names"),
        limit("conditions", MAX_CONDITIONS, "conditions", "checks and groups of checks of a state"),
        limit("condition-depth", MAX_DEPTH, "levels", "nesting of a condition"),
        limit("operand-bytes", MAX_OPERAND_BYTES, "bytes", "operands of a state, all together"),
        limit("slot-ranges", MAX_SLOT_RANGES, "ranges", "weights and ranges of slots of a state, all together"),
        limit(
            "shared-segments",
            MAX_SHARED_SEGMENTS as usize,
            "segments",
            "segments that a state names more than once",
        ),
        limit("patterns", MAX_PATTERNS, "patterns", "different patterns of a state"),
        limit("pattern-bytes", MAX_PATTERN_BYTES, "bytes", "one pattern"),
        limit("pattern-depth", MAX_PATTERN_NESTING as usize, "levels", "nesting of a pattern"),
        limit(
            "pattern-classes",
            MAX_PATTERN_CLASSES,
            "classes",
            "Unicode classes of a pattern, such as \\w and \\p{L}",
        ),
        limit("automaton-bytes", MAX_AUTOMATON_BYTES, "bytes", "automata of a state's patterns, all together"),
        limit("pattern-steps", MAX_PATTERN_STEPS, "steps", "work to build the automata of a state"),
        limit("revision-bytes", MAX_REVISION_BYTES, "bytes", "a state as it is stored"),
        limit(
            "name",
            MAX_NAME_CHARACTERS,
            "characters",
            "names of rules, features, implementations, segments and authors",
        ),
        limit("seed-bytes", MAX_SEED_BYTES, "bytes", "the seed of a rollout or experiment"),
        limit("comment", MAX_COMMENT_CHARACTERS, "characters", "the comment of a change"),
        limit("problems", MAX_PROBLEMS, "problems", "problems that one input is answered with; the others are counted"),
        limit("request-bytes", MAX_REQUEST_BYTES, "bytes", "the body of a request to the console"),
        limit("document-bytes", MAX_DOCUMENT_BYTES, "bytes", "a document that `feats import` reads"),
    ];
    ALL
}
