//! Counterparts: which rules of two states correspond, and which of them changed places.

use std::collections::HashMap;

use crate::model::Rule;

/// The corresponding rule of the previous state for each rule: the one with the same name, else the one whose rollout has the same
/// seed. A previous rule has at most one counterpart.
pub(super) struct Counterparts<'r> {
    before: &'r [Rule],
    /// The index of the previous rule for each new one.
    positions: Vec<Option<usize>>,
    /// For each new rule, `true` if its order relative to other rules changed.
    reordered: Vec<bool>,
}

/// The previous rule that corresponds to a rule.
#[derive(Clone, Copy)]
pub(super) struct Counterpart<'r> {
    /// Its index in the previous state.
    pub(super) index: usize,
    pub(super) rule: &'r Rule,
    /// `true` if its order relative to other rules changed.
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
        // Names first: seeds match only rules without a match by name.
        for (rule, position) in after.iter().zip(&mut positions) {
            take(position, by_name.get(rule.name.as_str()));
        }
        for (rule, position) in after.iter().zip(&mut positions) {
            take(position, seed(rule).and_then(|seed| by_seed.get(seed)));
        }
        let reordered = reordered(&positions);
        Self { before, positions, reordered }
    }

    /// Returns the previous rule that corresponds to the rule at an index.
    pub(super) fn get(&self, index: usize) -> Option<Counterpart<'r>> {
        let before = (*self.positions.get(index)?)?;
        let reordered = self.reordered.get(index).copied().unwrap_or(false);
        Some(Counterpart { index: before, rule: self.before.get(before)?, reordered })
    }

    /// Returns the previous rules without a counterpart.
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

/// Returns which indexes are out of order: after a greater one, or before a smaller one.
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

/// Indexes the first rule for each key: an invalid state may have duplicates.
fn index<'r>(rules: &'r [Rule], key: impl Fn(&'r Rule) -> Option<&'r str>) -> HashMap<&'r str, usize> {
    let keyed = rules.iter().enumerate().rev().filter_map(|(index, rule)| Some((key(rule)?, index)));
    keyed.collect()
}

fn seed(rule: &Rule) -> Option<&str> {
    rule.select.rollout()?.seed.as_deref()
}
