//! Counterparts: which rules of two states are the same one, and which of those changed places.

use std::collections::HashMap;

use crate::model::Rule;

/// For each rule of a state, the rule of the state before that it is: the one of its name, failing that the one with the
/// seed of its rollout. A rule before has at most one counterpart.
pub(super) struct Counterparts<'r> {
    before: &'r [Rule],
    /// The position before of each rule after.
    positions: Vec<Option<usize>>,
    /// Whether each rule after stands before or after other rules than it did.
    reordered: Vec<bool>,
}

/// What a rule was in the state before.
#[derive(Clone, Copy)]
pub(super) struct Counterpart<'r> {
    /// Its position before.
    pub(super) index: usize,
    pub(super) rule: &'r Rule,
    /// Whether it stood before or after other rules than it does now.
    pub(super) reordered: bool,
}

impl<'r> Counterparts<'r> {
    pub(super) fn new(before: &'r [Rule], after: &[Rule]) -> Self {
        let by_name = index(before, |rule| Some(rule.name.as_str()));
        let by_seed = index(before, seed);
        let mut is_taken = vec![false; before.len()];
        let mut positions = vec![None; after.len()];
        let mut take = |position: &mut Option<usize>, found: Option<&usize>| {
            if let (None, Some(index)) = (*position, found)
                && let Some(taken) = is_taken.get_mut(*index).filter(|taken| !**taken)
            {
                *taken = true;
                *position = Some(*index);
            }
        };
        // Names first: a seed finds only what no name claims.
        for (rule, position) in after.iter().zip(&mut positions) {
            take(position, by_name.get(rule.name.as_str()));
        }
        for (rule, position) in after.iter().zip(&mut positions) {
            take(position, seed(rule).and_then(|seed| by_seed.get(seed)));
        }
        let reordered = reordered(&positions);
        Self { before, positions, reordered }
    }

    /// What the rule at a position was before.
    pub(super) fn get(&self, index: usize) -> Option<Counterpart<'r>> {
        let before = (*self.positions.get(index)?)?;
        let reordered = self.reordered.get(index).copied().unwrap_or(false);
        Some(Counterpart { index: before, rule: self.before.get(before)?, reordered })
    }

    /// The rules before that are no rule after.
    pub(super) fn removed(&self) -> impl Iterator<Item = &'r Rule> {
        let mut is_kept = vec![false; self.before.len()];
        for index in self.positions.iter().flatten() {
            if let Some(kept) = is_kept.get_mut(*index) {
                *kept = true;
            }
        }
        self.before.iter().zip(is_kept).filter(|(_, kept)| !kept).map(|(rule, _)| rule)
    }
}

/// Which positions are out of order: after a later one, or before an earlier one.
fn reordered(positions: &[Option<usize>]) -> Vec<bool> {
    let (mut latest, mut earliest) = (None, usize::MAX);
    let mut found: Vec<bool> = Vec::with_capacity(positions.len());
    for position in positions {
        found.push(position.is_some() && latest >= *position);
        latest = latest.max(*position);
    }
    for (found, position) in found.iter_mut().zip(positions).rev() {
        *found |= position.is_some_and(|position| earliest < position);
        earliest = position.map_or(earliest, |position| earliest.min(position));
    }
    found
}

/// The first rule for each key: a damaged state may have two of one name.
fn index<'r>(rules: &'r [Rule], key: impl Fn(&'r Rule) -> Option<&'r str>) -> HashMap<&'r str, usize> {
    let keyed = rules.iter().enumerate().rev().filter_map(|(index, rule)| Some((key(rule)?, index)));
    keyed.collect()
}

fn seed(rule: &Rule) -> Option<&str> {
    rule.select.rollout()?.seed.as_deref()
}
