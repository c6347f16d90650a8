//! Conditions of flags, written as checks of attributes.

use feats_core::__private::join;

use crate::error::{Problem, Problems};
use crate::model::{self, Operator, Value};
use crate::text::quoted;

/// The delimiter between the name of an attribute and an operator.
const DELIMITER: &str = "__";

/// A condition of a flag: checks of attributes, all of which must pass.
///
/// A key is the name of an attribute, or a name and an operator: `horses__gt`. The operator is what follows the last `__`; for an
/// attribute with `__` in its name, write the operator too: `a__b__eq`. Without an operator, the attribute must equal the operand.
///
/// | operators | operand |
/// |---|---|
/// | `eq`, `ne`, `gt`, `gte`, `lt`, `lte` | a value |
/// | `in`, `not_in` | a list of values |
/// | `starts_with`, `ends_with`, `contains`, `matches`, `semver`, `before`, `after` | text |
///
/// [`evaluate`](crate::evaluate#conditions) defines them. Values of different types are neither equal nor ordered, apart from
/// integers and floats. An unknown operator and a wrong operand are problems when the condition is written.
///
/// ```
/// use feats::flags::Condition;
/// let condition = Condition::new().check("is_horse_lover", true).check("horses__gt", 9000).check("country__in", ["CA", "US"]);
/// # drop(condition);
/// ```
#[derive(Clone, Debug, PartialEq, Default)]
#[must_use = "a condition does nothing until it is added to a flag"]
pub struct Condition(Vec<Check>);

#[derive(Clone, Debug, PartialEq)]
enum Check {
    Valid(model::Condition),
    Invalid { key: String, message: String, given: String },
}

