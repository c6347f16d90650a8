//! Merges a draft with a version that was published while the draft was edited.

use feats::model::{Rule, State};

use super::three_way::{merge_lists, note_conflict};
use super::{flag_parts, gates, overrides};

/// The result of a merge.
pub(crate) struct Merged {
    pub(crate) state: State,
    /// The parts that both sides changed in different ways. `state` has mine; the user has to review them.
    pub(crate) conflicts: Vec<String>,
}

/// Applies my changes since `base` to theirs. A part that only one side changed is taken from that side.
pub(crate) fn merge(base: &State, theirs: &State, mine: &State) -> Merged {
    let mut conflicts = Vec::new();
    let mut state = theirs.clone();
    if mine.pinned != base.pinned {
        note_conflict(&mut conflicts, "the pin", &base.pinned, &theirs.pinned, &mine.pinned);
        state.pinned.clone_from(&mine.pinned);
    }
    if mine.otherwise != base.otherwise {
        note_conflict(&mut conflicts, "everyone else", &base.otherwise, &theirs.otherwise, &mine.otherwise);
        state.otherwise.clone_from(&mine.otherwise);
    }
    flag_parts::merge(&mut conflicts, &mut state, [base, mine]);
    if theirs.overrides == base.overrides {
        state.overrides.clone_from(&mine.overrides);
    } else if mine.overrides != base.overrides {
        state.overrides = overrides::merge(&mut conflicts, [&base.overrides, &theirs.overrides, &mine.overrides]);
    }
    if mine.rules != base.rules {
        let key = |rule: &Rule| rule.name.clone();
        let lists_of = [&base.rules, &theirs.rules, &mine.rules];
        let merge_rule = |conflicts: &mut Vec<String>, rules: [&Rule; 3]| merge_rule(conflicts, rules);
        state.rules = merge_lists(&mut conflicts, key, |rule| format!("the rule {}", rule.name), merge_rule, lists_of);
        merge_order(&mut conflicts, &mut state.rules, lists_of);
    }
    Merged { state, conflicts }
}

/// Merges a rule that both changed. The conditions of a flag are merged check by check; of any other rule, mine is kept.
fn merge_rule(conflicts: &mut Vec<String>, [base, theirs, mine]: [&Rule; 3]) -> Rule {
    let mut merged = mine.clone();
    match (base.select.gate(), theirs.select.gate(), mine.select.gate()) {
        (Some(base_gate), Some(their_gate), Some(my_gate)) if base.when == theirs.when || mine.when == theirs.when => {
            merged.select = gates::merge(conflicts, [base_gate, their_gate, my_gate]).into();
        }
        _ => note_conflict(conflicts, &format!("the rule {}", mine.name), base, theirs, mine),
    }
    merged
}

/// Merges the order of rules, which matters as much as their content: theirs if only they changed it; mine, as a conflict, if
/// both did.
fn merge_order(conflicts: &mut Vec<String>, merged: &mut [Rule], [base, theirs, mine]: [&Vec<Rule>; 3]) {
    let in_all =
        |rule: &&Rule| [base, theirs, mine].iter().all(|list| list.iter().any(|other| other.name == rule.name));
    let names = |list: &Vec<Rule>| list.iter().filter(in_all).map(|rule| rule.name.clone()).collect::<Vec<_>>();
    let (base, theirs, mine) = (names(base), names(theirs), names(mine));
    if theirs == base || theirs == mine {
        return;
    }
    if mine != base {
        conflicts.push("the order of the rules".to_owned());
        return;
    }
    // Only rules that all three lists have are reordered; the others keep their positions.
    let places: Vec<usize> =
        merged.iter().enumerate().filter(|(_, rule)| base.contains(&rule.name)).map(|(index, _)| index).collect();
    for (place, name) in places.into_iter().zip(&theirs) {
        if let Some(index) = merged.iter().position(|rule| rule.name == *name) {
            merged.swap(place, index);
        }
    }
}

#[cfg(test)]
mod tests {
    use feats::model::{Condition, Selector};

    use super::*;

    fn state(rules: &[(&str, &str)]) -> State {
        let rule = |(name, choice): &(&str, &str)| {
            Rule::new(*name, Condition::default(), Selector::Static((*choice).to_owned()))
        };
        let mut state = State::default();
        state.rules = rules.iter().map(rule).collect();
        state
    }

    fn merged(base: &[(&str, &str)], theirs: &[(&str, &str)], mine: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let merged = merge(&state(base), &state(theirs), &state(mine));
        let actual = merged.state.rules.iter().map(|rule| match &rule.select {
            Selector::Static(choice) => format!("{}={choice}", rule.name),
            _ => unreachable!("all are static"),
        });
        (actual.collect(), merged.conflicts)
    }

    #[test]
    fn a_change_of_one_side_is_kept() {
        let base = [("a", "x"), ("b", "x"), ("c", "x")];
        let theirs = [("a", "y"), ("b", "x"), ("c", "x"), ("d", "y")];
        let mine = [("b", "x"), ("a", "x"), ("new", "z")];
        let (rules, conflicts) = merged(&base, &theirs, &mine);
        assert_eq!(
            rules,
            ["b=x", "d=y", "a=y", "new=z"].map(str::to_owned).to_vec(),
            "d followed c, which was removed, so it follows b"
        );
        assert!(conflicts.is_empty());
    }

    #[test]
    fn a_rule_that_both_changed_is_mine_and_a_conflict() {
        let (rules, conflicts) = merged(&[("a", "x")], &[("a", "y")], &[("a", "z")]);
        assert_eq!((rules, conflicts), (vec!["a=z".to_owned()], vec!["the rule a".to_owned()]));
    }

    #[test]
    fn a_rule_that_one_changed_and_the_other_removed_is_kept_as_a_conflict() {
        let theirs_gone = merged(&[("a", "x")], &[], &[("a", "z")]);
        let mine_gone = merged(&[("a", "x")], &[("a", "z")], &[]);
        for (rules, conflicts) in [theirs_gone, mine_gone] {
            assert_eq!((rules, conflicts), (vec!["a=z".to_owned()], vec!["the rule a".to_owned()]));
        }
    }

    #[test]
    fn an_order_that_only_they_changed_is_theirs() {
        let base = [("a", "x"), ("b", "x"), ("c", "x")];
        let (rules, conflicts) =
            merged(&base, &[("c", "x"), ("a", "x"), ("b", "x")], &[("a", "x"), ("b", "y"), ("c", "x")]);
        assert_eq!(rules, ["c=x", "a=x", "b=y"].map(str::to_owned).to_vec());
        assert!(conflicts.is_empty());
    }

    #[test]
    fn an_order_that_both_changed_is_mine_and_a_conflict() {
        let base = [("a", "x"), ("b", "x"), ("c", "x")];
        let (rules, conflicts) =
            merged(&base, &[("c", "x"), ("a", "x"), ("b", "x")], &[("b", "x"), ("a", "x"), ("c", "x")]);
        assert_eq!(rules, ["b=x", "a=x", "c=x"].map(str::to_owned).to_vec());
        assert_eq!(conflicts, ["the order of the rules"]);
    }

    #[test]
    fn the_same_change_on_both_sides_is_not_a_conflict() {
        let (rules, conflicts) = merged(&[("a", "x")], &[("a", "y"), ("b", "y")], &[("a", "y"), ("b", "y")]);
        assert_eq!(rules, ["a=y", "b=y"].map(str::to_owned).to_vec());
        assert!(conflicts.is_empty());
    }
}
