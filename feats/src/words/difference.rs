//! What differs between two states.

use serde::Serialize;

use super::part::{Part, parts_but};
use crate::model::{State, Timestamp};

/// Something that differs between two states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Difference {
    /// A part is gone.
    Removed {
        /// The part as it was.
        before: Part,
    },
    /// A part is new.
    Added {
        /// The part as it is.
        after: Part,
    },
    /// A part is another one. Where the sentence stays the same, only the JSON tells: who owns which slots, say.
    Changed {
        /// The part as it was.
        before: Part,
        /// The part as it is.
        after: Part,
    },
    /// The rules of both states stand in another order.
    Reordered {
        /// Their names in the order that was.
        before: Vec<String>,
        /// Their names in the order that is.
        after: Vec<String>,
    },
}

/// Everything that differs, in the order of the states.
pub fn differences(before: &State, after: &State, now: Timestamp) -> Vec<Difference> {
    // Most rules stay as they are, and to tell each of them takes longer than to compare it.
    let old = parts_but(before, now, |rule| after.rules.contains(rule));
    let mut new = parts_but(after, now, |rule| before.rules.contains(rule));
    let mut differences = Vec::new();
    for before in old {
        match new.iter().position(|after| after.part == before.part).map(|at| new.remove(at)) {
            None => differences.push(Difference::Removed { before }),
            Some(after) if after != before => differences.push(Difference::Changed { before, after }),
            Some(_) => {}
        }
    }
    differences.extend(new.into_iter().map(|after| Difference::Added { after }));
    let (before, after) = (shared(before, after), shared(after, before));
    if before != after {
        differences.push(Difference::Reordered { before, after });
    }
    differences
}

/// The names of the rules that the other state has too, in order.
fn shared(state: &State, other: &State) -> Vec<String> {
    let names = state.rules.iter().map(|rule| &rule.name);
    names.filter(|name| other.rules.iter().any(|rule| rule.name == **name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at_any_time(before: &State, after: &State) -> Vec<Difference> {
        differences(before, after, Timestamp::from_millis(0))
    }

    #[test]
    fn parts_are_compared_by_what_they_are() {
        let rule = |name: &str, choice: &str| json!({ "name": name, "select": { "static": choice } });
        let state = |rules: Vec<_>| State::from_json(&json!({ "rules": rules }));
        let before = state(vec![rule("a", "acme"), rule("b", "acme"), rule("c", "acme")]);
        let after = state(vec![rule("c", "acme"), rule("a", "premium"), rule("d", "acme")]);
        let told: Vec<_> = at_any_time(&before, &after)
            .iter()
            .map(|difference| match difference {
                Difference::Removed { before } => format!("-{}", before.part),
                Difference::Added { after } => format!("+{}", after.part),
                Difference::Changed { after, .. } => format!("~{}", after.part),
                Difference::Reordered { before, after } => format!("{before:?} {after:?}"),
            })
            .collect();
        assert_eq!(told, ["~rule a", "-rule b", "+rule d", r#"["a", "c"] ["c", "a"]"#]);
        assert_eq!(at_any_time(&after, &after), []);
    }

    #[test]
    fn two_overrides_of_one_kind_are_two_parts() {
        let units = |values: Vec<u32>| json!({ "segment": "UserId", "values": values, "use": "acme" });
        let state = State::from_json(&json!({ "overrides": [units(vec![1]), units(vec![2])] }));
        assert_eq!(at_any_time(&state, &state), []);
    }
}
