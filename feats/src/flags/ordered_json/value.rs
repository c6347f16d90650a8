//! The values of JSON.

use indexmap::IndexMap;

use super::number::Number;
use crate::model::Value;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// A JSON object. Of two equal keys, the last one has the value and the first one the place.
pub(in crate::flags) type Object = IndexMap<String, Json>;

impl Json {
    /// Returns the kind of the value, as described to people.
    pub(in crate::flags) fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "a bool",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
        }
    }

    /// Returns the value as `serde_json` has it. An integer beyond 64 bits becomes a float.
    pub(in crate::flags) fn to_serde(&self) -> serde_json::Value {
        match self {
            Json::Null => serde_json::Value::Null,
            Json::Bool(bool) => (*bool).into(),
            Json::Number(number) => number.to_serde(),
            Json::Text(text) => text.as_str().into(),
            Json::List(items) => items.iter().map(Json::to_serde).collect(),
            Json::Object(fields) => serde_json::Value::Object(to_serde_map(fields)),
        }
    }

    /// Returns `true` if a part of the value satisfies the predicate.
    pub(in crate::flags) fn any(&self, predicate: &impl Fn(&Json) -> bool) -> bool {
        predicate(self)
            || match self {
                Json::List(items) => items.iter().any(|item| item.any(predicate)),
                Json::Object(fields) => fields.values().any(|value| value.any(predicate)),
                _ => false,
            }
    }
}

/// Returns an object as `serde_json` has it.
pub(in crate::flags) fn to_serde_map(fields: &Object) -> serde_json::Map<String, serde_json::Value> {
    fields.iter().map(|(key, value)| (key.clone(), value.to_serde())).collect()
}

impl From<&serde_json::Value> for Json {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(bool) => Json::Bool(*bool),
            serde_json::Value::Number(number) => Number::parse(&number.to_string()).map_or(Json::Null, Json::Number),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(Json::from).collect()),
            serde_json::Value::Object(fields) => {
                Json::Object(fields.iter().map(|(key, value)| (key.clone(), value.into())).collect())
            }
        }
    }
}

impl From<&Value<'_>> for Json {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Text(text) => Json::from(&**text),
            Value::Bool(bool) => Json::Bool(*bool),
            Value::Float(float) => Json::Number((*float).into()),
            Value::Integer(integer) => Json::Number(Number::Integer(integer.to_string())),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(bool: bool) -> Self {
        Json::Bool(bool)
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        Json::Number(number)
    }
}

/// Creates an object with these fields, in this order.
pub(in crate::flags) fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    Json::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
