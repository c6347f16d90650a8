//! Formats JSON as lines. Short values are on one line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value as Json;
use serde_json::ser::{Formatter, Serializer};

/// The longest line for an array or object.
const MAX_LINE_WIDTH: usize = 72;

/// Returns the lines of a document, or none for `null`.
pub(super) fn lines(json: &Json) -> Vec<String> {
    let mut lines = Vec::new();
    if !json.is_null() {
        write(json, 0, "", "", &mut lines);
    }
    lines
}

fn write(json: &Json, depth: usize, key: &str, end: &str, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let short = on_one_line(json);
    let fits = indent.len() + key.len() + short.len() + end.len() <= MAX_LINE_WIDTH;
    match json {
        Json::Array(parts) if !fits => {
            lines.push(format!("{indent}{key}["));
            for (index, part) in parts.iter().enumerate() {
                write(part, depth + 1, "", comma(index, parts.len()), lines);
            }
            lines.push(format!("{indent}]{end}"));
        }
        Json::Object(parts) if !fits || depth == 0 => {
            lines.push(format!("{indent}{key}{{"));
            for (index, (name, part)) in parts.iter().enumerate() {
                let key = format!("{}: ", on_one_line(&Json::from(name.as_str())));
                write(part, depth + 1, &key, comma(index, parts.len()), lines);
            }
            lines.push(format!("{indent}}}{end}"));
        }
        _ => lines.push(format!("{indent}{key}{short}{end}")),
    }
}

fn comma(index: usize, length: usize) -> &'static str {
    if index + 1 < length { "," } else { "" }
}

fn on_one_line(json: &Json) -> String {
    let mut bytes = Vec::new();
    // Writing a value to memory does not fail.
    let _ = json.serialize(&mut Serializer::with_formatter(&mut bytes, Spaced));
    String::from_utf8(bytes).unwrap_or_default()
}

/// A formatter with a space after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_are_on_one_line() {
        let state = json!({ "pinned": null, "rules": [{ "name": "Canada",
            "when": { "segment": "Country", "in": ["CA"] }, "select": { "static": "premium" } }] });
        let expected = [
            "{",
            r#"  "pinned": null,"#,
            r#"  "rules": ["#,
            "    {",
            r#"      "name": "Canada","#,
            r#"      "select": {"static": "premium"},"#,
            r#"      "when": {"in": ["CA"], "segment": "Country"}"#,
            "    }",
            "  ]",
            "}",
        ];
        assert_eq!(lines(&state), expected);
    }

    #[test]
    fn the_lines_parse_to_the_document() {
        let state = json!({ "a\"b": [[1, 2.5, "x".repeat(90)], {}, []], "c": "line\nbreak" });
        let read: Json = serde_json::from_str(&lines(&state).join("\n")).unwrap();
        assert_eq!(read, state);
    }

    #[test]
    fn null_has_no_lines() {
        assert!(lines(&Json::Null).is_empty());
    }
}
