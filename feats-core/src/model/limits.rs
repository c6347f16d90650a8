//! Limits on the size and cost of a state, and on names, in one table.
//!
//! A state beyond a limit is rejected on publish, and quarantined if a program loads it from a store.

use super::revision::MAX_REVISION_BYTES;
use crate::error::MAX_PROBLEMS;
use crate::text;
pub use crate::text::check_name;

/// The maximum number of rules of a state, and of parts of a group of conditions.
pub const MAX_RULES: usize = 1_000;
/// The maximum number of overrides of a state.
pub const MAX_OVERRIDES: usize = 10_000;
/// The maximum number of values of one list.
pub const MAX_VALUES: usize = 100_000;
/// The maximum number of named values of a state.
pub const MAX_NAMED_VALUES: usize = 1_000;
/// The maximum nesting depth of client data, and of a named value.
pub const MAX_JSON_DEPTH: usize = 64;
/// The maximum size of the client data of a flag as JSON, in bytes.
pub const MAX_CLIENT_DATA_BYTES: usize = 64 << 10;
/// The maximum nesting depth of a condition.
pub const MAX_DEPTH: usize = 32;
/// The maximum length of a name, in characters.
pub const MAX_NAME_CHARACTERS: usize = text::MAX_NAME_CHARACTERS;
/// The maximum length of a seed, in bytes.
pub const MAX_SEED_BYTES: usize = 200;
/// The maximum number of segments whose values are one unit.
pub const MAX_UNIT_SEGMENTS: usize = 16;
/// The maximum length of a comment, in characters.
pub const MAX_COMMENT_CHARACTERS: usize = text::MAX_COMMENT_CHARACTERS;
/// The maximum number of conditions of a state, groups included.
pub const MAX_CONDITIONS: usize = 20_000;
/// The maximum number of values in all lists of a state: its overrides, and its `in` and `not_in` conditions.
pub const MAX_STATE_VALUES: usize = 200_000;
/// The maximum size of all operands of a state, in bytes.
pub const MAX_OPERAND_BYTES: usize = 4 << 20;
/// The maximum number of weights and slot ranges of a state.
pub const MAX_SLOT_RANGES: usize = 100_000;
/// The maximum number of segments that a state uses in more than one place.
pub const MAX_SHARED_SEGMENTS: u16 = 32;
/// The maximum number of distinct patterns of a state.
pub const MAX_PATTERNS: usize = 1_000;
/// The maximum length of a pattern, in bytes.
pub const MAX_PATTERN_BYTES: usize = 1 << 10;
/// The maximum nesting depth of a pattern: groups, repetitions and classes.
pub const MAX_PATTERN_NESTING: u32 = 100;
/// The maximum number of Unicode classes of a pattern, such as `\w` and `\p{L}`.
pub const MAX_PATTERN_CLASSES: usize = 32;
/// The maximum size of the automata of all patterns of a state, in bytes.
pub const MAX_AUTOMATON_BYTES: usize = 8 << 20;
/// The maximum number of steps for building all automata of a state.
pub const MAX_PATTERN_STEPS: usize = 10_000_000;
/// The maximum size of the body of a request to the console, in bytes.
pub const MAX_REQUEST_BYTES: usize = 1 << 20;
/// The maximum size of a document that the command line imports, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 16 << 20;

/// A limit, as shown to operators.
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
    /// The greatest allowed value.
    pub value: u64,
    /// The unit of the value: bytes, characters, rules.
    pub unit: &'static str,
    /// A one-line description of what is limited.
    pub about: &'static str,
}

const fn limit(name: &'static str, value: usize, unit: &'static str, about: &'static str) -> Limit {
    Limit { name, value: value as u64, unit, about }
}

/// Returns all limits, those of a single state first.
pub fn all() -> &'static [Limit] {
    const ALL: &[Limit] = &[
        limit("rules", MAX_RULES, "rules", "rules of a state, and parts of one group of conditions"),
        limit("overrides", MAX_OVERRIDES, "overrides", "overrides of a state"),
        limit("list-values", MAX_VALUES, "values", "values of a list"),
        limit("state-values", MAX_STATE_VALUES, "values", "values of all lists of a state"),
        limit("named-values", MAX_NAMED_VALUES, "values", "named values of a state"),
        limit("client-data-bytes", MAX_CLIENT_DATA_BYTES, "bytes", "the client data of a flag"),
        limit("json-depth", MAX_JSON_DEPTH, "levels", "nesting of client data and of a named value"),
        limit("conditions", MAX_CONDITIONS, "conditions", "conditions of a state, groups included"),
        limit("condition-depth", MAX_DEPTH, "levels", "nesting of a condition"),
        limit("operand-bytes", MAX_OPERAND_BYTES, "bytes", "all operands of a state"),
        limit("slot-ranges", MAX_SLOT_RANGES, "ranges", "all weights and slot ranges of a state"),
        limit("unit-segments", MAX_UNIT_SEGMENTS, "segments", "segments whose values are one unit of a rollout"),
        limit("shared-segments", MAX_SHARED_SEGMENTS as usize, "segments", "segments that a state uses more than once"),
        limit("patterns", MAX_PATTERNS, "patterns", "distinct patterns of a state"),
        limit("pattern-bytes", MAX_PATTERN_BYTES, "bytes", "one pattern"),
        limit("pattern-depth", MAX_PATTERN_NESTING as usize, "levels", "nesting of a pattern"),
        limit(
            "pattern-classes",
            MAX_PATTERN_CLASSES,
            "classes",
            "Unicode classes of a pattern, such as \\w and \\p{L}",
        ),
        limit("automaton-bytes", MAX_AUTOMATON_BYTES, "bytes", "automata of all patterns of a state"),
        limit("pattern-steps", MAX_PATTERN_STEPS, "steps", "building all automata of a state"),
        limit("revision-bytes", MAX_REVISION_BYTES, "bytes", "a stored revision"),
        limit(
            "name",
            MAX_NAME_CHARACTERS,
            "characters",
            "names of rules, features, implementations, segments and authors",
        ),
        limit("seed-bytes", MAX_SEED_BYTES, "bytes", "the seed of a rollout or experiment"),
        limit("comment", MAX_COMMENT_CHARACTERS, "characters", "the comment of a change"),
        limit("problems", MAX_PROBLEMS, "problems", "problems reported for one input; further ones are counted"),
        limit("request-bytes", MAX_REQUEST_BYTES, "bytes", "the body of a request to the console"),
        limit("document-bytes", MAX_DOCUMENT_BYTES, "bytes", "a document that `feats import` reads"),
    ];
    ALL
}
