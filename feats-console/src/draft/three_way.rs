//! Three-way merges of single parts, of lists and of JSON objects.

use serde_json::{Map, Value as Json};

/// Notes that both sides changed a part in different ways.
pub(super) fn note_conflict<T: PartialEq>(conflicts: &mut Vec<String>, what: &str, base: &T, theirs: &T, mine: &T) {
    if theirs != base && theirs != mine {
        conflicts.push(what.to_owned());
    }
}

/// Merges lists of entries with keys, in my order. Entries that only they have follow their predecessor in their list.
pub(super) fn merge_lists<T: Clone + PartialEq, K: PartialEq>(
    conflicts: &mut Vec<String>,
    key: impl Fn(&T) -> K,
    name: impl Fn(&T) -> String,
    merge: impl Fn(&mut Vec<String>, [&T; 3]) -> T,
    [base, theirs, mine]: [&Vec<T>; 3],
) -> Vec<T> {
    let find = |list: &Vec<T>, entry: &T| list.iter().find(|other| key(other) == key(entry)).cloned();
    let mut merged: Vec<T> = Vec::new();
    for entry in mine {
        match (find(base, entry), find(theirs, entry)) {
            (_, Some(theirs)) if theirs == *entry => merged.push(theirs),
            (Some(base), Some(theirs)) if base == *entry => merged.push(theirs),
            (Some(base), Some(theirs)) if base == theirs => merged.push(entry.clone()),
            (Some(base), Some(theirs)) => merged.push(merge(conflicts, [&base, &theirs, entry])),
            (Some(base), None) if base == *entry => {}
            (Some(_), None) | (None, Some(_)) => {
                conflicts.push(name(entry));
                merged.push(entry.clone());
            }
            (None, None) => merged.push(entry.clone()),
        }
    }
    for (index, entry) in theirs.iter().enumerate().filter(|(_, entry)| find(mine, entry).is_none()) {
        match find(base, entry) {
            Some(base) if base == *entry => continue,
            // I removed an entry that they changed.
            Some(_) => conflicts.push(name(entry)),
            None => {}
        }
        let before = theirs
            .iter()
            .take(index)
            .rev()
            .find_map(|before| merged.iter().position(|other| key(other) == key(before)));
        merged.insert(before.map_or(0, |before| before + 1), entry.clone());
    }
    merged
}

/// Applies my changes since `base` to theirs, key by key. Returns the keys that both sides changed in different ways, which get my
/// values.
pub(crate) fn merge_objects([base, mine]: [&Map<String, Json>; 2], theirs: &mut Map<String, Json>) -> Vec<String> {
    let mut conflicts = Vec::new();
    for key in base.keys().chain(mine.keys().filter(|key| !base.contains_key(*key))) {
        let [before, now, after] = [base, theirs, mine].map(|object| object.get(key));
        if before == after {
            continue;
        }
        note_conflict(&mut conflicts, key, &before, &now, &after);
        match after {
            Some(value) => drop(theirs.insert(key.clone(), value.clone())),
            None => drop(theirs.remove(key)),
        }
    }
    conflicts
}
