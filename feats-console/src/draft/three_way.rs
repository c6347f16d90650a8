//! Three-way merges of single parts and of lists.

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
