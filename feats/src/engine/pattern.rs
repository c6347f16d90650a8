//! Regular expressions as automata built on publish: a search takes one step a byte, without memory of its own.

use std::fmt;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::{Anchored, Input, MatchKind};

/// The longest pattern in bytes.
pub(super) const MAX_PATTERN: usize = 1024;

/// The largest automaton in bytes.
const MAX_AUTOMATON: usize = 1 << 20;

/// A compiled pattern. The syntax is that of the [`regex`](https://docs.rs/regex) crate, without look-around.
pub(super) struct Pattern(dense::DFA<Vec<u32>>);

impl Pattern {
    /// Compiles a pattern; the error says what to do.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN {
            return Err(format!("the pattern has {} bytes; at most {MAX_PATTERN} are allowed", pattern.len()));
        }
        let config = dense::Config::new()
            .start_kind(StartKind::Unanchored)
            .match_kind(MatchKind::All)
            .dfa_size_limit(Some(MAX_AUTOMATON))
            .determinize_size_limit(Some(4 * MAX_AUTOMATON));
        let built = dense::Builder::new()
            .configure(config)
            .thompson(
                thompson::Config::new()
                    .nfa_size_limit(Some(MAX_AUTOMATON))
                    .which_captures(thompson::WhichCaptures::None),
            )
            .build(pattern);
        built.map(Self).map_err(|error| explain(&error))
    }

    /// Whether the text has a match.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::No).earliest(true);
        matches!(self.0.try_search_fwd(&input), Ok(Some(_)))
    }
}

fn explain(error: &dense::BuildError) -> String {
    use std::error::Error;
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let cause = cause.to_string();
    if cause.contains("word boundar") {
        return "this is not supported: a Unicode word boundary; write (?-u:\\b) for an ASCII one".to_owned();
    }
    if cause.contains("limit") || cause.contains("exceeded") {
        return format!("the pattern is too complex: its automaton would be larger than {MAX_AUTOMATON} bytes");
    }
    format!("this is no regular expression: {}", cause.lines().last().unwrap_or_default().trim())
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({} bytes)", self.0.memory_usage())
    }
}
