//! Untrusted states: submitted seeds, slots, reassigned ranges, and the creation of a flag are replaced by those of the base.
//!
//! A state that passed through a form may have been manipulated. Everything that follows from the base is taken from the base or
//! generated again, so that a form cannot move units in a way that the shares do not show.

use super::rollout::{RampFrom, Rollout};
use super::selector::Selector;
use super::state::{Rule, State};

/// Removes from the rollouts of a new state all allocation data that the base does not have.
///
/// A seed that the base does not have is kept only if the base has another rollout in the same place: there it reassigns every
/// unit, which needs a confirmation. In any other place it is replaced by `seed(place)`.
pub fn discard_foreign_allocations(base: &State, state: &mut State, seed: impl Fn(&str) -> String) {
    let rules =
        state.rules.iter_mut().map(|rule| (format!("rule {}", rule.name), in_rule(base, rule), &mut rule.select));
    let otherwise = state.otherwise.iter_mut();
    let otherwise = otherwise.map(|selector| ("otherwise".to_owned(), base.otherwise.as_ref(), selector));
    for (place, in_place, selector) in rules.chain(otherwise) {
        discard(base, in_place, selector, || seed(&place));
    }
}

/// Keeps the time and the author of a flag's creation, which no change may alter.
pub fn keep_creation(base: &State, state: &mut State) {
    if let (Some(known), Some(flag)) = (&base.flag, &mut state.flag) {
        flag.created_at = known.created_at;
        flag.created_by.clone_from(&known.created_by);
    }
}

fn in_rule<'b>(base: &'b State, rule: &Rule) -> Option<&'b Selector> {
    base.rules.iter().find(|known| known.name == rule.name).map(|known| &known.select)
}

fn discard(base: &State, in_place: Option<&Selector>, selector: &mut Selector, seed: impl Fn() -> String) {
    let Some(rollout) = selector.rollout_mut() else { return };
    let own =
        base.selectors().map(|(_, known)| known).find(|known| known.rollout().is_some_and(|it| is_same(it, rollout)));
    let known = own.and_then(Selector::rollout);
    let replaces = in_place.and_then(Selector::rollout).is_some();
    if known.is_none() && !replaces {
        rollout.seed = Some(seed());
    }
    if known.is_none_or(|known| known.slots != rollout.slots) {
        rollout.slots.clear();
    }
    if let Some(ramp) = &mut rollout.ramp
        && let Some(RampFrom::Slots(runs)) = &ramp.from
        && known.and_then(Rollout::ramp_slots) != Some(runs)
    {
        ramp.from = None;
    }
    if let Some(experiment) = selector.experiment_mut() {
        let reassigned = own.and_then(Selector::experiment).map(|known| known.reassigned.clone());
        experiment.reassigned = reassigned.unwrap_or_default();
    }
}

/// Returns `true` if two rollouts have the same identity: the same seed and the same units.
fn is_same(one: &Rollout, other: &Rollout) -> bool {
    one.seed.is_some() && one.seed == other.seed && one.has_units_of(other)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn base() -> State {
        State::from_json(&json!({
            "rules": [
                { "name": "Canada", "when": { "segment": "Country", "in": ["CA"] }, "select": { "experiment": {
                    "by": "UserId", "seed": "canada", "weights": { "a": 50, "b": 50 },
                    "slots": [["a", 500_000, 1], ["b", 500_000, 1]], "reassigned": [["slot", 5, 6]] } } },
                { "name": "France", "select": { "static": "a" } },
            ],
            "otherwise": { "rollout": { "by": "UserId", "seed": "others", "weights": { "a": 50, "b": 50 },
                "slots": [["a", 500_000, 1], ["b", 500_000, 2]] } },
        }))
    }

    /// Replaces a value of the base at `pointer`, discards foreign data, and returns the resulting state.
    fn with(pointer: &str, value: Json) -> Json {
        let mut json = base().to_json();
        *json.pointer_mut(pointer).expect("the pointer exists") = value;
        let mut state = State::from_json(&json);
        assert_eq!(state.problems(), []);
        discard_foreign_allocations(&base(), &mut state, |place| format!("new {place}"));
        state.to_json()
    }

    #[test]
    fn data_of_the_base_is_kept() {
        assert_eq!(with("/pinned", Json::Null), base().to_json());
        assert_eq!(
            with("/otherwise/rollout/weights", json!({ "a": 60, "b": 40 })).pointer("/otherwise/rollout/seed"),
            Some(&json!("others"))
        );
    }

    #[test]
    fn foreign_slots_are_discarded() {
        let swapped = json!([["b", 500_000, 1], ["a", 500_000, 2]]);
        for slots in [
            swapped,
            json!([["a", 500_000, 1], ["b", 500_000, 7]]),
            json!([["a", 500_000, 1], ["b", 500_000, u64::MAX]]),
        ] {
            assert_eq!(with("/otherwise/rollout/slots", slots).pointer("/otherwise/rollout/slots"), None);
        }
    }

    #[test]
    fn reassigned_ranges_are_those_of_the_base() {
        for reassigned in [json!([]), json!([["slot", 0, 1_000_000]])] {
            let state = with("/rules/0/select/experiment/reassigned", reassigned);
            assert_eq!(state.pointer("/rules/0/select/experiment/reassigned"), Some(&json!([["slot", 5, 6]])));
        }
    }

    #[test]
    fn the_author_cannot_choose_the_seed_of_a_new_rollout() {
        let rollout = |seed: &str| {
            json!({ "rollout": { "by": "UserId", "seed": seed, "weights": { "a": 50, "b": 50 },
            "slots": [["b", 500_000, 1], ["a", 500_000, 1]] } })
        };
        let state = with("/rules/1/select", rollout("another feature's"));
        assert_eq!(state.pointer("/rules/1/select/rollout/seed"), Some(&json!("new rule France")));
        assert_eq!(state.pointer("/rules/1/select/rollout/slots"), None);
        let mut renamed = base();
        renamed.rules[0].name = "Kanada".to_owned();
        let own = renamed.clone();
        discard_foreign_allocations(&base(), &mut renamed, |place| format!("new {place}"));
        assert_eq!(renamed, own, "a renamed rule keeps its experiment");
        let in_place = with("/otherwise", rollout("chosen"));
        assert_eq!(in_place.pointer("/otherwise/rollout/seed"), Some(&json!("chosen")), "this needs a confirmation");
        assert_eq!(in_place.pointer("/otherwise/rollout/slots"), None);
    }

    #[test]
    fn the_creation_of_a_flag_is_that_of_the_base() {
        let flag = |at: &str, by: &str| {
            State::from_json(&json!({ "flag": { "enabled": true, "created_at": at, "created_by": by } }))
        };
        let base = flag("2026-12-01T09:00:00Z", "ada");
        let mut forged = flag("2020-01-01T00:00:00Z", "eve");
        keep_creation(&base, &mut forged);
        assert_eq!(forged, base);
        keep_creation(&State::default(), &mut forged);
        assert_eq!(forged, base, "a new flag has no base");
    }

    #[test]
    fn slots_without_a_seed_are_discarded() {
        let anonymous = json!({ "rollout": { "by": "UserId", "weights": { "a": 50, "b": 50 },
            "slots": [["b", 500_000, 1], ["a", 500_000, 1]] } });
        let state = with("/otherwise", anonymous);
        assert_eq!(state.pointer("/otherwise/rollout/seed"), None, "publishing adds the seed of its place");
        assert_eq!(state.pointer("/otherwise/rollout/slots"), None);
    }
}
