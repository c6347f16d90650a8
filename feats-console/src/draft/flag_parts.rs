//! Merges the parts of a state that only flags have: their variants by name, and the data of the flag by key.

use feats::model::State;
use serde_json::{Map, Value as Json};

use super::three_way::merge_objects;

/// Applies my changes since `base` to `state`, which is theirs.
pub(super) fn merge(conflicts: &mut Vec<String>, state: &mut State, [base, mine]: [&State; 2]) {
    let [before, now, after] =
        [&base.values, &state.values, &mine.values].map(|values| values.clone().into_iter().collect());
    let mut values: Map<String, Json> = now;
    let changed = merge_objects([&before, &after], &mut values);
    conflicts.extend(changed.iter().map(|name| format!("the variant {name}")));
    state.values = values.into_iter().collect();
    let (Some(base), Some(mine), Some(merged)) = (&base.flag, &mine.flag, &mut state.flag) else { return };
    if mine.enabled != base.enabled {
        merged.enabled = mine.enabled;
    }
    if mine.archived != base.archived {
        merged.archived = mine.archived;
    }
    let changed = merge_objects([&base.client_data, &mine.client_data], &mut merged.client_data);
    conflicts.extend(changed.iter().map(|key| format!("the client data {key}")));
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
        merge(&mut conflicts, &mut merged, [&base, &mine]);
        assert_eq!(merged, state(&json!({ "light": 4, "dark": 3, "new": 5 }), &json!({ "ttl": 3 })));
        assert_eq!(conflicts, ["the client data ttl"]);

        // They disabled the flag, and I did not.
        if let Some(flag) = &mut theirs.flag {
            flag.enabled = false;
        }
        let mut merged = theirs.clone();
        merge(&mut Vec::new(), &mut merged, [&base, &mine]);
        assert!(merged.flag.is_some_and(|flag| !flag.enabled));
    }
}
