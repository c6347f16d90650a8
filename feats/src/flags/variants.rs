//! Edits of the variants of a flag.

use feats_core::__private::join;
use serde_json::Value as Json;

use crate::error::{Problem, Problems};
use crate::model::State;
use crate::text::quoted;

/// Adds a variant, or replaces its value. In a flag without variants, it takes the place of `enabled`.
pub(super) fn set_variant(state: &mut State, problems: &mut Problems, name: &str, value: &Json) {
    if state.flag.is_none() {
        problems.push(|| Problem::new("flag", "this is the state of a feature, not of a flag"));
    } else {
        if state.values.is_empty() {
            state.replace_enabled(name);
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
