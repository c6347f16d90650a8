//! Fields of a state that this version does not know.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::read::join;
use super::state::{Override, Rule, State};
use crate::error::{Problem, Problems, quoted};

/// Fields that no version knows are mistakes, unless the base revision had them: then a newer version put them there.
pub fn unknown_fields(base: &State, state: &State) -> Vec<Problem> {
    let mut problems = Problems::default();
    let mut check =
        |path: &str, known: &[&'static str], fields: &Map<String, Json>, before: Option<&Map<String, Json>>| {
            for key in fields.keys().filter(|key| before.is_none_or(|before| !before.contains_key(*key))) {
                let problem = || Problem::new(join(path, key), format!("no field {}", quoted(key)));
                problems.push_meaning(problem, key, known.iter().copied());
            }
        };
    check("", &State::KEYS, &state.unknown, Some(&base.unknown));
    // A list may have several overrides of one segment, input and implementation.
    let mut overrides: HashMap<_, Map<String, Json>> = HashMap::new();
    for known in base.overrides.iter().filter(|known| !known.unknown.is_empty()) {
        overrides.entry(override_key(known)).or_default().extend(known.unknown.clone());
    }
    for (at, entry) in state.overrides.iter().enumerate() {
        let known = &["segment", "input", "values", "use"];
        check(&format!("overrides[{at}]"), known, &entry.unknown, overrides.get(&override_key(entry)));
    }
    let rules: HashMap<&str, &Rule> = base.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    for (at, rule) in state.rules.iter().enumerate() {
        let before = rules.get(rule.name.as_str());
        check(&format!("rules[{at}]"), &["name", "when", "select"], &rule.unknown, before.map(|known| &known.unknown));
    }
    problems.into_vec()
}

/// What an override of another state is recognised by.
fn override_key(known: &Override) -> (&str, Option<&str>, &str) {
    (&known.segment, known.input.as_deref(), &known.choice)
}
