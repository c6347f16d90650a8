//! What the patterns of one state may cost: building them stops where it is used up.

use std::fmt;

use regex_syntax::ast::{self, Ast, ClassSetItem, Visitor};

use crate::model::limits::{MAX_AUTOMATON_BYTES, MAX_PATTERN_CLASSES, MAX_PATTERN_STEPS, MAX_PATTERNS};

/// What is left for the patterns of a state, and for the one that is being built.
pub(super) struct Budget {
    patterns: usize,
    bytes: usize,
    steps: usize,
    /// Bytes that building the present pattern takes.
    building: usize,
    used_up: bool,
}

/// Why a pattern is not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    TooMany,
    TooLarge,
    TooComplex,
    TooMuchWork,
    TooManyClasses,
    NotText,
}

/// The most bytes that building one pattern takes beside its table.
const MAX_BUILDING_BYTES: usize = 8 << 20;
/// What a pattern costs whatever it says, a class of characters in brackets, and a Unicode class; in steps.
const PATTERN_STEPS: usize = 1_000;
const RANGE_STEPS: usize = 100;
const CLASS_STEPS: usize = 2_000;
/// How many characters of a class have their cases folded in one step.
const FOLDED_IN_ONE_STEP: usize = 4;
/// How many characters a Unicode class is taken to have.
const CLASS_CHARACTERS: usize = 140_000;

impl Budget {
    /// Whether a pattern was refused since the state has no more to spend.
    pub(super) fn is_used_up(&self) -> bool {
        self.used_up
    }

    /// Begins with another pattern. Its classes are paid before they are looked up.
    pub(super) fn begin(&mut self, ast: &Ast) -> Result<(), Refusal> {
        let left = self.patterns.checked_sub(1);
        self.patterns = self.or_used_up(left, Refusal::TooMany)?;
        self.building = MAX_BUILDING_BYTES;
        let Ok(sets) = ast::visit(ast, Sets::default()) else { return Err(Refusal::TooManyClasses) };
        if sets.classes > MAX_PATTERN_CLASSES {
            return Err(Refusal::TooManyClasses);
        }
        let folded =
            if sets.folds { (sets.characters + sets.named * CLASS_CHARACTERS) / FOLDED_IN_ONE_STEP } else { 0 };
        self.work(PATTERN_STEPS + sets.ranges * RANGE_STEPS + sets.classes * CLASS_STEPS + folded)
    }

    pub(super) fn work(&mut self, steps: usize) -> Result<(), Refusal> {
        let left = self.steps.checked_sub(steps);
        self.steps = self.or_used_up(left, Refusal::TooMuchWork)?;
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: usize) -> Result<(), Refusal> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = self.or_used_up(left, Refusal::TooLarge)?;
        Ok(())
    }

    fn or_used_up(&mut self, left: Option<usize>, refusal: Refusal) -> Result<usize, Refusal> {
        self.used_up |= left.is_none();
        left.ok_or(refusal)
    }

    /// A node of a pattern.
    pub(super) fn node(&mut self) -> Result<(), Refusal> {
        self.building = self.building.checked_sub(32).ok_or(Refusal::TooComplex)?;
        self.work(1)
    }

    /// A state of an automaton: so many nodes, and a row of the table.
    pub(super) fn state(&mut self, nodes: usize, classes: usize) -> Result<(), Refusal> {
        self.building = self.building.checked_sub(4 * nodes + 128).ok_or(Refusal::TooComplex)?;
        self.bytes(4 * classes)
    }
}

/// The budget of a state.
impl Default for Budget {
    fn default() -> Self {
        let (patterns, bytes, steps) = (MAX_PATTERNS, MAX_AUTOMATON_BYTES, MAX_PATTERN_STEPS);
        Self { patterns, bytes, steps, building: 0, used_up: false }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ADVICE: &str = "anchor it with ^, shorten counted repetitions such as {12}, or use starts_with, ends_with, \
                              contains or in";
        match self {
            Refusal::TooMany => {
                write!(f, "a state has at most {MAX_PATTERNS} different patterns; use in or starts_with")
            }
            Refusal::TooLarge => write!(
                f,
                "the pattern is too complex: the automata of a state have at most {} MiB in all; {ADVICE}",
                MAX_AUTOMATON_BYTES >> 20
            ),
            Refusal::TooComplex => {
                write!(
                    f,
                    "the pattern is too complex: it has more states than fit into {} MiB; {ADVICE}",
                    MAX_BUILDING_BYTES >> 20
                )
            }
            Refusal::TooMuchWork => {
                write!(
                    f,
                    "the pattern is too complex: the patterns of a state take a limited time to compile; {ADVICE}"
                )
            }
            Refusal::TooManyClasses => write!(
                f,
                "a pattern names at most {MAX_PATTERN_CLASSES} Unicode classes such as \\w, \\d, \\s or \\p{{L}}; \
                 write their ASCII form, for example [0-9A-Za-z_], [0-9] or [A-Za-z]"
            ),
            Refusal::NotText => f.write_str("the pattern would match bytes that are no text; remove (?-u)"),
        }
    }
}

/// Counts the sets of characters of a pattern.
#[derive(Default)]
struct Sets {
    /// Unicode classes such as `\w` and `\p{L}`.
    classes: usize,
    /// Those with a name, whose cases are folded under the flag `i`.
    named: usize,
    /// Ranges in brackets, and their characters.
    ranges: usize,
    characters: usize,
    /// Whether the flag `i` occurs anywhere.
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
