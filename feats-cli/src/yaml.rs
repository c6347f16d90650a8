//! A YAML serializer that escapes every character that could disturb a terminal or an editor.

use feats::text::{escape_with, is_disruptive};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use serde_saphyr::DoubleQuoted;

/// Serializes a document whose free text is [`Isolated`].
///
/// # Errors
/// Fails if a key contains a character that must be escaped, which `serde_saphyr` does not do for keys.
pub(crate) fn to_string(document: &impl Serialize) -> Result<String, serde_saphyr::ser::Error> {
    let text = serde_saphyr::to_string(document)?;
    // These characters are all within double quotes, where escapes are allowed.
    let lines = text.split('\n').map(|line| {
        escape_with(line, |out, c| match (c, u32::from(c)) {
            ('\t', _) => out.push(c),
            (_, code @ 0..=0xffff) => out.push_str(&format!("\\u{code:04X}")),
            (_, code) => out.push_str(&format!("\\U{code:08X}")),
        })
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// JSON whose text is in double quotes if it contains characters to escape.
pub(crate) struct Isolated<'j>(pub(crate) &'j Json);

/// Returns `true` if a text needs escapes. YAML has other forms for line breaks and tabs.
fn needs_escapes(text: &str) -> bool {
    text.chars().any(|c| is_disruptive(c) && !matches!(c, '\n' | '\t'))
}

impl Serialize for Isolated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::String(text) if needs_escapes(text) => DoubleQuoted(text).serialize(serializer),
            Json::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Isolated(item)))?;
                list.end()
            }
            Json::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (key, value) in fields {
                    if needs_escapes(key) {
                        return Err(S::Error::custom(format!(
                            "the key {} contains characters that must be escaped",
                            feats::text::quoted(key)
                        )));
                    }
                    map.serialize_entry(key, &Isolated(value))?;
                }
                map.end()
            }
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn invisible_characters_are_escaped_and_survive_a_round_trip() {
        let json = json!({
            "rules": [{ "name": "a \u{202e}b", "when": { "segment": "Country", "in": [
                "C\u{200b}A", "\u{feff}", "\u{e0041}", "'\u{2066}", "x\n\u{202e}y", "\u{1b}[2J", "a\"\u{202e}\\", "\u{85}",
                "é", "👩\u{200d}💻", "line\nline", "tab\there", " = 1", "NO", "1.0", "",
            ] } }],
        });
        let text = to_string(&Isolated(&json)).expect("YAML");
        let raw: Vec<char> = text.chars().filter(|c| is_disruptive(*c) && !matches!(c, '\n' | '\t')).collect();
        assert!(raw.is_empty(), "{raw:?}: {text}");
        assert_eq!(crate::document::from_yaml(&text).expect("YAML"), json, "{text}");
        assert!(text.contains("\\u202E") && text.contains("\\U000E0041"), "{text}");
        assert!(to_string(&Isolated(&json!({ "a\u{202e}": 1 }))).is_err());
    }
}
