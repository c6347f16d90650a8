//! Audiences: the rollouts that serve the units of a condition, regardless of the names of the rules.

use std::collections::BTreeMap;

use super::StatePart;

use crate::model::{Condition, Operator, Percent, Predicate, Rollout, Selector, State};

/// The selectors of one audience: the rollouts that its units can reach, and the first rule's part.
struct AudienceSelectors<'s> {
    part: StatePart,
    rollouts: Vec<&'s Rollout>,
    /// `true` if an earlier rule chooses for everyone in the audience, so that later ones are not reached.
    is_complete: bool,
}

/// Returns the parts of the new state whose audience is served only by rollouts that did not serve it before, although others
/// did: every unit is reassigned.
pub(super) fn reassigned(before: &State, after: &State) -> Vec<StatePart> {
    let before = served(before);
    let mut reassigned = Vec::new();
    for (audience, now) in served(after) {
        let Some(was) = before.get(&audience) else { continue };
        let has_both = !was.rollouts.is_empty() && !now.rollouts.is_empty();
        if has_both && !now.rollouts.iter().any(|rollout| was.rollouts.iter().any(|before| is_same(before, rollout))) {
            reassigned.push(now.part);
        }
    }
    reassigned
}

fn served(state: &State) -> BTreeMap<String, AudienceSelectors<'_>> {
    let mut served: BTreeMap<String, AudienceSelectors<'_>> = BTreeMap::new();
    let rules = state.rules.iter().map(|rule| (key(&rule.when), StatePart::Rule(rule.name.clone()), &rule.select));
    let otherwise = state.otherwise.iter().map(|selector| (key(&Condition::default()), StatePart::Otherwise, selector));
    for (audience, part, selector) in rules.chain(otherwise) {
        let found = served.entry(audience);
        let served =
            found.or_insert(AudienceSelectors { part: part.clone(), rollouts: Vec::new(), is_complete: false });
        if served.is_complete {
            continue;
        }
        // A random rollout does not assign units beyond one evaluation.
        if let Some(rollout) = selector.rollout().filter(|rollout| !rollout.by.is_random()) {
            if served.rollouts.is_empty() {
                served.part = part;
            }
            served.rollouts.push(rollout);
        }
        served.is_complete = match selector {
            Selector::Static(_) | Selector::Rollout(_) => true,
            Selector::Gate(_) => false,
            Selector::Experiment(experiment) => experiment.share == Percent(100.0),
        };
    }
    served
}

/// Returns `true` if two rollouts give each unit the same slot.
fn is_same(one: &Rollout, other: &Rollout) -> bool {
    one.seed == other.seed && one.has_units_of(other)
}

/// Returns a key that is equal for conditions that differ only in the order of their parts and values, in groups of one part, and
/// in double negations.
fn key(condition: &Condition) -> String {
    match condition {
        Condition::All { all: parts } => group("all", parts, |part| match part {
            Condition::All { all } => Some(all),
            _ => None,
        }),
        Condition::Any { any: parts } => group("any", parts, |part| match part {
            Condition::Any { any } => Some(any),
            _ => None,
        }),
        Condition::Not { not } => match &**not {
            Condition::Not { not } => key(not),
            Condition::All { all } | Condition::Any { any: all } if all.len() == 1 => {
                all.first().map_or_else(String::new, |only| key(&Condition::Not { not: Box::new(only.clone()) }))
            }
            other => format!("not({})", key(other)),
        },
        Condition::Predicate(predicate) => predicate_key(predicate),
    }
}

fn group(name: &str, parts: &[Condition], nested: impl Fn(&Condition) -> Option<&Vec<Condition>>) -> String {
    let mut keys = Vec::new();
    let mut open: Vec<&Condition> = parts.iter().collect();
    while let Some(part) = open.pop() {
        match nested(part) {
            Some(parts) => open.extend(parts),
            None => keys.push(key(part)),
        }
    }
    keys.sort_unstable();
    keys.dedup();
    if keys.len() == 1 { keys.swap_remove(0) } else { format!("{name}({})", keys.join(",")) }
}

