//! The graph of a pattern: its nodes consume characters and assert positions.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use rustc_hash::FxHashMap;

use super::budget::{Budget, PatternError};

/// Ranges of characters, inclusive.
pub(super) type Ranges = Vec<(u32, u32)>;

/// A pattern as a graph. Nodes refer to sets of characters by index.
pub(super) struct Nodes {
    pub(super) nodes: Vec<Node>,
    pub(super) sets: Vec<Ranges>,
    /// The assertions that occur in the pattern.
    pub(super) looks: Vec<Look>,
    pub(super) start: u32,
    /// `true` if a match can only begin at the start of the text.
    pub(super) anchored: bool,
}

/// A step of a match, with the next node.
#[derive(Clone, Copy)]
pub(super) enum Node {
    Match,
    Consume { set: u32, next: u32 },
    Assert { look: Look, next: u32 },
    Either(u32, u32),
}

/// A pattern whose classes and literals are replaced by sets.
enum Part {
    Set(u32),
    Look(Look),
    All(Vec<Part>),
    Any(Vec<Part>),
    Repeated { min: u32, max: Option<u32>, part: Box<Part> },
}

struct Reader {
    sets: Vec<Ranges>,
    known: FxHashMap<Ranges, u32>,
    looks: Vec<Look>,
}

struct Builder<'b> {
    nodes: Vec<Node>,
    budget: &'b mut Budget,
}

impl Nodes {
    pub(super) fn new(hir: &Hir, budget: &mut Budget) -> Result<Self, PatternError> {
        let mut reader = Reader { sets: Vec::new(), known: FxHashMap::default(), looks: Vec::new() };
        let part = reader.part(hir)?;
        let mut builder = Builder { nodes: vec![Node::Match], budget };
        let start = builder.part(&part, 0)?;
        let anchored = hir.properties().look_set_prefix().contains(Look::Start);
        Ok(Self { nodes: builder.nodes, sets: reader.sets, looks: reader.looks, start, anchored })
    }

    pub(super) fn get(&self, node: u32) -> Node {
        self.nodes.get(node as usize).copied().unwrap_or(Node::Match)
    }
}

impl Reader {
    fn part(&mut self, hir: &Hir) -> Result<Part, PatternError> {
        Ok(match hir.kind() {
            HirKind::Empty => Part::All(Vec::new()),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).map_err(|_| PatternError::NotText)?;
                Part::All(text.chars().map(|char| Part::Set(self.set(vec![(char.into(), char.into())]))).collect())
            }
            HirKind::Class(Class::Unicode(class)) => {
                Part::Set(self.set(class.iter().map(|range| (range.start().into(), range.end().into())).collect()))
            }
            HirKind::Class(Class::Bytes(class)) => {
                if !class.is_ascii() {
                    return Err(PatternError::NotText);
                }
                Part::Set(self.set(class.iter().map(|range| (range.start().into(), range.end().into())).collect()))
            }
            HirKind::Look(look) => {
                if !self.looks.contains(look) {
                    self.looks.push(*look);
                }
                Part::Look(*look)
            }
            HirKind::Repetition(repetition) => {
                Part::Repeated { min: repetition.min, max: repetition.max, part: Box::new(self.part(&repetition.sub)?) }
            }
            HirKind::Capture(capture) => self.part(&capture.sub)?,
            HirKind::Concat(parts) => Part::All(parts.iter().map(|part| self.part(part)).collect::<Result<_, _>>()?),
            HirKind::Alternation(parts) => {
                Part::Any(parts.iter().map(|part| self.part(part)).collect::<Result<_, _>>()?)
            }
        })
    }

    fn set(&mut self, ranges: Ranges) -> u32 {
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        *self.known.entry(ranges).or_insert_with_key(|ranges| {
            self.sets.push(ranges.clone());
            next
        })
    }
}

/// Builds the graph from the end to the start: each part is given its next node.
impl Builder<'_> {
    fn push(&mut self, node: Node) -> Result<u32, PatternError> {
        self.budget.node()?;
        let index = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node);
        Ok(index)
    }

    fn part(&mut self, part: &Part, next: u32) -> Result<u32, PatternError> {
        self.budget.work(1)?;
        match part {
            Part::Set(set) => self.push(Node::Consume { set: *set, next }),
            Part::Look(look) => self.push(Node::Assert { look: *look, next }),
            Part::All(parts) => parts.iter().rev().try_fold(next, |next, part| self.part(part, next)),
            Part::Any(parts) => {
                let mut parts = parts.iter().rev();
                let Some(last) = parts.next() else { return Ok(next) };
                let last = self.part(last, next)?;
                parts.try_fold(last, |others, part| {
                    let part = self.part(part, next)?;
                    self.push(Node::Either(part, others))
                })
            }
            Part::Repeated { min, max, part } => {
                let optional = match max {
                    None => {
                        let again = self.push(Node::Either(next, next))?;
                        let body = self.part(part, again)?;
                        if let Some(node) = self.nodes.get_mut(again as usize) {
                            *node = Node::Either(body, next);
                        }
                        again
                    }
                    Some(max) => (*min..*max).try_fold(next, |after, _| {
                        let body = self.part(part, after)?;
                        self.push(Node::Either(body, next))
                    })?,
                };
                (0..*min).try_fold(optional, |next, _| self.part(part, next))
            }
        }
    }
}
