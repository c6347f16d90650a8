//! Parsing of JSON text, strictly as RFC 8259 has it.
//!
//! `serde_json` checks the text, and hands out the text of each part. So numbers arrive with all their digits.

use std::fmt;

use feats_core::__private::join;
use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::number::Number;
use super::value::Json;
use crate::error::{Error, Problem, Problems};
use crate::model::MAX_REVISION_BYTES;
use crate::model::limits::MAX_JSON_DEPTH;

/// The maximum length of a text, in bytes.
const MAX_BYTES: usize = MAX_REVISION_BYTES;

/// The maximum nesting depth: that of client data, within its flag.
const MAX_DEPTH: usize = MAX_JSON_DEPTH + 4;

/// The maximum number of digits of an integer, which is that of Python.
const MAX_DIGITS: usize = 4_300;

/// Parses a JSON text.
///
/// # Errors
/// A problem with the path of the part that cannot be parsed; the path is empty if the whole text is not JSON, too long or too
/// deep.
pub(in crate::flags) fn parse(text: &str) -> Result<Json, Problem> {
    if text.len() > MAX_BYTES {
        return Err(Problem::new("", format!("a text has at most {MAX_BYTES} bytes, and this has {}", text.len())));
    }
    let raw: &RawValue =
        serde_json::from_str(text).map_err(|error| Problem::new("", format!("this is not JSON: {error}")))?;
    if depth(raw.get()) > MAX_DEPTH {
        return Err(Problem::new("", format!("JSON can be nested at most {MAX_DEPTH} levels deep")));
    }
    part(raw)
}

/// Parses a JSON text and reads a value from it.
///
/// # Errors
/// [`Invalid`](crate::ErrorKind::Invalid): the text cannot be parsed, or `read` reports problems.
pub(in crate::flags) fn decode<T>(
    text: &str,
    read: impl FnOnce(&Json, &mut Problems) -> Option<T>,
) -> crate::error::Result<T> {
    let parsed = parse(text).map_err(|problem| Error::invalid(vec![problem]))?;
    let mut problems = Problems::default();
    match read(&parsed, &mut problems).filter(|_| problems.is_empty()) {
        Some(value) => Ok(value),
        None => Err(Error::invalid(problems.into_vec())),
    }
}

/// Parses a part of a text that is JSON and not too deep.
fn part(raw: &RawValue) -> Result<Json, Problem> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'n') => Json::Null,
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'"') => Json::Text(serde_json::from_str(text).map_err(|_| unpaired_surrogate())?),
        Some(b'[') => {
            let items: Vec<&RawValue> =
                serde_json::from_str(text).map_err(|error| Problem::new("", error.to_string()))?;
            let items = items.into_iter().enumerate();
            Json::List(
                items
                    .map(|(index, item)| part(item).map_err(|problem| problem.within(&format!("[{index}]"))))
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(b'{') => {
            let Fields(fields) = serde_json::from_str(text).map_err(|_| unpaired_surrogate())?;
            let field = |(key, value): (String, &RawValue)| match part(value) {
                Ok(value) => Ok((key, value)),
                Err(problem) => Err(problem.within(&join("", &key))),
            };
            Json::Object(fields.into_iter().map(field).collect::<Result<_, _>>()?)
        }
        _ if text.len() > MAX_DIGITS => {
            return Err(Problem::new("", format!("a number has at most {MAX_DIGITS} digits")));
        }
        _ => Json::Number(
            Number::parse(text).ok_or_else(|| Problem::new("", "a number is beyond the range of 64-bit floats"))?,
        ),
    })
}

fn unpaired_surrogate() -> Problem {
    Problem::new("", "text has an unpaired surrogate, which is not a character")
}

/// Returns the nesting depth of a text that is JSON.
fn depth(text: &str) -> usize {
    let (mut depth, mut greatest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                greatest = greatest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    greatest
}

/// The fields of an object, with the text of each value.
struct Fields<'a>(IndexMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut fields = IndexMap::new();
        while let Some((key, value)) = entries.next_entry::<String, &RawValue>()? {
            fields.insert(key, value);
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        parse(text).expect(text).to_python()
    }

    fn problem(text: &str) -> String {
        parse(text).expect_err(text).to_string()
    }

    #[test]
    fn an_object_keeps_the_order_of_its_text() {
        assert_eq!(written(r#"{"b":1,"a":{"z":[],"y":{}}}"#), r#"{"b": 1, "a": {"z": [], "y": {}}}"#);
    }

    #[test]
    fn the_last_of_two_equal_keys_has_the_value_and_the_first_one_the_place() {
        assert_eq!(written(r#"{"b": 1, "a": 2, "b": [3]}"#), r#"{"b": [3], "a": 2}"#);
    }

    #[test]
    fn a_number_is_written_as_python_writes_it() {
        for (text, expected) in [
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("1E2", "100.0"),
            ("1e16", "1e+16"),
            ("1e-5", "1e-05"),
            ("0.1", "0.1"),
            ("100000000000000000000000000000000000001", "100000000000000000000000000000000000001"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("18446744073709551616", "18446744073709551616"),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    #[test]
    fn text_is_written_in_ascii() {
        assert_eq!(written("\"é\u{1f600}\\/\\u0000\u{7f}\\\"\""), "\"\\u00e9\\ud83d\\ude00/\\u0000\\u007f\\\"\"");
    }

    #[test]
    fn what_is_not_json_is_a_problem() {
        for text in ["", "hello", "NaN", "[1,]", "{\"a\": 1} x", "Infinity", "01", "'a'"] {
            assert!(problem(text).starts_with("this is not JSON"), "{text}");
        }
        assert_eq!(problem(r#"{"a": [1e400]}"#), "a[0]: a number is beyond the range of 64-bit floats");
        assert!(problem(r#"{"a": "\ud83d"}"#).starts_with("a: text has an unpaired surrogate"));
        assert!(problem(&format!("[{}]", "1".repeat(4_301))).starts_with("[0]: a number has at most 4300 digits"));
    }

    #[test]
    fn depth_and_size_are_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert!(problem(&nested(MAX_DEPTH + 1)).contains("nested at most"));
        assert!(problem(&nested(100_000)).contains("nested at most"));
        assert!(parse(&format!("[{}]", r#""[[{{\"[[","#.repeat(200) + "1")).is_ok(), "brackets in text do not count");
        assert!(problem(&format!("\"{}\"", "a".repeat(MAX_BYTES))).contains("bytes"));
    }
}
