//! Edits of the variants of a flag.

use feats_core::__private::join;
use serde_json::Value as Json;

use crate::error::{Problem, Problems};
use crate::model::{ENABLED, RampFrom, Rollout, Selector, State, Weights};
use crate::text::quoted;

/// Adds a variant, or replaces its value. In a flag without variants, it takes the place of `enabled`.
pub(super) fn set_variant(state: &mut State, problems: &mut Problems, name: &str, value: &Json) {
    if state.flag.is_none() {
        problems.push(|| Problem::new("flag", "this is the state of a feature, not of a flag"));
    } else {
        if state.values.is_empty() {
            replace_enabled(state, name);
        }
        state.values.insert(name.to_owned(), value.clone());
    }
}

/// Removes a variant that nothing serves. What serves it is reported when the state is compiled.
pub(super) fn remove_variant(state: &mut State, problems: &mut Problems, name: &str) {
    let problem = |message: String| Problem::new(join("values", name), message);
    if !state.values.contains_key(name) {
        let known = state.values.keys().map(String::as_str);
        problems.push_with_suggestion(|| problem(format!("the flag has no variant {}", quoted(name))), name, known);
    } else if state.values.len() == 1 {
        problems
            .push(|| problem("this is the only variant of the flag; archive or destroy the flag instead".to_owned()));
    } else {
        state.values.remove(name);
    }
}

/// Serves a variant to everyone who was served `enabled`.
fn replace_enabled(state: &mut State, name: &str) {
    let serves_all = state.otherwise == Some(Selector::Static(ENABLED.to_owned()));
    let choices = state.overrides.iter_mut().map(|known| &mut known.choice).chain(&mut state.pinned);
    choices.for_each(|choice| replace(choice, name));
    for selector in state.rules.iter_mut().map(|rule| &mut rule.select).chain(&mut state.otherwise) {
        match selector {
            Selector::Static(choice) => replace(choice, name),
            Selector::Rollout(rollout) => replace_in_rollout(rollout, name),
            Selector::Experiment(experiment) => replace_in_rollout(&mut experiment.rollout, name),
            // A passed gate does not choose in a flag that is created with variants.
            Selector::Gate(gate) if serves_all => gate.pass = None,
            Selector::Gate(gate) => gate.pass.iter_mut().chain([&mut gate.fail]).for_each(|it| replace(it, name)),
        }
    }
}

fn replace_in_rollout(rollout: &mut Rollout, name: &str) {
    replace_in_weights(&mut rollout.weights, name);
    rollout.slots.iter_mut().for_each(|range| replace(&mut range.implementation, name));
    match rollout.ramp.as_mut().and_then(|ramp| ramp.from.as_mut()) {
        Some(RampFrom::Weights(weights)) => replace_in_weights(weights, name),
        Some(RampFrom::Slots(ranges)) => ranges.iter_mut().for_each(|range| replace(&mut range.implementation, name)),
        None => {}
    }
}

fn replace_in_weights(weights: &mut Weights, name: &str) {
    if let Some(share) = weights.remove(ENABLED) {
        weights.insert(name.to_owned(), share);
    }
}

fn replace(choice: &mut String, name: &str) {
    if choice == ENABLED {
        name.clone_into(choice);
    }
}
