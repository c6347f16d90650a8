//! Merges gates check by check, because several people add conditions to a flag.

use feats::model::{Condition, Gate};

use super::three_way::{merge_lists, note_conflict};
use crate::draft::form::checks;

/// The checks of one attribute; a condition of another form is on its own.
#[derive(Clone, PartialEq)]
struct AttributeChecks {
    key: String,
    checks: Vec<Condition>,
}

/// Applies my changes since `base` to theirs. An attribute whose checks both changed in different ways has mine, as a conflict.
pub(super) fn merge(conflicts: &mut Vec<String>, [base, theirs, mine]: [&Gate; 3]) -> Gate {
    let mut merged = mine.clone();
    if mine.missing == base.missing {
        merged.missing = theirs.missing;
    } else {
        note_conflict(conflicts, "the meaning of missing attributes", &base.missing, &theirs.missing, &mine.missing);
    }
    let served = |gate: &Gate| (gate.pass.clone(), gate.fail.clone());
    if served(mine) == served(base) {
        (merged.pass, merged.fail) = served(theirs);
    } else {
        note_conflict(conflicts, "what the conditions serve", &served(base), &served(theirs), &served(mine));
    }
    if mine.conditions == base.conditions {
        merged.conditions.clone_from(&theirs.conditions);
    } else if theirs.conditions != base.conditions && theirs.conditions != mine.conditions {
        let lists = [base, theirs, mine].map(by_attribute);
        let name = |entry: &AttributeChecks| format!("the condition on {}", entry.key);
        let keep_mine = |conflicts: &mut Vec<String>, [_, _, mine]: [&AttributeChecks; 3]| {
            conflicts.push(name(mine));
            mine.clone()
        };
        let [base, theirs, mine] = &lists;
        let checks = merge_lists(conflicts, |entry| entry.key.clone(), name, keep_mine, [base, theirs, mine]);
        merged.conditions = checks.into_iter().flat_map(|entry| entry.checks).map(all).collect();
    }
    merged
}

fn by_attribute(gate: &Gate) -> Vec<AttributeChecks> {
    let mut list: Vec<AttributeChecks> = Vec::new();
    for check in checks(&gate.conditions) {
        let key = match check {
            Condition::Predicate(predicate) => crate::draft::form::source::label(&predicate.source),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        match list.iter_mut().find(|known| known.key == key) {
            Some(known) => known.checks.push(check.clone()),
            None => list.push(AttributeChecks { key, checks: vec![check.clone()] }),
        }
    }
    list
}

/// Wraps a check in a condition, as if a program added it.
fn all(check: Condition) -> Condition {
    Condition::All { all: vec![check] }
}

#[cfg(test)]
mod tests {
    use feats::State;

    use super::*;

    fn gate(conditions: &str) -> Gate {
        let json = format!(
            r#"{{"rules": [{{"name": "conditions", "select": {{"gate": {{"pass": "enabled", "fail": "disabled", {conditions}}}}}}}]}}"#
        );
        let state: State = json.parse().expect("a state");
        assert_eq!(state.problems(), []);
        state.rules[0].select.gate().expect("a gate").clone()
    }

    fn merged(base: &str, theirs: &str, mine: &str) -> (String, Vec<String>) {
        let mut conflicts = Vec::new();
        let merged = merge(&mut conflicts, [&gate(base), &gate(theirs), &gate(mine)]);
        (serde_json::to_string(&merged).expect("JSON"), conflicts)
    }

    const ADMIN: &str = r#"{"segment":"admin","eq":true}"#;
    const ADULT: &str = r#"{"segment":"age","gte":18}"#;
    const OLD: &str = r#"{"segment":"age","gte":65}"#;
    const TEAM: &str = r#"{"segment":"team","in":["a","b"]}"#;

    fn all(checks: &[&str]) -> String {
        format!(r#""conditions": [{{"all": [{}]}}]"#, checks.join(","))
    }

    #[test]
    fn checks_that_both_added_are_all_kept() {
        let (json, conflicts) = merged(&all(&[ADMIN]), &all(&[ADMIN, ADULT]), &all(&[ADMIN, TEAM]));
        for check in [ADMIN, ADULT, TEAM] {
            assert_eq!(json.matches(check).count(), 1, "{json}");
        }
        assert!(conflicts.is_empty());
    }

    #[test]
    fn a_removed_check_stays_removed() {
        let (json, conflicts) = merged(&all(&[ADMIN, ADULT]), &all(&[ADULT]), &all(&[ADMIN, ADULT, TEAM]));
        assert!(!json.contains(ADMIN) && json.contains(ADULT) && json.contains(TEAM), "{json}");
        assert!(conflicts.is_empty());
    }

    #[test]
    fn a_check_that_both_changed_is_mine_and_a_conflict() {
        let (json, conflicts) = merged(&all(&[ADMIN]), &all(&[ADMIN, ADULT]), &all(&[ADMIN, OLD]));
        assert!(json.contains(OLD) && !json.contains(ADULT), "{json}");
        assert_eq!(conflicts, ["the condition on age"]);
    }

    #[test]
    fn other_parts_are_merged_on_their_own() {
        let fail = format!("{}, \"missing\": \"fail\"", all(&[ADMIN]));
        let (json, conflicts) = merged(&all(&[ADMIN]), &fail, &all(&[ADMIN, TEAM]));
        assert!(json.contains("\"missing\":\"fail\"") && json.contains(TEAM), "{json}");
        assert!(conflicts.is_empty());
    }
}
