//! Operands of checks, as feats has them.

use crate::flags::ordered_json::{Json, Number};
use crate::model::Value;

/// Returns a single value.
///
/// # Errors
/// A message: feats has no such value.
pub(super) fn value(json: &Json) -> Result<Value<'static>, String> {
    match json {
        Json::Text(text) => Ok(Value::from(text.clone())),
        Json::Bool(bool) => Ok(Value::from(*bool)),
        Json::Number(number) => number.to_value().ok_or_else(|| "an integer can have at most 64 bits".to_owned()),
        Json::Null | Json::List(_) | Json::Object(_) => {
            Err(format!("an attribute cannot be compared with {}", json.kind()))
        }
    }
}

/// Returns the members of a list that a value can equal, and how many others there are.
pub(super) fn members(items: &[Json]) -> (Vec<Value<'static>>, usize) {
    let values: Vec<Value<'static>> = items.iter().filter_map(|item| value(item).ok()).collect();
    let dropped = items.len() - values.len();
    (values, dropped)
}

/// Returns `true` if a number becomes another one as a 64-bit integer or float.
pub(super) fn is_rounded(json: &Json) -> bool {
    matches!(json, Json::Number(number @ Number::Integer(_)) if number.to_value().is_none())
}
