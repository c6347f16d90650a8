//! Differences between two states.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::part::{DescribedPart, PartRef, part_refs};

use crate::model::{State, Timestamp};

/// A difference between two states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Difference {
    /// A part was removed.
    Removed {
        /// The removed part.
        before: DescribedPart,
    },
    /// A part was added.
    Added {
        /// The added part.
        after: DescribedPart,
    },
    /// A part changed. If the description is the same, only the JSON differs, for example the allocation of slots.
    Changed {
        /// The old part.
        before: DescribedPart,
        /// The new part.
        after: DescribedPart,
    },
    /// The rules common to both states are in another order.
    Reordered {
        /// Their names in the old order.
        before: Vec<String>,
        /// Their names in the new order.
        after: Vec<String>,
    },
}

/// The first differences, and the number of all.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FirstDifferences {
    /// The first differences, in the order of the states.
    pub first: Vec<Difference>,
    /// The number of all differences.
    pub total: usize,
}

/// Returns all differences, in the order of the states.
pub fn differences(before: &State, after: &State, now: Timestamp) -> Vec<Difference> {
    first_differences(before, after, now, usize::MAX).first
}

/// Returns at most `limit` differences, and the number of all: describing ten thousand takes longer than comparing them.
pub fn first_differences(before: &State, after: &State, now: Timestamp, limit: usize) -> FirstDifferences {
    let old = part_refs(before);
    let mut new: Vec<Option<(String, PartRef<'_>)>> = part_refs(after).into_iter().map(Some).collect();
    let named = new.iter().flatten().enumerate().map(|(index, (part, _))| (part.clone(), index));
    let indexes: HashMap<String, usize> = named.collect();
    let mut found = FirstDifferences::default();
    let mut add = |describe: &dyn Fn() -> Difference| {
        found.total += 1;
        if found.first.len() < limit {
            found.first.push(describe());
        }
    };
    for (part, before) in old {
        let after = indexes.get(&part).and_then(|index| new.get_mut(*index)?.take());
        let describe_before = || before.describe(part.clone(), now);
        match after {
            None => add(&|| Difference::Removed { before: describe_before() }),
            Some((_, after)) if after != before => {
                add(&|| Difference::Changed { before: describe_before(), after: after.describe(part.clone(), now) });
            }
            Some(_) => {}
        }
    }
    for (part, after) in new.into_iter().flatten() {
        add(&|| Difference::Added { after: after.describe(part.clone(), now) });
    }
    let (before, after) = (shared(before, after), shared(after, before));
    if before != after {
        add(&|| Difference::Reordered { before: before.clone(), after: after.clone() });
    }
    found
}

/// Returns the names of the rules that the other state has too, in order.
fn shared(state: &State, other: &State) -> Vec<String> {
    let known: HashSet<&String> = other.rules.iter().map(|rule| &rule.name).collect();
    state.rules.iter().map(|rule| &rule.name).filter(|name| known.contains(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at_any_time(before: &State, after: &State) -> Vec<Difference> {
        differences(before, after, Timestamp::from_millis(0))
    }

    #[test]
    fn parts_are_compared_by_kind_and_name() {
        let rule = |name: &str, choice: &str| json!({ "name": name, "select": { "static": choice } });
        let state = |rules: Vec<_>| State::from_json(&json!({ "rules": rules }));
        let before = state(vec![rule("a", "acme"), rule("b", "acme"), rule("c", "acme")]);
        let after = state(vec![rule("c", "acme"), rule("a", "premium"), rule("d", "acme")]);
        let found: Vec<_> = at_any_time(&before, &after)
            .iter()
            .map(|difference| match difference {
                Difference::Removed { before } => format!("-{}", before.part),
                Difference::Added { after } => format!("+{}", after.part),
                Difference::Changed { after, .. } => format!("~{}", after.part),
                Difference::Reordered { before, after } => format!("{before:?} {after:?}"),
            })
            .collect();
        assert_eq!(found, ["~rule a", "-rule b", "+rule d", r#"["a", "c"] ["c", "a"]"#]);
        assert_eq!(at_any_time(&after, &after), []);
    }

    #[test]
    fn overrides_of_the_same_segment_and_choice_are_separate_parts() {
        let units = |values: Vec<u32>| json!({ "segment": "UserId", "values": values, "use": "acme" });
        let state = State::from_json(&json!({ "overrides": [units(vec![1]), units(vec![2])] }));
        assert_eq!(at_any_time(&state, &state), []);
    }
}
