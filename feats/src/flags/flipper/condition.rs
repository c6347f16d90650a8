//! Conditions of Flipper: checks of variables, as its programs read them.

use indexmap::IndexMap;

use super::operator::Symbol;
use crate::flags::ordered_json::{Json, Object, object};

/// The delimiter between a variable and an operator.
const DELIMITER: &str = "__";

/// A condition: checks by variable, all of which must pass.
#[derive(Clone, Debug, PartialEq, Default)]
pub(in crate::flags) struct Condition(pub(in crate::flags) IndexMap<String, Vec<Check>>);

/// A check of a variable.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) struct Check {
    pub(in crate::flags) operator: Symbol,
    pub(in crate::flags) operand: Json,
}

impl Condition {
    /// Adds a check after those of the same variable.
    pub(in crate::flags) fn push(&mut self, variable: impl Into<String>, check: Check) {
        self.0.entry(variable.into()).or_default().push(check);
    }

    pub(super) fn to_json(&self) -> Json {
        let checks = self.0.iter().map(|(variable, checks)| {
            let checks = checks.iter().map(|check| {
                object([
                    ("variable", variable.as_str().into()),
                    ("value", check.operand.clone()),
                    ("operator", check.operator.as_str().map_or(Json::Null, Json::from)),
                ])
            });
            (variable.clone(), Json::List(checks.collect()))
        });
        Json::Object(checks.collect::<Object>())
    }
}

/// Returns the key that Flipper makes of a stored check before it [parses](parse_key) it again.
pub(in crate::flags) fn make_key(variable: &str, operator: Option<&str>) -> String {
    match operator {
        Some(operator) => format!("{variable}{DELIMITER}{operator}"),
        None => variable.to_owned(),
    }
}

/// Returns the variable and the operator of a key. If the delimiter does not separate exactly two parts, the whole key is the
/// variable.
pub(in crate::flags) fn parse_key(key: &str) -> (&str, Option<&str>) {
    match key.split_once(DELIMITER) {
        Some((variable, operator)) if !operator.contains(DELIMITER) => (variable, Some(operator)),
        _ => (key, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_an_operator_only_if_it_has_two_parts() {
        for (key, expected) in [
            ("a", ("a", None)),
            ("a__gt", ("a", Some("gt"))),
            ("a__b__gt", ("a__b__gt", None)),
            ("a___b", ("a", Some("_b"))),
            ("__gt", ("", Some("gt"))),
            ("a__", ("a", Some(""))),
            ("a____", ("a____", None)),
            ("_____", ("_____", None)),
        ] {
            assert_eq!(parse_key(key), expected, "{key}");
        }
        assert_eq!(make_key("a", Some("in")), "a__in");
        assert_eq!(make_key("a", None), "a");
    }
}
