//! Conditions for Flipper.

use super::super::condition::{Check, Condition, make_key, parse_key};
use super::super::operator::Symbol;
use crate::flags::checks::{check_of, parts};
use crate::flags::ordered_json::Json;
use crate::model::{self, DISABLED, ENABLED, Gate, MissingAttribute, Operator, State};
use crate::text::quoted;

/// Returns the conditions of a flag. Lists the rules and the conditions that Flipper cannot express.
pub(super) fn conditions(state: &State, lost: &mut Vec<String>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for rule in &state.rules {
        let gate = rule.select.gate().filter(|gate| rule.when.is_always() && is_expressible(gate));
        let Some(gate) = gate else {
            lost.push(format!("Flipper has no rule such as {}; left out", quoted(&rule.name)));
            continue;
        };
        if gate.missing == MissingAttribute::Fail && !gate.conditions.is_empty() {
            lost.push("Flipper skips a check whose attribute is missing; here, it fails".to_owned());
        }
        for condition in &gate.conditions {
            add(condition, &mut conditions, lost);
        }
    }
    conditions
}

fn is_expressible(gate: &Gate) -> bool {
    gate.fail == DISABLED && gate.pass.as_deref().is_none_or(|pass| pass == ENABLED)
}

/// Adds a condition. Of two equal keys of one condition, Flipper keeps only the last one; so the other one gets a condition of its
/// own.
fn add(condition: &model::Condition, conditions: &mut Vec<Condition>, lost: &mut Vec<String>) {
    let mut exported = Condition::default();
    for part in parts(condition) {
        let Some((variable, check)) = check(part) else {
            lost.push(format!("Flipper has no condition such as {}; left out", serde_json::json!(part)));
            continue;
        };
        let is_taken = |known: &Vec<Check>| known.iter().any(|known| known.operator == check.operator);
        if exported.0.get(variable).is_some_and(is_taken) {
            conditions.push(std::mem::take(&mut exported));
        }
        exported.push(variable, check);
    }
    if !exported.0.is_empty() {
        conditions.push(exported);
    }
}

/// Returns the variable and the check of a predicate; `None` if Flipper has no such check, or would read it as another one.
fn check(condition: &model::Condition) -> Option<(&str, Check)> {
    let (segment, operator) = check_of(condition)?;
    let (operator, operand) = match operator {
        Operator::Eq(value) => (Symbol::Eq, value.into()),
        Operator::Ne(value) => (Symbol::Ne, value.into()),
        Operator::Gt(value) => (Symbol::Gt, value.into()),
        Operator::Gte(value) => (Symbol::Gte, value.into()),
        Operator::Lt(value) => (Symbol::Lt, value.into()),
        Operator::Lte(value) => (Symbol::Lte, value.into()),
        Operator::In(values) => (Symbol::In, Json::List(values.iter().map(Json::from).collect())),
        Operator::NotIn(values) => (Symbol::NotIn, Json::List(values.iter().map(Json::from).collect())),
        _ => return None,
    };
    let name = operator.as_str();
    let is_read_back = parse_key(&make_key(segment, name)) == (segment, name);
    is_read_back.then_some((segment, Check { operator, operand }))
}
