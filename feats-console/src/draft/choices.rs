//! The choices that a state names: where it serves a variant, and its variants under another name.

use feats::model::{Experiment, Gate, RampFrom, Rollout, Selector, SlotRange, State, Weights};

/// Returns the parts of a state that serve a choice, as described to people.
pub(super) fn parts_serving(state: &State, choice: &str) -> Vec<String> {
    let mut parts = Vec::new();
    if state.pinned.as_deref() == Some(choice) {
        parts.push("the pin".to_owned());
    }
    if state.overrides.iter().any(|known| known.choice == choice) {
        parts.push("overrides".to_owned());
    }
    let serves = |selector: &Selector| selector.choices().any(|known| known == choice);
    parts.extend(state.rules.iter().filter(|rule| serves(&rule.select)).map(|rule| format!("the rule {}", rule.name)));
    if state.otherwise.as_ref().is_some_and(serves) {
        parts.push("everyone else".to_owned());
    }
    parts
}

/// Replaces a choice by another one wherever the state serves it, except by the pin.
pub(super) fn rename(state: &mut State, from: &str, to: &str) {
    for known in state.overrides.iter_mut().filter(|known| known.choice == from) {
        to.clone_into(&mut known.choice);
    }
    let selectors = state.rules.iter_mut().map(|rule| &mut rule.select).chain(state.otherwise.iter_mut());
    for selector in selectors {
        match selector {
            Selector::Static(choice) => rename_one(choice, from, to),
            Selector::Rollout(rollout) => rename_in_rollout(rollout, from, to),
            Selector::Experiment(experiment) => {
                let Experiment { rollout, .. } = &mut **experiment;
                rename_in_rollout(rollout, from, to);
            }
            Selector::Gate(gate) => {
                let Gate { pass, fail, .. } = &mut **gate;
                pass.iter_mut().chain([fail]).for_each(|choice| rename_one(choice, from, to));
            }
        }
    }
}

fn rename_in_rollout(rollout: &mut Rollout, from: &str, to: &str) {
    rename_weight(&mut rollout.weights, from, to);
    rename_slots(&mut rollout.slots, from, to);
    match rollout.ramp.as_mut().and_then(|ramp| ramp.from.as_mut()) {
        Some(RampFrom::Weights(weights)) => rename_weight(weights, from, to),
        Some(RampFrom::Slots(slots)) => rename_slots(slots, from, to),
        None => {}
    }
}

fn rename_weight(weights: &mut Weights, from: &str, to: &str) {
    if let Some(weight) = weights.remove(from) {
        weights.insert(to.to_owned(), weight);
    }
}

fn rename_slots(slots: &mut [SlotRange], from: &str, to: &str) {
    slots.iter_mut().for_each(|range| rename_one(&mut range.implementation, from, to));
}

fn rename_one(choice: &mut String, from: &str, to: &str) {
    if choice == from {
        to.clone_into(choice);
    }
}
