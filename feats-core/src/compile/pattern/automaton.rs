//! From nodes to a table: each state is the set of nodes at which a match may be.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alphabet::{Alphabet, Sets};
use super::budget::{Budget, Refusal};
use super::nodes::{Node, Nodes};
use super::side::Side;

/// The state from which nothing matches any more. Whatever is not less is no row of the table.
pub(super) const DEAD: u32 = u32::MAX - 1;
/// The state in which there was a match.
pub(super) const MATCH: u32 = u32::MAX;

/// Nodes that consume, assert or match, in order; and what is before the position.
type State = (Arc<[u32]>, Side);

struct Determinizer<'a> {
    nodes: &'a Nodes,
    sets: &'a Sets,
    budget: &'a mut Budget,
    /// What the assertions of the pattern see.
    seen: Side,
    rows: FxHashMap<State, u32>,
    waiting: Vec<State>,
    stride: usize,
    /// Marks nodes that are in a set already.
    marks: Vec<bool>,
    /// Marked nodes that are in no set.
    passed: Vec<u32>,
}

/// The table of the automaton, and the state that it starts in.
pub(super) fn build(
    nodes: &Nodes,
    alphabet: &Alphabet,
    sets: &Sets,
    budget: &mut Budget,
) -> Result<(Box<[u32]>, u32), Refusal> {
    let seen = nodes.looks.iter().fold(Side::NONE, |seen, look| seen.with(Side::seen_by(*look)));
    let mut determinizer = Determinizer {
        nodes,
        sets,
        budget,
        seen,
        rows: FxHashMap::default(),
        waiting: Vec::new(),
        stride: alphabet.len(),
        marks: vec![false; nodes.nodes.len()],
        passed: Vec::new(),
    };
    let mut first = Vec::new();
    determinizer.add(nodes.start, &mut first)?;
    let start = determinizer.state(first, Side::EDGE)?;
    let mut table = Vec::new();
    let mut next = 0;
    while let Some(state) = determinizer.waiting.get(next).cloned() {
        determinizer.row(&state, &mut table)?;
        next += 1;
    }
    Ok((table.into(), start))
}

impl Determinizer<'_> {
    /// Adds a node to a set, or what it leads to without consuming or asserting.
    fn add(&mut self, node: u32, set: &mut Vec<u32>) -> Result<(), Refusal> {
        let mut open = vec![node];
        let before = set.len() + self.passed.len();
        while let Some(node) = open.pop() {
            let Some(mark) = self.marks.get_mut(node as usize).filter(|mark| !**mark) else { continue };
            *mark = true;
            match self.nodes.get(node) {
                Node::Either(one, other) => {
                    self.passed.push(node);
                    open.extend([other, one]);
                }
                Node::Match | Node::Consume { .. } | Node::Assert { .. } => set.push(node),
            }
        }
        self.budget.work(1 + (set.len() + self.passed.len()).saturating_sub(before))
    }

    /// A set is complete, and nothing is marked for the next one.
    fn complete(&mut self, set: &[u32]) {
        for node in set.iter().chain(&self.passed) {
            if let Some(mark) = self.marks.get_mut(*node as usize) {
                *mark = false;
            }
        }
        self.passed.clear();
    }

    /// The number of a state, which is new or known.
    fn state(&mut self, mut set: Vec<u32>, before: Side) -> Result<u32, Refusal> {
        self.complete(&set);
        if set.iter().any(|node| matches!(self.nodes.get(*node), Node::Match)) {
            return Ok(MATCH);
        }
        if set.is_empty() {
            return Ok(DEAD);
        }
        set.sort_unstable();
        self.budget.work(set.len())?;
        let state = (Arc::from(set), before.of(self.seen));
        if let Some(row) = self.rows.get(&state) {
            return Ok(*row);
        }
        self.budget.state(state.0.len(), self.stride)?;
        let row = u32::try_from(self.rows.len() * self.stride).unwrap_or(DEAD);
        self.rows.insert(state.clone(), row);
        self.waiting.push(state);
        Ok(row)
    }

    /// The next states of a state, by class.
    fn row(&mut self, (set, before): &State, table: &mut Vec<u32>) -> Result<(), Refusal> {
        let mut by_side: Vec<(Side, Option<Vec<u32>>)> = Vec::new();
        for class in 0..self.stride {
            let after = self.sets.sides.get(class).copied().unwrap_or(Side::NONE);
            let at = match by_side.iter().position(|(side, _)| *side == after) {
                Some(at) => at,
                None => {
                    by_side.push((after, self.asserted(set, *before, after)?));
                    by_side.len() - 1
                }
            };
            let next = match by_side.get(at) {
                Some((_, Some(reached))) => self.step(reached, class, after)?,
                _ => MATCH,
            };
            table.push(next);
        }
        Ok(())
    }

    /// The nodes of a state that consume, once its assertions are decided; `None` if that is a match.
    fn asserted(&mut self, set: &[u32], before: Side, after: Side) -> Result<Option<Vec<u32>>, Refusal> {
        let mut reached = Vec::new();
        for node in set {
            self.add(*node, &mut reached)?;
        }
        let mut at = 0;
        while let Some(node) = reached.get(at).copied() {
            if let Node::Assert { look, next } = self.nodes.get(node)
                && Side::satisfy(look, before, after)
            {
                self.add(next, &mut reached)?;
            }
            at += 1;
        }
        self.complete(&reached);
        let is_match = reached.iter().any(|node| matches!(self.nodes.get(*node), Node::Match));
        reached.retain(|node| matches!(self.nodes.get(*node), Node::Consume { .. }));
        Ok((!is_match).then_some(reached))
    }

    /// The state after a character of a class, or after the end of the text.
    fn step(&mut self, reached: &[u32], class: usize, before: Side) -> Result<u32, Refusal> {
        if class + 1 == self.stride {
            return Ok(DEAD);
        }
        self.budget.work(reached.len())?;
        let mut set = Vec::new();
        for node in reached {
            if let Node::Consume { set: consumed, next } = self.nodes.get(*node)
                && self.sets.contains(consumed, class)
            {
                self.add(next, &mut set)?;
            }
        }
        if !self.nodes.anchored {
            self.add(self.nodes.start, &mut set)?;
        }
        self.state(set, before)
    }
}
