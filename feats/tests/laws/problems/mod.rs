//! Problems: each mistake in a state, with its exact path and message; all are reported at once.
//!
//! Some mistakes are refused only before publishing: a stored state is refused only if it cannot be used.

mod buckets;
mod experiments;
mod names;
mod refusals;
mod rollouts;
mod shape;
mod values;

use feats::State;
use serde_json::{Value as Json, json};

use super::world::{feature, stored, to_publish};

/// Returns the problems of a state before publishing.
fn problems(state: &State) -> Vec<String> {
    to_publish(state, &feature()).problems.iter().map(ToString::to_string).collect()
}

/// Checks that a state is refused before publishing and when loaded from a store.
#[track_caller]
fn refused(state: &Json, expected: &[&str]) {
    let state = State::from_json(state);
    assert_eq!(problems(&state), expected);
    assert!(!stored(&state, &feature()).problems.is_empty(), "the stored state is accepted");
}

/// Checks that a state is refused only before publishing.
#[track_caller]
fn refused_before_publishing(state: &Json, expected: &[&str]) {
    let state = State::from_json(state);
    assert_eq!(problems(&state), expected);
    assert_eq!(stored(&state, &feature()).problems, []);
}

#[track_caller]
fn accepted(state: &Json) {
    refused_before_publishing(state, &[]);
}

fn when(condition: Json) -> Json {
    json!({ "rules": [{ "name": "rule", "when": condition, "select": { "static": "acme" } }] })
}

fn rollout(rollout: Json) -> Json {
    json!({ "otherwise": { "rollout": rollout } })
}
