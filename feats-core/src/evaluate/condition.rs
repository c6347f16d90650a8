//! Evaluation of conditions in three-valued logic.

use super::values::Values;
use crate::compile::route::matcher::CompiledCondition;

use crate::model::Subject;

/// Evaluates a condition in Kleene's three-valued logic; `None` stands for unknown.
#[inline(always)]
pub(crate) fn holds<S: Subject + ?Sized, const N: usize>(
    condition: &CompiledCondition,
    values: &Values<'_, S, N>,
) -> Option<bool> {
    match condition {
        CompiledCondition::Predicate { source, matcher, negated } => {
            values.with(*source, |value| Some(matcher.matches(value?)? != *negated))
        }
        CompiledCondition::Constant(holds) => *holds,
        group => group_holds(group, values),
    }
}

// Not inlined: it is recursive, and most conditions are single predicates.
#[inline(never)]
fn group_holds<S: Subject + ?Sized, const N: usize>(
    condition: &CompiledCondition,
    values: &Values<'_, S, N>,
) -> Option<bool> {
    match condition {
        CompiledCondition::All(parts) => {
            let mut all = Some(true);
            for part in parts.iter() {
                match holds(part, values) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
            all
        }
        CompiledCondition::Any(parts) => {
            let mut any = Some(false);
            for part in parts.iter() {
                match holds(part, values) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => any = None,
                }
            }
            any
        }
        CompiledCondition::Not(part) => holds(part, values).map(|holds| !holds),
        single @ (CompiledCondition::Predicate { .. } | CompiledCondition::Constant(_)) => holds(single, values),
    }
}
