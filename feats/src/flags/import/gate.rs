//! The gate of a flag of Flipper: its conditions.

use feats_core::__private::join;

use super::operand::{members, value};
use super::report::ImportDecisionKind;
use super::translation::{Translation, check_name_at};
use crate::error::{Problem, Problems};
use crate::flags::edit;
use crate::flags::flipper::{Check, Condition, Symbol};
use crate::flags::ordered_json::Json;
use crate::model::limits::MAX_RULES;
use crate::model::{self, Operator};

/// Adds the conditions of a flag.
pub(super) fn add_conditions(translation: &mut Translation, conditions: &[Condition], problems: &mut Problems) {
    const PATH: &str = "meta.conditions";
    if conditions.len() > MAX_RULES {
        let message = format!("a flag can have at most {MAX_RULES} conditions, and this has {}", conditions.len());
        problems.push(|| Problem::new(PATH, message));
    }
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
        Json::List(items) => Ok(checked_members(items, path, translation)),
        Json::Text(_) => Err("Flipper looks for a part of this string; feats needs a list of values".to_owned()),
        other => Err(format!("this must be a list, not {}", other.kind())),
    }
}

/// Returns the members of a list that a value can equal, and lists the others as a decision.
pub(super) fn checked_members(items: &[Json], path: &str, translation: &mut Translation) -> Vec<model::Value<'static>> {
    let (values, dropped) = members(items);
    if dropped > 0 {
        let message = format!(
            "{path}: {dropped} of {} members are null, nested or beyond 64 bits, so no attribute equals them; left out",
            items.len()
        );
        translation.decide(ImportDecisionKind::MembersDropped, message);
    }
    values
}
