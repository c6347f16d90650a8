//! Merges the parts of a state that only flags have: their variants by name, and the data of the flag by key.

use std::collections::BTreeMap;

use feats::model::State;
use serde_json::Value as Json;

use super::three_way::note_conflict;

/// Applies my changes since `base` to `state`, which has theirs.
pub(super) fn merge(conflicts: &mut Vec<String>, state: &mut State, [base, theirs, mine]: [&State; 3]) {
    state.values = merge_maps(conflicts, "the variant", [&base.values, &theirs.values, &mine.values]);
    let (Some(base), Some(theirs), Some(mine), Some(merged)) = (&base.flag, &theirs.flag, &mine.flag, &mut state.flag)
    else {
        return;
    };
    if mine.enabled != base.enabled {
        merged.enabled = mine.enabled;
    }
    if mine.archived != base.archived {
        merged.archived = mine.archived;
    }
    let data = [base, theirs, mine].map(|flag| flag.client_data.clone().into_iter().collect());
    let [base, theirs, mine] = &data;
    merged.client_data = merge_maps(conflicts, "the client data", [base, theirs, mine]).into_iter().collect();
}

/// Merges entries by name. An entry that both changed in different ways is mine, as a conflict.
fn merge_maps(
    conflicts: &mut Vec<String>,
    what: &str,
    [base, theirs, mine]: [&BTreeMap<String, Json>; 3],
) -> BTreeMap<String, Json> {
    let mut merged = theirs.clone();
    for name in base.keys().chain(mine.keys().filter(|name| !base.contains_key(*name))) {
        let [before, now, after] = [base, theirs, mine].map(|map| map.get(name));
        if before == after {
            continue;
        }
        note_conflict(conflicts, &format!("{what} {name}"), &before, &now, &after);
        match after {
            Some(value) => drop(merged.insert(name.clone(), value.clone())),
            None => drop(merged.remove(name)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(values: &Json, data: &Json) -> State {
        State::from_json(&json!({ "values": values, "flag": {
            "enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada", "client_data": data } }))
    }

    #[test]
    fn variants_and_client_data_are_merged_by_name() {
        let base = state(&json!({ "light": 1, "dark": 2 }), &json!({ "ttl": 1, "team": "a" }));
        let mut theirs = state(&json!({ "light": 1, "dark": 3 }), &json!({ "ttl": 2, "team": "a" }));
        let mine = state(&json!({ "light": 4, "dark": 2, "new": 5 }), &json!({ "ttl": 3 }));
        let mut conflicts = Vec::new();
        let mut merged = theirs.clone();
        merge(&mut conflicts, &mut merged, [&base, &theirs, &mine]);
        assert_eq!(merged, state(&json!({ "light": 4, "dark": 3, "new": 5 }), &json!({ "ttl": 3 })));
        assert_eq!(conflicts, ["the client data ttl"]);

        // They disabled the flag, and I did not.
        if let Some(flag) = &mut theirs.flag {
            flag.enabled = false;
        }
        let mut merged = theirs.clone();
        merge(&mut Vec::new(), &mut merged, [&base, &theirs, &mine]);
        assert!(merged.flag.is_some_and(|flag| !flag.enabled));
    }
}
