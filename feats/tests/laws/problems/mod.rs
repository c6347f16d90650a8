//! Problems: each mistake in a state, with its exact path and what it says; all of them at once.
//!
//! Some are mistakes only before publishing: what is stored is refused only if it cannot be used.

mod experiments;
mod names;
mod refusals;
mod rollouts;
mod shape;
mod values;

use feats::State;
use serde_json::{Value as Json, json};

use super::world::{feature, stored, to_publish};

/// What publishing says of a state.
fn problems(state: &State) -> Vec<String> {
    to_publish(state, &feature()).problems.iter().map(ToString::to_string).collect()
}

/// The state cannot be used at all.
#[track_caller]
fn refused(state: &Json, expected: &[&str]) {
    let state = State::from_json(state);
    assert_eq!(problems(&state), expected);
    assert!(!stored(&state, &feature()).problems.is_empty(), "it is usable once stored");
}

/// The state is surely a mistake, but once it is stored it means something.
#[track_caller]
fn doubted(state: &Json, expected: &[&str]) {
    let state = State::from_json(state);
    assert_eq!(problems(&state), expected);
    assert_eq!(stored(&state, &feature()).problems, []);
}

#[track_caller]
fn accepted(state: &Json) {
    doubted(state, &[]);
}

fn when(condition: Json) -> Json {
    json!({ "rules": [{ "name": "rule", "when": condition, "select": { "static": "acme" } }] })
}

fn rollout(rollout: Json) -> Json {
    json!({ "otherwise": { "rollout": rollout } })
}
