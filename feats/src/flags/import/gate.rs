//! The gate of a flag of Flipper: its conditions.

use feats_core::__private::join;

use super::operand::{members, value};
use super::report::ImportDecisionKind;
use super::translation::{Translation, check_name_at};
use crate::error::{Problem, Problems};
use crate::flags::edit;
use crate::flags::flipper::{Check, Condition, Symbol};
use crate::flags::ordered_json::Json;
use crate::model::limits::{MAX_CONDITIONS, MAX_RULES, MAX_STATE_VALUES, MAX_VALUES};
use crate::model::{self, Operator};

/// Adds the conditions of a flag.
pub(super) fn add_conditions(translation: &mut Translation, conditions: &[Condition], problems: &mut Problems) {
    const PATH: &str = "meta.conditions";
    check_limit(PATH, "conditions", conditions.len(), MAX_RULES, problems);
    let checks = || conditions.iter().flat_map(|condition| condition.0.values().flatten());
    // The rule and each condition are groups, which count too.
    let groups = 1 + conditions.len().min(MAX_RULES);
    check_limit(PATH, "checks", checks().count(), MAX_CONDITIONS - groups, problems);
    check_limit(PATH, "members of lists", checks().map(members_of).sum(), MAX_STATE_VALUES, problems);
    for (index, condition) in conditions.iter().enumerate().take(MAX_RULES) {
        let path = format!("{PATH}[{index}]");
        let mut checks = Vec::new();
        for (variable, of_variable) in &condition.0 {
            let path = join(&path, variable);
            check_name_at(&path, variable, problems);
            for (index, check) in of_variable.iter().enumerate() {
                let path = format!("{path}[{index}].value");
                match operator(check, &path, translation) {
                    Ok(operator) => checks.push(model::Condition::segment(variable, operator)),
                    Err(message) => problems.push(|| Problem::new(path, message)),
                }
            }
        }
        check_limit(&path, "checks", checks.len(), MAX_RULES, problems);
        // A condition without checks is always met.
        if !checks.is_empty() {
            edit::gate(&mut translation.state).1.conditions.push(model::Condition::All { all: checks });
        }
    }
}

/// Returns the operator of a check, with its operand.
fn operator(check: &Check, path: &str, translation: &mut Translation) -> Result<Operator, String> {
    Ok(match check.operator {
        Symbol::Eq => Operator::Eq(value(&check.operand)?),
        Symbol::Ne => Operator::Ne(value(&check.operand)?),
        Symbol::Gt => Operator::Gt(value(&check.operand)?),
        Symbol::Gte => Operator::Gte(value(&check.operand)?),
        Symbol::Lt => Operator::Lt(value(&check.operand)?),
        Symbol::Lte => Operator::Lte(value(&check.operand)?),
        Symbol::In => Operator::In(list(&check.operand, path, translation)?),
        Symbol::NotIn => Operator::NotIn(list(&check.operand, path, translation)?),
    })
}

fn list(operand: &Json, path: &str, translation: &mut Translation) -> Result<Vec<model::Value<'static>>, String> {
    match operand {
        Json::List(items) => checked_members(items, path, translation),
        Json::Text(_) => Err("Flipper looks for a part of this string; feats needs a list of values".to_owned()),
        other => Err(format!("this must be a list, not {}", other.kind())),
    }
}

/// Returns the number of members of the list of a check.
fn members_of(check: &Check) -> usize {
    match (check.operator, &check.operand) {
        (Symbol::In | Symbol::NotIn, Json::List(items)) => items.len(),
        _ => 0,
    }
}

fn check_limit(path: &str, what: &str, count: usize, limit: usize, problems: &mut Problems) {
    if count > limit {
        problems.push(|| Problem::new(path, format!("this has {count} {what}, and can have at most {limit}")));
    }
}

/// Returns the members of a list that a value can equal, and lists the others as a decision.
///
/// # Errors
/// A message: the list has too many members.
pub(super) fn checked_members(
    items: &[Json],
    path: &str,
    translation: &mut Translation,
) -> Result<Vec<model::Value<'static>>, String> {
    if items.len() > MAX_VALUES {
        return Err(format!("this has {} members, and can have at most {MAX_VALUES}", items.len()));
    }
    let (values, dropped) = members(items);
    if dropped > 0 {
        let message = format!(
            "{path}: {dropped} of {} members are null, nested or beyond 64 bits, so no attribute equals them; left out",
            items.len()
        );
        translation.decide(ImportDecisionKind::MembersDropped, message);
    }
    Ok(values)
}
