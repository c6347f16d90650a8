//! Counterparts: which rules of two states are the same one, and which of those changed places.

use std::collections::HashMap;

use super::state::Rule;

/// The rules of a state, for finding those of another state among them: by the name, failing that by the seed of the
/// rollout.
pub(super) struct Counterparts<'r> {
    rules: &'r [Rule],
    by_name: HashMap<&'r str, usize>,
    by_seed: HashMap<&'r str, usize>,
}

/// What a rule of another state is here.
#[derive(Clone, Copy)]
pub(super) struct Counterpart<'r> {
    pub(super) rule: &'r Rule,
    /// Whether it stands before or after other rules there than it does here.
    pub(super) reordered: bool,
}

impl<'r> Counterparts<'r> {
    pub(super) fn among(rules: &'r [Rule]) -> Self {
        // From the last one to the first, which is found if a damaged state has two.
        let places = || rules.iter().enumerate().rev();
        let by_name = places().map(|(at, rule)| (rule.name.as_str(), at)).collect();
        let by_seed = places().filter_map(|(at, rule)| Some((seed(rule)?, at))).collect();
        Self { rules, by_name, by_seed }
    }

    pub(super) fn of(&self, rule: &Rule) -> Option<&'r Rule> {
        self.rules.get(self.place(rule)?)
    }

    /// The counterparts of all rules of another state, in their order.
    pub(super) fn of_all(&self, rules: &[Rule]) -> Vec<Option<Counterpart<'r>>> {
        let places: Vec<Option<usize>> = rules.iter().map(|rule| self.place(rule)).collect();
        let of = |(place, reordered)| Some(Counterpart { rule: self.rules.get(place?)?, reordered });
        places.iter().copied().zip(reordered(&places)).map(of).collect()
    }

    fn place(&self, rule: &Rule) -> Option<usize> {
        let by_seed = || self.by_seed.get(seed(rule)?);
        self.by_name.get(rule.name.as_str()).or_else(by_seed).copied()
    }
}

/// Which places are out of order: after a later one, or before an earlier one.
fn reordered(places: &[Option<usize>]) -> Vec<bool> {
    let (mut latest, mut earliest) = (None, usize::MAX);
    let mut found: Vec<bool> = Vec::with_capacity(places.len());
    for place in places {
        found.push(place.is_some() && latest >= *place);
        latest = latest.max(*place);
    }
    for (found, place) in found.iter_mut().zip(places).rev() {
        *found |= place.is_some_and(|place| earliest < place);
        earliest = place.map_or(earliest, |place| earliest.min(place));
    }
    found
}

fn seed(rule: &Rule) -> Option<&str> {
    rule.select.rollout()?.seed.as_deref()
}
