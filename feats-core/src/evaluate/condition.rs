//! Conditions, in three-valued logic.

use super::values::Values;
use crate::compile::route::matcher::Test;

use crate::model::Subject;

/// Whether the condition holds, does not hold, or is unknown: Kleene's three-valued logic.
pub(crate) fn holds<S: Subject + ?Sized, const N: usize>(test: &Test, values: &Values<'_, S, N>) -> Option<bool> {
    match test {
        Test::Check { source, matcher, negated } => {
            values.with(*source, |value| Some(matcher.matches(value?)? != *negated))
        }
        Test::All(parts) => {
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
        Test::Any(parts) => {
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
        Test::Not(part) => holds(part, values).map(|holds| !holds),
        Test::Known(holds) => *holds,
    }
}
