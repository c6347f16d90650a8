//! Regular expressions as automata over characters, built when a state is compiled. A search takes one step per character and
//! needs no memory.
//!
//! The alphabet of an automaton consists of the classes of characters that its pattern distinguishes, so `\w{3,20}` is as small
//! as `[0-9a-z]{3,20}`. Every step of building is charged to the [`Budget`] of the state.

mod alphabet;
mod automaton;
mod budget;
mod nodes;
mod side;

use std::fmt;
use std::sync::Arc;

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;
use rustc_hash::FxHashMap;

use self::alphabet::{Alphabet, Shared};
use self::automaton::{DEAD, MATCH};
use self::budget::{Budget, PatternError};
use self::nodes::Nodes;
use crate::model::limits::{MAX_PATTERN_BYTES, MAX_PATTERN_NESTING};

/// A compiled pattern. The syntax is that of the [`regex`](https://docs.rs/regex) crate.
pub(crate) struct Pattern {
    alphabet: Alphabet,
    /// The next state for each state, by class and by the end of the text.
    table: Box<[u32]>,
    start: u32,
}

impl Pattern {
    /// Compiles a pattern. The error says what to do.
    fn new(pattern: &str, shared: &mut Shared, budget: &mut Budget) -> Result<Self, String> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(format!("the pattern has {} bytes; the maximum is {MAX_PATTERN_BYTES}", pattern.len()));
        }
        let invalid = |error: &dyn fmt::Display| {
            let text = error.to_string();
            format!("not a regular expression: {}", text.lines().last().unwrap_or_default().trim())
        };
        let ast = ParserBuilder::new()
            .nest_limit(MAX_PATTERN_NESTING)
            .build()
            .parse(pattern)
            .map_err(|error| invalid(&error))?;
        budget.begin(&ast).map_err(|error| error.to_string())?;
        let hir = TranslatorBuilder::new().build().translate(pattern, &ast).map_err(|error| invalid(&error))?;
        Self::build(&hir, shared, budget).map_err(|error| error.to_string())
    }

    fn build(hir: &Hir, shared: &mut Shared, budget: &mut Budget) -> Result<Self, PatternError> {
        let nodes = Nodes::new(hir, budget)?;
        let (alphabet, sets) = Alphabet::new(&nodes, shared, budget)?;
        let (table, start) = automaton::build(&nodes, &alphabet, &sets, budget)?;
        Ok(Self { alphabet, table, start })
    }

    /// Returns `true` if the text contains a match.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let mut state = self.start;
        let mut chars = text.chars();
        while state < DEAD {
            let class = chars.next().map_or(self.alphabet.end(), |char| self.alphabet.class(char));
            state = self.next(state, class);
        }
        state == MATCH
    }

    #[inline]
    fn next(&self, state: u32, class: u16) -> u32 {
        self.table.get(state as usize + usize::from(class)).copied().unwrap_or(DEAD)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({} bytes)", self.table.len() * size_of::<u32>())
    }
}

/// Compiled patterns by their text: a pattern that repeats within a state is built once.
#[derive(Default)]
pub(super) struct Patterns<'s> {
    known: FxHashMap<&'s str, Arc<Pattern>>,
    shared: Shared,
    budget: Budget,
}

impl<'s> Patterns<'s> {
    /// Returns the compiled pattern, or the reason why it cannot be built; `None` if earlier patterns have spent the budget.
    pub(super) fn compile(&mut self, pattern: &'s str) -> Option<Result<Arc<Pattern>, String>> {
        if let Some(known) = self.known.get(pattern) {
            return Some(Ok(Arc::clone(known)));
        }
        if self.budget.is_exhausted() {
            return None;
        }
        let compiled = Pattern::new(pattern, &mut self.shared, &mut self.budget).map(Arc::new);
        if let Ok(compiled) = &compiled {
            self.known.insert(pattern, Arc::clone(compiled));
        }
        Some(compiled)
    }
}
