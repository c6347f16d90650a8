//! What differs between two states.

use feats::State;
use serde::Serialize;

use super::page::Page;
use super::sentence::{Part, parts};

/// Something that differs between two states.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(crate) enum Difference {
    Removed {
        before: Part,
    },
    Added {
        after: Part,
    },
    Changed {
        before: Part,
        after: Part,
    },
    /// The rules of both versions stand in another order.
    Reordered {
        before: Vec<String>,
        after: Vec<String>,
    },
}

impl Difference {
    /// Writes it for people.
    pub(crate) fn write(&self, page: &mut Page) {
        match self {
            Difference::Removed { before } => page.removed(&before.sentence),
            Difference::Added { after } => page.added(&after.sentence),
            Difference::Changed { before, after } if before.sentence == after.sentence => {
                page.line(format_args!("~ {}: who owns which slots changes, see --json", after.part));
            }
            Difference::Changed { before, after } => {
                page.removed(&before.sentence);
                page.added(&after.sentence);
            }
            Difference::Reordered { before, after } => {
                page.removed(format_args!("Order: {}", before.join(", ")));
                page.added(format_args!("Order: {}", after.join(", ")));
            }
        }
    }
}

/// Everything that differs, in the order of the states.
pub(crate) fn differences(before: &State, after: &State) -> Vec<Difference> {
    let (old, new) = (parts(before), parts(after));
    let find = |parts: &[Part], part: &Part| parts.iter().find(|other| other.part == part.part).cloned();
    let mut differences = Vec::new();
    for before in &old {
        match find(&new, before) {
            None => differences.push(Difference::Removed { before: before.clone() }),
            Some(after) if after != *before => {
                differences.push(Difference::Changed { before: before.clone(), after });
            }
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|part| find(&old, part).is_none());
    differences.extend(added.map(|after| Difference::Added { after: after.clone() }));
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

    #[test]
    fn parts_are_compared_by_what_they_are() {
        let rule = |name: &str, choice: &str| json!({ "name": name, "select": { "static": choice } });
        let state = |rules: Vec<_>| State::from_json(&json!({ "rules": rules }));
        let before = state(vec![rule("a", "acme"), rule("b", "acme"), rule("c", "acme")]);
        let after = state(vec![rule("c", "acme"), rule("a", "premium"), rule("d", "acme")]);
        let told: Vec<_> = differences(&before, &after)
            .iter()
            .map(|difference| match difference {
                Difference::Removed { before } => format!("-{}", before.part),
                Difference::Added { after } => format!("+{}", after.part),
                Difference::Changed { after, .. } => format!("~{}", after.part),
                Difference::Reordered { before, after } => format!("{before:?} {after:?}"),
            })
            .collect();
        assert_eq!(told, ["~rule a", "-rule b", "+rule d", r#"["a", "c"] ["c", "a"]"#]);
        assert_eq!(differences(&after, &after), []);
    }

    #[test]
    fn two_overrides_of_one_kind_are_two_parts() {
        let units = |values: Vec<u32>| json!({ "segment": "UserId", "values": values, "use": "acme" });
        let state = State::from_json(&json!({ "overrides": [units(vec![1]), units(vec![2])] }));
        assert_eq!(differences(&state, &state), []);
    }
}
