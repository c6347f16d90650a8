//! Merges overrides unit by unit, because each unit has at most one.

use std::collections::{BTreeMap, HashMap, HashSet};

use feats::model::{Override, Value};

/// A unit: its segment, the segment's input, and the value as JSON.
type Unit<'o> = (&'o str, Option<&'o str>, String);

/// Applies my changes since `base` to theirs, in linear time. Units that both changed in different ways are mine, and
/// `conflicts` counts them.
pub(super) fn merge(conflicts: &mut Vec<String>, [base, theirs, mine]: [&[Override]; 3]) -> Vec<Override> {
    let (before, now) = (choices(base), choices(theirs));
    let after = choices(mine);
    let mut changed: HashSet<&Unit<'_>> = HashSet::new();
    let mut clashes: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in before.keys().chain(after.keys()) {
        let [before, now, after] = [&before, &now, &after].map(|choices| choices.get(unit));
        if before != after && changed.insert(unit) && now != before && now != after {
            *clashes.entry(unit.0).or_default() += 1;
        }
    }
    conflicts.extend(clashes.into_iter().map(|(segment, count)| match count {
        1 => format!("the override for {segment}"),
        count => format!("{count} overrides for {segment}"),
    }));
    let mut merged: Vec<Override> =
        theirs.iter().map(|entry| narrowed_to(entry, |unit| !changed.contains(unit))).collect();
    let mut positions: HashMap<(String, Option<String>, String), usize> = HashMap::new();
    for (index, entry) in merged.iter().enumerate() {
        positions.entry(group_key(entry)).or_insert(index);
    }
    for entry in mine.iter().map(|entry| narrowed_to(entry, |unit| changed.contains(unit))) {
        if entry.values.is_empty() {
            continue;
        }
        match positions.get(&group_key(&entry)).and_then(|index| merged.get_mut(*index)) {
            Some(same) => same.values.extend(entry.values),
            None => {
                positions.insert(group_key(&entry), merged.len());
                merged.push(entry);
            }
        }
    }
    merged.retain(|entry| !entry.values.is_empty());
    merged
}

/// Maps each unit to its implementation. If a damaged state has several overrides of one unit, the first one counts.
fn choices(overrides: &[Override]) -> HashMap<Unit<'_>, &str> {
    let mut choices = HashMap::new();
    for entry in overrides {
        for value in &entry.values {
            choices.entry(unit(entry, value)).or_insert(entry.choice.as_str());
        }
    }
    choices
}

fn unit<'o>(entry: &'o Override, value: &Value<'_>) -> Unit<'o> {
    (&entry.segment, entry.input.as_deref(), serde_json::to_string(value).unwrap_or_default())
}

fn group_key(entry: &Override) -> (String, Option<String>, String) {
    (entry.segment.clone(), entry.input.clone(), entry.choice.clone())
}

/// Restricts an override to the units that `keeps` accepts.
fn narrowed_to(entry: &Override, keeps: impl Fn(&Unit<'_>) -> bool) -> Override {
    let values = entry.values.iter().filter(|value| keeps(&unit(entry, value))).cloned().collect();
    let mut narrowed = entry.clone();
    narrowed.values = values;
    narrowed
}

#[cfg(test)]
mod tests {
    use feats::model::State;

    use super::*;

    fn merged(base: &str, theirs: &str, mine: &str) -> (String, Vec<String>) {
        let states = [base, theirs, mine].map(|overrides| {
            let state: State = format!("{{\"overrides\": {overrides}}}").parse().expect("a state");
            assert_eq!(state.problems(), []);
            state.overrides
        });
        let mut conflicts = Vec::new();
        let merged = merge(&mut conflicts, [&states[0], &states[1], &states[2]]);
        let actual = merged.iter().map(|entry| {
            let values: Vec<_> = entry.values.iter().map(|value| serde_json::to_string(value).expect("JSON")).collect();
            format!("{}={}", values.join(","), entry.choice)
        });
        (actual.collect::<Vec<_>>().join(" "), conflicts)
    }

    fn units(values: &str, choice: &str) -> String {
        format!("{{\"segment\": \"UserId\", \"values\": [{values}], \"use\": \"{choice}\"}}")
    }

    #[test]
    fn a_change_of_one_side_is_kept() {
        let base = format!("[{}]", units("1, 2, 3", "a"));
        let theirs = format!("[{}, {}]", units("1, 2", "a"), units("3, 4", "b"));
        let mine = format!("[{}, {}]", units("2, 3, 5", "a"), units("1", "b"));
        assert_eq!(merged(&base, &theirs, &mine), ("2,5=a 3,4,1=b".to_owned(), vec![]));
    }

    #[test]
    fn units_that_both_changed_are_mine_and_counted() {
        let base = format!("[{}]", units("1, 2, 3", "a"));
        let theirs = format!("[{}]", units("1, 2, 3", "b"));
        let mine = format!("[{}, {}]", units("1, 2", "c"), units("3", "b"));
        assert_eq!(merged(&base, &theirs, &mine), ("3=b 1,2=c".to_owned(), vec!["2 overrides for UserId".to_owned()]));
        let removed = merged(&base, &theirs, &format!("[{}]", units("2, 3", "a")));
        assert_eq!(removed, ("2,3=b".to_owned(), vec!["the override for UserId".to_owned()]));
    }

    #[test]
    fn ten_thousand_units_of_one_segment_are_distinguished() {
        let all = |skipped: usize, choice: &str| {
            let each: Vec<_> =
                (0..10_000).filter(|unit| *unit != skipped).map(|unit| units(&unit.to_string(), choice)).collect();
            format!("[{}]", each.join(","))
        };
        let (actual, conflicts) = merged(&all(usize::MAX, "a"), &all(7, "a"), &all(8, "a"));
        let left = actual.split(' ').collect::<Vec<_>>();
        assert_eq!(
            (left.len(), left.contains(&"7=a"), left.contains(&"8=a"), conflicts.len()),
            (9_998, false, false, 0)
        );
    }
}
