//! What differs between two states.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::part::{DescribedPart, Untold, untold};

use crate::model::{State, Timestamp};

/// Something that differs between two states.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Difference {
    /// A part is gone.
    Removed {
        /// The part as it was.
        before: DescribedPart,
    },
    /// A part is new.
    Added {
        /// The part as it is.
        after: DescribedPart,
    },
    /// A part is another one. Where the sentence stays the same, only the JSON tells: who owns which slots, say.
    Changed {
        /// The part as it was.
        before: DescribedPart,
        /// The part as it is.
        after: DescribedPart,
    },
    /// The rules of both states stand in another order.
    Reordered {
        /// Their names in the order that was.
        before: Vec<String>,
        /// Their names in the order that is.
        after: Vec<String>,
    },
}

/// The first of what differs, and how much there is.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FirstDifferences {
    /// The first differences, in the order of the states.
    pub first: Vec<Difference>,
    /// How many there are with those that are not told.
    pub total: usize,
}

/// Everything that differs, in the order of the states.
pub fn differences(before: &State, after: &State, now: Timestamp) -> Vec<Difference> {
    first_differences(before, after, now, usize::MAX).first
}

/// What differs, of which no more than `most` are told: to tell each of ten thousand takes longer than to compare them.
pub fn first_differences(before: &State, after: &State, now: Timestamp, most: usize) -> FirstDifferences {
    let old = untold(before);
    let mut new: Vec<Option<(String, Untold<'_>)>> = untold(after).into_iter().map(Some).collect();
    let named = new.iter().flatten().enumerate().map(|(at, (part, _))| (part.clone(), at));
    let positions: HashMap<String, usize> = named.collect();
    let mut found = FirstDifferences::default();
    let mut add = |tell: &dyn Fn() -> Difference| {
        found.total += 1;
        if found.first.len() < most {
            found.first.push(tell());
        }
    };
    for (part, before) in old {
        let after = positions.get(&part).and_then(|at| new.get_mut(*at)?.take());
        let before_told = || before.tell(part.clone(), now);
        match after {
            None => add(&|| Difference::Removed { before: before_told() }),
            Some((_, after)) if after != before => {
                add(&|| Difference::Changed { before: before_told(), after: after.tell(part.clone(), now) });
            }
            Some(_) => {}
        }
    }
    for (part, after) in new.into_iter().flatten() {
        add(&|| Difference::Added { after: after.tell(part.clone(), now) });
    }
    let (before, after) = (shared(before, after), shared(after, before));
    if before != after {
        add(&|| Difference::Reordered { before: before.clone(), after: after.clone() });
    }
    found
}

/// The names of the rules that the other state has too, in order.
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
