//! Determinization: converts nodes to a table in which each state is a set of nodes.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alphabet::{Alphabet, Sets};
use super::budget::{Budget, PatternError};
use super::nodes::{Node, Nodes};
use super::side::Side;

/// The state from which no match is possible. All states that are not less are not rows of the table.
pub(super) const DEAD: u32 = u32::MAX - 1;
/// The state after a match.
pub(super) const MATCH: u32 = u32::MAX;

/// The nodes that consume, assert or match, in order, and the side before the position.
type State = (Arc<[u32]>, Side);

struct Determinizer<'a> {
    nodes: &'a Nodes,
    sets: &'a Sets,
    budget: &'a mut Budget,
    /// The properties of sides that the assertions of the pattern observe.
    observed: Side,
    rows: FxHashMap<State, u32>,
    pending: Vec<State>,
    stride: usize,
    /// Marks nodes that are in a set already.
    marks: Vec<bool>,
    /// Marked nodes that are not in a set.
    visited: Vec<u32>,
}

/// Builds the table of the automaton, and returns it with the start state.
pub(super) fn build(
    nodes: &Nodes,
    alphabet: &Alphabet,
    sets: &Sets,
    budget: &mut Budget,
) -> Result<(Box<[u32]>, u32), PatternError> {
    let observed = nodes.looks.iter().fold(Side::NONE, |observed, look| observed.with(Side::observed_by(*look)));
    let mut determinizer = Determinizer {
        nodes,
        sets,
        budget,
        observed,
        rows: FxHashMap::default(),
        pending: Vec::new(),
        stride: alphabet.len(),
        marks: vec![false; nodes.nodes.len()],
        visited: Vec::new(),
    };
    let mut first = Vec::new();
    determinizer.add(nodes.start, &mut first)?;
    let start = determinizer.state(first, Side::EDGE)?;
    let mut table = Vec::new();
    let mut next = 0;
    while let Some(state) = determinizer.pending.get(next).cloned() {
        determinizer.row(&state, &mut table)?;
        next += 1;
    }
    Ok((table.into(), start))
}

impl Determinizer<'_> {
    /// Adds a node to a set; a node that neither consumes nor asserts is replaced by the nodes it leads to.
    fn add(&mut self, node: u32, set: &mut Vec<u32>) -> Result<(), PatternError> {
        let mut open = vec![node];
        let before = set.len() + self.visited.len();
        while let Some(node) = open.pop() {
            let Some(mark) = self.marks.get_mut(node as usize).filter(|mark| !**mark) else { continue };
            *mark = true;
            match self.nodes.get(node) {
                Node::Either(one, other) => {
                    self.visited.push(node);
                    open.extend([other, one]);
                }
                Node::Match | Node::Consume { .. } | Node::Assert { .. } => set.push(node),
            }
        }
        self.budget.work(1 + (set.len() + self.visited.len()).saturating_sub(before))
    }

    /// Completes a set, and clears the marks for the next one.
    fn clear_marks(&mut self, set: &[u32]) {
        for node in set.iter().chain(&self.visited) {
            if let Some(mark) = self.marks.get_mut(*node as usize) {
                *mark = false;
            }
        }
        self.visited.clear();
    }

    /// Returns the number of a state, adding it if it is new.
    fn state(&mut self, mut set: Vec<u32>, before: Side) -> Result<u32, PatternError> {
        self.clear_marks(&set);
        if set.iter().any(|node| matches!(self.nodes.get(*node), Node::Match)) {
            return Ok(MATCH);
        }
        if set.is_empty() {
            return Ok(DEAD);
        }
        set.sort_unstable();
        self.budget.work(set.len())?;
        let state = (Arc::from(set), before.masked(self.observed));
        if let Some(row) = self.rows.get(&state) {
            return Ok(*row);
        }
        self.budget.state(state.0.len(), self.stride)?;
        let row = u32::try_from(self.rows.len() * self.stride).unwrap_or(DEAD);
        self.rows.insert(state.clone(), row);
        self.pending.push(state);
        Ok(row)
    }

    /// Appends the next states of a state, by class.
    fn row(&mut self, (set, before): &State, table: &mut Vec<u32>) -> Result<(), PatternError> {
        let mut by_side: Vec<(Side, Option<Vec<u32>>)> = Vec::new();
        for class in 0..self.stride {
            let after = self.sets.sides.get(class).copied().unwrap_or(Side::NONE);
            let index = match by_side.iter().position(|(side, _)| *side == after) {
                Some(index) => index,
                None => {
                    by_side.push((after, self.resolve_assertions(set, *before, after)?));
                    by_side.len() - 1
                }
            };
            let next = match by_side.get(index) {
                Some((_, Some(reached))) => self.step(reached, class, after)?,
                _ => MATCH,
            };
            table.push(next);
        }
        Ok(())
    }

    /// Returns the consuming nodes of a state once its assertions are decided; `None` for a match.
    fn resolve_assertions(&mut self, set: &[u32], before: Side, after: Side) -> Result<Option<Vec<u32>>, PatternError> {
        let mut reached = Vec::new();
        for node in set {
            self.add(*node, &mut reached)?;
        }
        let mut index = 0;
        while let Some(node) = reached.get(index).copied() {
            if let Node::Assert { look, next } = self.nodes.get(node)
                && Side::is_satisfied(look, before, after)
            {
                self.add(next, &mut reached)?;
            }
            index += 1;
        }
        self.clear_marks(&reached);
        let is_match = reached.iter().any(|node| matches!(self.nodes.get(*node), Node::Match));
        reached.retain(|node| matches!(self.nodes.get(*node), Node::Consume { .. }));
        Ok((!is_match).then_some(reached))
    }

    /// Returns the state after a character of a class, or after the end of the text.
    fn step(&mut self, reached: &[u32], class: usize, before: Side) -> Result<u32, PatternError> {
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
