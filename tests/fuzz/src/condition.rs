//! Conditions as JSON: reading, printing in words, compiling.

use feats::State;
use serde_json::json;

use crate::state;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(condition) = serde_json::from_str::<serde_json::Value>(text) {
        let rule = json!({"rules": [{"name": "fuzz", "when": condition, "select": {"static": "premium"}}]});
        state::check(&State::from_json(&rule));
    }
}