/// The operand of a check: a value, or a list of values.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOperand(Operand);

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Value(Value<'static>),
    List(Vec<Value<'static>>),
    /// Something else, as described to people.
    Other(&'static str),
}

impl Condition {
    /// Creates a condition without checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check of an attribute. See [`Condition`] for the keys.
    pub fn check(mut self, key: impl Into<String>, operand: impl Into<CheckOperand>) -> Self {
        let key = key.into();
        let (name, operator) = key.rsplit_once(DELIMITER).unwrap_or((&key, "eq"));
        self.0.push(match operator_of(operator, operand.into().0) {
            Ok(operator) => Check::Valid(model::Condition::segment(name, operator)),
            Err(message) => Check::Invalid { message, given: operator.to_owned(), key },
        });
        self
    }

    /// Adds any other condition, for example with `any` or `not`. It names the attributes of subjects as segments.
    pub fn and(mut self, condition: model::Condition) -> Self {
        self.0.push(Check::Valid(condition));
        self
    }

    /// Returns the condition as data. Reports invalid checks, and leaves them out.
    pub(super) fn to_model(&self, path: &str, problems: &mut Problems) -> model::Condition {
        let checks = self.0.iter().filter_map(|check| match check {
            Check::Valid(condition) => Some(condition.clone()),
            Check::Invalid { key, message, given } => {
                let problem = || Problem::new(join(path, key), message.clone());
                match Operator::NAMES.contains(&given.as_str()) {
                    true => problems.push(problem),
                    false => problems.push_with_suggestion(problem, given, Operator::NAMES),
                }
                None
            }
        });
        model::Condition::All { all: checks.collect() }
    }
}

fn operator_of(name: &str, operand: Operand) -> Result<Operator, String> {
    if !Operator::NAMES.contains(&name) {
        return Err(format!(
            "unknown operator {}; for an attribute with \"__\" in its name, append \"__eq\"",
            quoted(name)
        ));
    }
    let needs = |what: &str| Err(format!("{} needs {what}, not {}", quoted(name), describe(&operand)));
    match (name, &operand) {
        ("in", Operand::List(values)) => Ok(Operator::In(values.clone())),
        ("not_in", Operand::List(values)) => Ok(Operator::NotIn(values.clone())),
        ("in" | "not_in", _) => needs("a list"),
        (_, Operand::List(_) | Operand::Other(_)) => needs("a value"),
        ("eq", Operand::Value(value)) => Ok(Operator::Eq(value.clone())),
        ("ne", Operand::Value(value)) => Ok(Operator::Ne(value.clone())),
        ("gt", Operand::Value(value)) => Ok(Operator::Gt(value.clone())),
        ("gte", Operand::Value(value)) => Ok(Operator::Gte(value.clone())),
        ("lt", Operand::Value(value)) => Ok(Operator::Lt(value.clone())),
        ("lte", Operand::Value(value)) => Ok(Operator::Lte(value.clone())),
        (_, Operand::Value(Value::Text(text))) => Ok(text_operator(name, text.clone().into_owned())),
        (_, Operand::Value(_)) => needs("text"),
    }
}

fn text_operator(name: &str, text: String) -> Operator {
    match name {
        "starts_with" => Operator::StartsWith(text),
        "ends_with" => Operator::EndsWith(text),
        "contains" => Operator::Contains(text),
        "matches" => Operator::Matches(text),
        "semver" => Operator::Semver(text),
        "before" => Operator::Before(text),
        _ => Operator::After(text),
    }
}

fn describe(operand: &Operand) -> String {
    match operand {
        Operand::Value(value) => value.kind().to_string(),
        Operand::List(_) => "a list".to_owned(),
        Operand::Other(what) => (*what).to_owned(),
    }
}

impl CheckOperand {
    fn list(items: impl Iterator<Item = CheckOperand>) -> Self {
        let values = items.map(|item| match item.0 {
            Operand::Value(value) => Ok(value),
            Operand::List(_) => Err("a list of lists"),
            Operand::Other(what) => Err(what),
        });
        Self(values.collect::<Result<_, _>>().map_or_else(Operand::Other, Operand::List))
    }
}

macro_rules! operands {
    ($($value:ty)*) => {$(
        impl From<$value> for CheckOperand {
            fn from(value: $value) -> Self {
                Self(Operand::Value(value.into()))
            }
        }
    )*};
}

operands!(String bool f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize Value<'static>);

impl From<&str> for CheckOperand {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for CheckOperand {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl<T: Into<CheckOperand>> From<Vec<T>> for CheckOperand {
    fn from(items: Vec<T>) -> Self {
        Self::list(items.into_iter().map(Into::into))
    }
}

impl<T: Into<CheckOperand> + Clone> From<&[T]> for CheckOperand {
    fn from(items: &[T]) -> Self {
        Self::list(items.iter().cloned().map(Into::into))
    }
}

impl<T: Into<CheckOperand>, const N: usize> From<[T; N]> for CheckOperand {
    fn from(items: [T; N]) -> Self {
        Self::list(items.into_iter().map(Into::into))
    }
}

/// Converts JSON: text, a number, a bool, or a list of them.
impl From<serde_json::Value> for CheckOperand {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self(Operand::Other("null")),
            serde_json::Value::Object(_) => Self(Operand::Other("an object")),
            serde_json::Value::String(text) => text.into(),
            serde_json::Value::Bool(bool) => bool.into(),
            serde_json::Value::Array(items) => items.into(),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(integer), _, _) => integer.into(),
                (_, Some(integer), _) => integer.into(),
                (_, _, Some(float)) => float.into(),
                _ => Self(Operand::Other("a number beyond 64 bits")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(condition: &Condition) -> Vec<String> {
        let mut problems = Problems::default();
        condition.to_model("c", &mut problems);
        problems.into_vec().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_operator_follows_the_last_delimiter() {
        let condition = Condition::new().check("a__b__gt", 1).check("c", "d").check("e__f__eq", true);
        let json = serde_json::json!(condition.to_model("", &mut Problems::default()));
        let expected = serde_json::json!({ "all": [
            { "segment": "a__b", "gt": 1 }, { "segment": "c", "eq": "d" }, { "segment": "e__f", "eq": true }] });
        assert_eq!(json, expected);
    }

    #[test]
    fn a_wrong_operator_or_operand_is_a_problem_at_its_key() {
        for (condition, expected) in [
            (Condition::new().check("x__gtt", 1), "c.x__gtt: unknown operator \"gtt\""),
            (Condition::new().check("x__in", "abc"), "c.x__in: \"in\" needs a list, not text"),
            (Condition::new().check("x", [1, 2]), "c.x: \"eq\" needs a value, not a list"),
            (Condition::new().check("x", serde_json::json!(null)), "c.x: \"eq\" needs a value, not null"),
            (
                Condition::new().check("x__in", serde_json::json!([[1]])),
                "c.x__in: \"in\" needs a list, not a list of lists",
            ),
            (Condition::new().check("x__matches", 1), "c.x__matches: \"matches\" needs text, not an integer"),
        ] {
            let found = problems(&condition);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
        }
    }
}
