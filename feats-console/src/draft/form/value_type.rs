//! The type of the values of a flag's condition. Nothing declares it, so the form states it.

use std::borrow::Cow;

use feats::model::{Value, ValueKind};
use serde_json::Value as Json;

use super::operator::typed;

/// The type in which the values of a condition are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    /// The type follows from the first values that are typed.
    Automatic,
    Text,
    Number,
    Bool,
    /// Each value is written as JSON, so `"6"` is text and `6` is a number.
    Json,
}

impl ValueType {
    pub(crate) const ALL: [Self; 5] = [Self::Automatic, Self::Text, Self::Number, Self::Bool, Self::Json];

    /// The name in the form.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "auto",
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Json => "json",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Automatic => "type as typed",
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "yes/no",
            Self::Json => "JSON",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == name).unwrap_or(Self::Automatic)
    }

    /// Returns the type in which a form shows values, one per line: the plain one if they have one type, else JSON.
    pub(crate) fn of_values(values: &[Value<'_>]) -> Self {
        let is_line = |text: &str| !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
        let types = values.iter().map(|value| match value {
            Value::Text(text) if is_line(text) => Self::Text,
            Value::Text(_) => Self::Json,
            Value::Integer(_) | Value::Float(_) => Self::Number,
            Value::Bool(_) => Self::Bool,
        });
        common(types).unwrap_or(Self::Text)
    }

    /// Replaces [`Automatic`](Self::Automatic) once values are typed: by the type of the attribute if it is known, else by that of
    /// the texts.
    pub(crate) fn resolve(self, known: Option<ValueKind>, texts: &[String]) -> Self {
        match known {
            _ if self != Self::Automatic || texts.is_empty() => self,
            Some(ValueKind::Text) => Self::Text,
            Some(ValueKind::Integer | ValueKind::Float) => Self::Number,
            Some(ValueKind::Bool) => Self::Bool,
            None => {
                let types = texts.iter().map(|text| match text.as_str() {
                    "true" | "false" => Self::Bool,
                    text if number(text).is_some() => Self::Number,
                    _ => Self::Text,
                });
                common(types).filter(|common| *common != Self::Json).unwrap_or(Self::Text)
            }
        }
    }

    /// Returns the type by which operators are offered; `None` for any.
    pub(crate) fn kind(self) -> Option<ValueKind> {
        match self {
            Self::Text => Some(ValueKind::Text),
            Self::Number => Some(ValueKind::Float),
            Self::Bool => Some(ValueKind::Bool),
            Self::Automatic | Self::Json => None,
        }
    }

    /// Parses a typed value.
    pub(crate) fn parse(self, text: &str) -> Result<Value<'static>, String> {
        let value = match self {
            Self::Automatic | Self::Text => Some(Value::Text(Cow::Owned(text.to_owned()))),
            Self::Number => number(text),
            Self::Bool => ValueKind::Bool.parse(text),
            Self::Json => match serde_json::from_str(text) {
                Ok(Json::String(text)) => Some(Value::Text(Cow::Owned(text))),
                Ok(Json::Bool(bool)) => Some(Value::Bool(bool)),
                Ok(Json::Number(_)) => number(text.trim()),
                Ok(Json::Null | Json::Array(_) | Json::Object(_)) | Err(_) => None,
            },
        };
        value.ok_or_else(|| match self {
            Self::Number => format!("“{text}” is not a number"),
            Self::Bool => format!("“{text}” is neither true nor false"),
            _ => format!("“{text}” is not the JSON of a text, number or bool, such as \"6\", 6 or true"),
        })
    }

    /// Parses a value whose type nothing states: a number or a bool if it is written as one, JSON text, or else text as it is.
    pub(crate) fn guess(text: &str) -> Option<Value<'static>> {
        let quoted = text.starts_with('"').then(|| Self::Json.parse(text).ok()).flatten();
        quoted.or_else(|| Self::Automatic.resolve(None, &[text.to_owned()]).parse(text).ok())
    }

    /// Formats a value as a user would type it.
    pub(crate) fn format(self, value: &Value<'_>) -> String {
        match value {
            Value::Text(_) | Value::Bool(_) if self != Self::Json => typed(value),
            value => serde_json::to_string(value).unwrap_or_default(),
        }
    }
}

/// Returns the only type of all values, [`ValueType::Json`] for several, and `None` without values.
fn common(mut types: impl Iterator<Item = ValueType>) -> Option<ValueType> {
    let first = types.next()?;
    Some(if types.all(|other| other == first) { first } else { ValueType::Json })
}

/// Parses an integer, or else a float.
fn number(text: &str) -> Option<Value<'static>> {
    ValueKind::Integer.parse(text).or_else(|| ValueKind::Float.parse(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Value<'static>> {
        let numbers = [1.0, -0.0, 9_001.5, 1e19, 1e300].map(Value::from);
        let texts = ["a", "6", "true", "", " a", "a\nb", "a\u{2028}b", "\"", "日本"].map(Value::from);
        let integers = [0, 6, i64::MIN].map(Value::from);
        let others = [Value::from(u64::MAX), Value::from(true), Value::from(false)];
        numbers.into_iter().chain(texts).chain(integers).chain(others).collect()
    }

    /// Text, integers, floats and bools stay apart.
    #[test]
    fn each_value_has_a_notation_that_is_parsed_as_the_same_value() {
        for value in values() {
            for one in [ValueType::of_values(std::slice::from_ref(&value)), ValueType::Json] {
                let text = one.format(&value);
                assert_eq!(text.lines().count(), 1, "{text:?}");
                let parsed = one.parse(&text).expect("a value");
                assert_eq!((parsed.kind(), format!("{parsed:?}")), (value.kind(), format!("{value:?}")), "{text}");
            }
        }
    }

    #[test]
    fn values_of_several_types_are_json() {
        assert_eq!(ValueType::of_values(&values()), ValueType::Json);
        assert_eq!(ValueType::of_values(&[Value::from(6), Value::from(6.5)]), ValueType::Number);
        assert_eq!(ValueType::of_values(&[]), ValueType::Text);
    }

    #[test]
    fn an_automatic_type_follows_the_attribute_then_the_texts() {
        let resolve = |known, texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            ValueType::Automatic.resolve(known, &texts)
        };
        assert_eq!(resolve(None, &[]), ValueType::Automatic);
        assert_eq!(resolve(Some(ValueKind::Text), &["6"]), ValueType::Text);
        assert_eq!(resolve(None, &["6", "-1.5"]), ValueType::Number);
        assert_eq!(resolve(None, &["true"]), ValueType::Bool);
        assert_eq!(resolve(None, &["6", "a"]), ValueType::Text);
        assert_eq!(ValueType::Text.resolve(None, &["6".to_owned()]), ValueType::Text);
    }

    #[test]
    fn a_text_of_another_type_is_an_error() {
        assert_eq!(ValueType::Number.parse("old"), Err("“old” is not a number".to_owned()));
        assert!(ValueType::Bool.parse("yes").is_err() && ValueType::Json.parse("[6]").is_err());
        assert!(ValueType::Number.parse("inf").is_err());
    }
}