fn predicate_key(predicate: &Predicate) -> String {
    let (name, values) = match &predicate.operator {
        Operator::Eq(value) => ("in", std::slice::from_ref(value)),
        Operator::In(values) => ("in", values.as_slice()),
        Operator::Ne(value) => ("not_in", std::slice::from_ref(value)),
        Operator::NotIn(values) => ("not_in", values.as_slice()),
        other => return format!("{:?} {other:?}", predicate.source),
    };
    let mut values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
    values.sort_unstable();
    values.dedup();
    format!("{:?} {name}({})", predicate.source, values.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn rollout(seed: &str) -> Json {
        json!({ "rollout": { "by": "UserId", "seed": seed, "weights": { "a": 50, "b": 50 } } })
    }

    fn rule(name: &str, when: Json, select: Json) -> Json {
        json!({ "name": name, "when": when, "select": select })
    }

    fn parts(before: Json, after: Json) -> Vec<StatePart> {
        let [before, after] = [before, after].map(|json| State::from_json(&json));
        assert_eq!((before.problems(), after.problems()), (&[][..], &[][..]));
        reassigned(&before, &after)
    }

    fn canada() -> Json {
        json!({ "segment": "Country", "in": ["CA", "US"] })
    }

    #[test]
    fn renaming_a_rule_and_changing_its_seed_reassigns_its_audience() {
        let before = json!({ "rules": [rule("a", canada(), rollout("one"))] });
        let same = [
            canada(),
            json!({ "segment": "Country", "in": ["US", "CA"] }),
            json!({ "all": [canada()] }),
            json!({ "any": [{ "all": [canada(), canada()] }] }),
            json!({ "not": { "not": canada() } }),
        ];
        for when in same {
            let after = json!({ "rules": [rule("b", when.clone(), rollout("two"))] });
            assert_eq!(parts(before.clone(), after), [StatePart::Rule("b".to_owned())], "{when}");
        }
        let kept = json!({ "rules": [rule("b", canada(), rollout("one"))] });
        assert_eq!(parts(before, kept), []);
    }

    #[test]
    fn swapping_conditions_reassigns_both_audiences() {
        let france = json!({ "segment": "Country", "eq": "FR" });
        let before =
            json!({ "rules": [rule("a", canada(), rollout("one")), rule("b", france.clone(), rollout("two"))] });
        let after = json!({ "rules": [rule("a", france, rollout("one")), rule("b", canada(), rollout("two"))] });
        assert_eq!(parts(before, after).len(), 2);
    }

    #[test]
    fn a_rule_for_everyone_and_otherwise_have_the_same_audience() {
        let before = json!({ "otherwise": rollout("one") });
        let after = json!({ "rules": [rule("a", json!({ "all": [] }), rollout("two"))] });
        assert_eq!(parts(before.clone(), after.clone()), [StatePart::Rule("a".to_owned())]);
        assert_eq!(parts(after, before), [StatePart::Otherwise]);
    }

    #[test]
    fn a_rule_inserted_before_another_serves_its_audience() {
        let before = json!({ "rules": [rule("a", canada(), rollout("one"))] });
        let in_front =
            |select: Json| json!({ "rules": [rule("b", canada(), select), rule("a", canada(), rollout("one"))] });
        assert_eq!(parts(before.clone(), in_front(rollout("two"))), [StatePart::Rule("b".to_owned())]);
        let experiment = |share: u32| json!({ "experiment": { "by": "UserId", "seed": "two", "share": share, "weights": { "a": 50, "b": 50 } } });
        assert_eq!(parts(before.clone(), in_front(experiment(20))), [], "the others continue with the same rollout");
        assert_eq!(parts(before.clone(), in_front(experiment(100))), [StatePart::Rule("b".to_owned())]);
        assert_eq!(parts(before, in_front(json!({ "static": "a" }))), []);
    }

    #[test]
    fn a_rollout_over_other_units_is_another_rollout() {
        let before = json!({ "rules": [rule("a", canada(), rollout("one"))] });
        let mut after = before.clone();
        after["rules"][0]["name"] = json!("b");
        after["rules"][0]["select"]["rollout"]["by"] = json!("TeamId");
        assert_eq!(parts(before, after), [StatePart::Rule("b".to_owned())]);
    }
}
