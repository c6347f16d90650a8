//! Conditions as JSON and in the syntax of the command line: parsing, printing, compiling.

use feats::State;
use feats_cli::reading::parse_condition;
use serde_json::json;

use crate::state;
use crate::world::payments;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let condition = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(condition) => condition,
        Err(_) => match parse_condition(text, &payments()) {
            Ok(condition) => serde_json::to_value(condition).expect("a condition serializes to JSON"),
            Err(problem) => {
                assert!(!problem.message().is_empty(), "an error has a message");
                return;
            }
        },
    };
    let rule = json!({"rules": [{"name": "fuzz", "when": condition, "select": {"static": "premium"}}]});
    state::check(&State::from_json(&rule));
}
