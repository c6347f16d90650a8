//! Writing of JSON text exactly as `json.dumps` of Python writes it.

use std::fmt;

use feats_core::__private::python_json;

use super::value::{Json, Object};

impl Json {
    /// Returns the text that Python's `json.dumps` returns.
    pub(in crate::flags) fn to_python(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(true) => out.write_str("true"),
            Json::Bool(false) => out.write_str("false"),
            Json::Number(number) => number.write(out),
            Json::Text(text) => python_json::write_text(out, text),
            Json::List(items) => write_list(out, items),
            Json::Object(fields) => write_object(out, fields),
        }
    }
}

fn write_list(out: &mut impl fmt::Write, items: &[Json]) -> fmt::Result {
    out.write_char('[')?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        item.write(out)?;
    }
    out.write_char(']')
}

fn write_object(out: &mut impl fmt::Write, fields: &Object) -> fmt::Result {
    out.write_char('{')?;
    for (index, (key, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.write_str(", ")?;
        }
        python_json::write_text(out, key)?;
        out.write_str(": ")?;
        value.write(out)?;
    }
    out.write_char('}')
}
