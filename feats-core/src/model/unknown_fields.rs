//! Fields of a state that this version does not know.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::parse::join;
use super::state::{Override, Rule, State};
use crate::error::{Problem, Problems, quoted};

/// Reports unknown fields. A field that the base revision has as well is accepted: a newer version of feats has added it.
pub fn unknown_fields(base: &State, state: &State) -> Vec<Problem> {
    let mut problems = Problems::default();
    let mut check =
        |path: &str, known: &[&'static str], fields: &Map<String, Json>, before: Option<&Map<String, Json>>| {
            for key in fields.keys().filter(|key| before.is_none_or(|before| !before.contains_key(*key))) {
                let problem = || Problem::new(join(path, key), format!("unknown field {}", quoted(key)));
                problems.push_with_suggestion(problem, key, known.iter().copied());
            }
        };
    check("", &State::KEYS, &state.unknown, Some(&base.unknown));
    // A list may have several overrides of one segment, input and implementation.
    let mut overrides: HashMap<_, Map<String, Json>> = HashMap::new();
    for known in base.overrides.iter().filter(|known| !known.unknown.is_empty()) {
        overrides.entry(override_key(known)).or_default().extend(known.unknown.clone());
    }
    for (index, entry) in state.overrides.iter().enumerate() {
        let known = &["segment", "input", "values", "use"];
        check(&format!("overrides[{index}]"), known, &entry.unknown, overrides.get(&override_key(entry)));
    }
    let rules: HashMap<&str, &Rule> = base.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    for (index, rule) in state.rules.iter().enumerate() {
        let before = rules.get(rule.name.as_str());
        check(
            &format!("rules[{index}]"),
            &["name", "when", "select"],
            &rule.unknown,
            before.map(|known| &known.unknown),
        );
    }
    problems.into_vec()
}

/// The key by which the same override is found in another state.
fn override_key(known: &Override) -> (&str, Option<&str>, &str) {
    (&known.segment, known.input.as_deref(), &known.choice)
}
