//! The checks of a gate, one by one, for systems that have no nested conditions.

use crate::model::{Condition, Operator, Predicate, Source};

/// Returns the parts of a condition that count on their own: those of an `all`, also within another `all`.
pub(super) fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All { all } => all.iter().flat_map(parts).collect(),
        other => vec![other],
    }
}

/// Returns the attribute and the operator of a check; `None` if the condition is not a check of an attribute.
pub(super) fn check_of(condition: &Condition) -> Option<(&str, &Operator)> {
    match condition {
        Condition::Predicate(Predicate { source: Source::Segment { segment, input: None }, operator }) => {
            Some((segment, operator))
        }
        _ => None,
    }
}
