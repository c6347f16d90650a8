//! Transitions: what the units of a part get before and after a change, in exact measures.
//!
//! A unit's entry to an experiment and its slot come from two independent hashes, so the measure of units with given slots and
//! entry positions is the product of the two numbers.

use std::collections::BTreeMap;

use crate::bucketing::allocation;
use crate::model::{SLOTS, Selector, SlotRange, State};

/// The measure of all units: all slots times all entry positions.
pub(super) const TOTAL: u64 = SLOTS as u64 * SLOTS as u64;

/// The allocation of a part at an instant.
#[derive(Clone, Debug)]
pub(super) struct PartAllocation {
    /// The allocation of the slots.
    pub(super) allocation: Vec<SlotRange>,
    /// The number of entry positions whose units enter; the others get what follows the part.
    pub(super) entry: u32,
    /// The implementation that follows the part, if it is the same for every unit.
    pub(super) outside: Option<String>,
}

/// The measures of a part's units by what they get before and after; `None` if that depends on the subject.
#[derive(Debug, Default)]
pub(super) struct Transition(BTreeMap<(Option<String>, Option<String>), Measure>);

/// A number of units.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measure {
    /// The measure of these units, out of [`TOTAL`].
    pub(super) total: u64,
    /// The measure of those who got the old implementation by their slot, not from what follows.
    pub(super) by_slot: u64,
}

/// Converts a measure to percent. Whole numbers of slots give exactly their percentage.
#[allow(clippy::cast_precision_loss, reason = "at most 10¹², far below 2⁵³")]
pub(super) fn percent(measure: u64) -> f64 {
    measure as f64 / (TOTAL / 100) as f64
}

/// Returns the number of entry positions whose units enter the selector.
pub(super) fn entry(selector: &Selector) -> u32 {
    selector.experiment().map_or(SLOTS, |experiment| experiment.share.slots().unwrap_or(SLOTS))
}

/// Returns what everyone gets for whom the rule at an index does not choose, if it is the same implementation for all. The index
/// after the last rule stands for `otherwise`, which is followed by the default.
pub(super) fn following(state: &State, rule: usize, default: &str) -> Option<String> {
    let mut only: Option<&str> = None;
    for known in state.rules.iter().skip(rule.saturating_add(1)) {
        let Selector::Static(name) = &known.select else { return None };
        if only.replace(name).is_some_and(|only| only != name) {
            return None;
        }
        if known.when.is_always() {
            return Some(name.clone());
        }
    }
    let last = match &state.otherwise {
        None => default,
        _ if rule >= state.rules.len() => default,
        Some(Selector::Static(name)) => name,
        Some(Selector::Rollout(_) | Selector::Experiment(_) | Selector::Gate(_)) => return None,
    };
    only.is_none_or(|only| only == last).then(|| last.to_owned())
}

impl Transition {
    pub(super) fn between(before: &PartAllocation, after: &PartAllocation) -> Self {
        let mut transition = Self::default();
        let both = before.entry.min(after.entry);
        let (leave, enter) = (before.entry - both, after.entry - both);
        for stretch in allocation::overlay(&before.allocation, &after.allocation) {
            let (from, to) = (Some(&stretch.from.implementation), Some(&stretch.to.implementation));
            transition.add(from, to, stretch.length, both, true);
            transition.add(from, after.outside.as_ref(), stretch.length, leave, true);
            transition.add(before.outside.as_ref(), to, stretch.length, enter, false);
        }
        let neither = SLOTS - both - leave - enter;
        transition.add(before.outside.as_ref(), after.outside.as_ref(), SLOTS, neither, false);
        transition
    }

    fn add(&mut self, from: Option<&String>, to: Option<&String>, slots: u32, entries: u32, by_slot: bool) {
        let measure = u64::from(slots) * u64::from(entries);
        if measure > 0 {
            let sum = self.0.entry((from.cloned(), to.cloned())).or_default();
            sum.total += measure;
            sum.by_slot += if by_slot { measure } else { 0 };
        }
    }

    /// Returns the measures of those who get another implementation, as far as both are known.
    pub(super) fn moves(&self) -> impl Iterator<Item = (&str, &str, Measure)> {
        let known =
            self.0.iter().filter_map(|((from, to), measure)| Some((from.as_deref()?, to.as_deref()?, *measure)));
        known.filter(|(from, to, _)| from != to)
    }

    /// Returns the measures of those who keep their implementation, or what follows.
    pub(super) fn stays(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        let same = self.0.iter().filter(|((from, to), _)| from == to);
        same.map(|((from, _), measure)| (from.as_deref(), measure.total))
    }

    /// Returns the measures of those who get something else, where the old or the new implementation depends on the subject.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (Option<&str>, Option<&str>, u64)> {
        let unknown = self.0.iter().filter(|((from, to), _)| from != to && (from.is_none() || to.is_none()));
        unknown.map(|((from, to), measure)| (from.as_deref(), to.as_deref(), measure.total))
    }

    /// Returns the measures of all units by what they get before, and after.
    pub(super) fn ends(&self) -> [BTreeMap<Option<&str>, u64>; 2] {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        for ((from, to), measure) in &self.0 {
            *before.entry(from.as_deref()).or_default() += measure.total;
            *after.entry(to.as_deref()).or_default() += measure.total;
        }
        [before, after]
    }
}

impl PartAllocation {
    /// Creates a part that gives everyone the same implementation.
    pub(super) fn fixed(name: &str) -> Self {
        Self { allocation: vec![SlotRange::new(name, SLOTS, 0)], entry: SLOTS, outside: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Percent;

    #[test]
    fn a_whole_number_of_slots_has_exactly_their_percentage() {
        for slots in (0..SLOTS).step_by(7) {
            let measure = u64::from(slots) * u64::from(SLOTS);
            assert_eq!(percent(measure).to_bits(), Percent::from_slots(slots).0.to_bits(), "{slots}");
        }
    }

    #[test]
    fn what_follows_is_known_only_if_it_is_one_implementation() {
        let state = |json: &str| json.parse::<State>().unwrap();
        let rule = |name: &str, when: &str, choice: &str| {
            format!(r#"{{"name": "{name}", "when": {when}, "select": {{"static": "{choice}"}}}}"#)
        };
        let (all, some) = (r#"{"all": []}"#, r#"{"segment": "Country", "eq": "CA"}"#);
        let with_rules =
            |rules: &[String], otherwise: &str| state(&format!(r#"{{"rules": [{}]{otherwise}}}"#, rules.join(",")));
        let first = rule("first", all, "x");
        for (rules, otherwise, expected) in [
            (vec![first.clone()], "", Some("acme")),
            (vec![first.clone()], r#", "otherwise": {"static": "zeta"}"#, Some("zeta")),
            (vec![first.clone(), rule("b", all, "zeta")], "", Some("zeta")),
            (vec![first.clone(), rule("b", some, "zeta")], "", None),
            (vec![first.clone(), rule("b", some, "acme")], "", Some("acme")),
            (vec![first.clone()], r#", "otherwise": {"rollout": {"by": "UserId", "weights": {"acme": 100}}}"#, None),
        ] {
            let state = with_rules(&rules, otherwise);
            assert_eq!(following(&state, 0, "acme").as_deref(), expected, "{}", state.to_json());
            assert_eq!(following(&state, rules.len(), "acme").as_deref(), Some("acme"), "after `otherwise`");
        }
    }
}
