//! The budget for the patterns of one state: building stops once it is exceeded.

use std::fmt;

use regex_syntax::ast::{self, Ast, ClassSetItem, Visitor};

use crate::model::limits::{MAX_AUTOMATON_BYTES, MAX_PATTERN_CLASSES, MAX_PATTERN_STEPS, MAX_PATTERNS};

/// The remaining budget for the patterns of a state, and for the pattern being built.
pub(super) struct Budget {
    patterns: usize,
    bytes: usize,
    steps: usize,
    /// The remaining bytes for building the current pattern.
    build_bytes: usize,
    is_exhausted: bool,
}

/// The reason why a pattern is not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternError {
    TooMany,
    TooLarge,
    TooComplex,
    TooMuchWork,
    TooManyClasses,
    NotText,
}

/// The maximum number of bytes for building one pattern, in addition to its table.
const MAX_BUILDING_BYTES: usize = 8 << 20;
/// The fixed cost of a pattern, of a range in brackets, and of a Unicode class, in steps.
const PATTERN_STEPS: usize = 1_000;
const RANGE_STEPS: usize = 100;
const CLASS_STEPS: usize = 2_000;
/// The number of characters of a class whose case is folded in one step.
const CHARACTERS_FOLDED_PER_STEP: usize = 4;
/// The assumed number of characters of a Unicode class.
const CLASS_CHARACTERS: usize = 140_000;

impl Budget {
    /// Returns `true` if a pattern was rejected because the state's budget is exceeded.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Starts another pattern. Its classes are charged before they are looked up.
    pub(super) fn begin(&mut self, ast: &Ast) -> Result<(), PatternError> {
        let left = self.patterns.checked_sub(1);
        self.patterns = self.or_exhausted(left, PatternError::TooMany)?;
        self.build_bytes = MAX_BUILDING_BYTES;
        let Ok(sets) = ast::visit(ast, Sets::default()) else { return Err(PatternError::TooManyClasses) };
        if sets.classes > MAX_PATTERN_CLASSES {
            return Err(PatternError::TooManyClasses);
        }
        let folded =
            if sets.folds { (sets.characters + sets.named * CLASS_CHARACTERS) / CHARACTERS_FOLDED_PER_STEP } else { 0 };
        self.work(PATTERN_STEPS + sets.ranges * RANGE_STEPS + sets.classes * CLASS_STEPS + folded)
    }

    pub(super) fn work(&mut self, steps: usize) -> Result<(), PatternError> {
        let left = self.steps.checked_sub(steps);
        self.steps = self.or_exhausted(left, PatternError::TooMuchWork)?;
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: usize) -> Result<(), PatternError> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = self.or_exhausted(left, PatternError::TooLarge)?;
        Ok(())
    }

    fn or_exhausted(&mut self, left: Option<usize>, error: PatternError) -> Result<usize, PatternError> {
        self.is_exhausted |= left.is_none();
        left.ok_or(error)
    }

    /// Charges a node of a pattern.
    pub(super) fn node(&mut self) -> Result<(), PatternError> {
        self.build_bytes = self.build_bytes.checked_sub(32).ok_or(PatternError::TooComplex)?;
        self.work(1)
    }

    /// Charges a state of an automaton: its nodes, and a row of the table.
    pub(super) fn state(&mut self, nodes: usize, classes: usize) -> Result<(), PatternError> {
        self.build_bytes = self.build_bytes.checked_sub(4 * nodes + 128).ok_or(PatternError::TooComplex)?;
        self.bytes(4 * classes)
    }
}

/// Returns the budget of a state.
impl Default for Budget {
    fn default() -> Self {
        let (patterns, bytes, steps) = (MAX_PATTERNS, MAX_AUTOMATON_BYTES, MAX_PATTERN_STEPS);
        Self { patterns, bytes, steps, build_bytes: 0, is_exhausted: false }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ADVICE: &str = "anchor it with ^, shorten counted repetitions such as {12}, or use starts_with, ends_with, \
                              contains or in";
        match self {
            PatternError::TooMany => {
                write!(f, "a state can have at most {MAX_PATTERNS} distinct patterns; use in or starts_with")
            }
            PatternError::TooLarge => write!(
                f,
                "the pattern is too complex: the automata of a state can take at most {} MiB; {ADVICE}",
                MAX_AUTOMATON_BYTES >> 20
            ),
            PatternError::TooComplex => {
                write!(
                    f,
                    "the pattern is too complex: its states do not fit into {} MiB; {ADVICE}",
                    MAX_BUILDING_BYTES >> 20
                )
            }
            PatternError::TooMuchWork => {
                write!(
                    f,
                    "the pattern is too complex: the time for compiling the patterns of a state is limited; {ADVICE}"
                )
            }
            PatternError::TooManyClasses => write!(
                f,
                "a pattern can have at most {MAX_PATTERN_CLASSES} Unicode classes such as \\w, \\d, \\s or \\p{{L}}; \
                 write their ASCII form, for example [0-9A-Za-z_], [0-9] or [A-Za-z]"
            ),
            PatternError::NotText => f.write_str("the pattern could match bytes that are not text; remove (?-u)"),
        }
    }
}

/// A visitor that counts the sets of characters of a pattern.
#[derive(Default)]
struct Sets {
    /// Unicode classes such as `\w` and `\p{L}`.
    classes: usize,
    /// Named classes, whose case is folded under the flag `i`.
    named: usize,
    /// Ranges in brackets, and the number of their characters.
    ranges: usize,
    characters: usize,
    /// `true` if the flag `i` occurs anywhere.
    folds: bool,
}

impl Sets {
    fn flags(&mut self, flags: &ast::Flags) {
        self.folds |= flags.flag_state(ast::Flag::CaseInsensitive) == Some(true);
    }
}

impl Visitor for Sets {
    type Output = Self;
    type Err = ();

    fn finish(self) -> Result<Self, ()> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        match ast {
            Ast::Flags(flags) => self.flags(&flags.flags),
            Ast::Group(group) => group.flags().into_iter().for_each(|flags| self.flags(flags)),
            Ast::ClassUnicode(_) => {
                self.classes += 1;
                self.named += 1;
            }
            Ast::ClassPerl(_) => self.classes += 1,
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), ()> {
        match item {
            ClassSetItem::Unicode(_) => {
                self.classes += 1;
                self.named += 1;
            }
            ClassSetItem::Perl(_) => self.classes += 1,
            ClassSetItem::Range(range) => {
                self.ranges += 1;
                let width = u32::from(range.end.c).saturating_sub(range.start.c.into());
                self.characters = self.characters.saturating_add(width as usize + 1);
            }
            ClassSetItem::Literal(_) => {
                self.ranges += 1;
                self.characters += 1;
            }
            _ => {}
        }
        Ok(())
    }
}
