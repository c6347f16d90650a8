//! Values as typed: one value, or several separated by commas. Values that contain spaces, commas or quotes are in double
//! quotes.
//!
//! Within quotes, a backslash escapes a quote or a backslash, and nothing else.

use feats::text::{describe, is_disruptive, quoted};

/// Typographic quotes, which word processors insert in place of `"`.
const TYPOGRAPHIC: [char; 12] = ['“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '‛', '`', '\''];

/// Parses a list of values separated by commas.
///
/// # Errors
/// Returns a message for people if a value is empty without quotes, or its quotes are wrong.
pub(crate) fn list(text: &str) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        let (value, remaining) = list_item(rest)?;
        values.push(value);
        match remaining.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(values),
        }
    }
}

/// Parses a single value. A comma is part of the value.
///
/// # Errors
/// As [`list`].
pub(crate) fn single(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !text.starts_with('"') {
        return plain(text);
    }
    match in_quotes(text)? {
        (value, "") => Ok(value),
        (_, remaining) => Err(text_after_quotes(remaining)),
    }
}

/// Parses a value in quotes at the start of the text. Returns it with the remaining text.
///
/// # Errors
/// Returns a message if the quotes are not closed.
pub(crate) fn in_quotes(text: &str) -> Result<(String, &str), String> {
    let unclosed = || "a value has an opening quote and no closing one".to_owned();
    let mut value = String::new();
    let mut characters = text.strip_prefix('"').ok_or_else(unclosed)?.chars();
    loop {
        match characters.next().ok_or_else(unclosed)? {
            '"' => return Ok((value, characters.as_str())),
            '\\' => {
                let escaped = characters.as_str().chars().next().filter(|next| matches!(next, '"' | '\\'));
                value.push(escaped.unwrap_or('\\'));
                if escaped.is_some() {
                    characters.next();
                }
            }
            c => value.push(c),
        }
    }
}

/// Checks a value that is written without quotes.
///
/// # Errors
/// Returns a message if the value is empty, or contains quotes or invisible characters.
pub(crate) fn plain(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("a value is empty; write an empty value as \"\"".to_owned());
    }
    if let Some(quote) =
        text.chars().next().into_iter().chain(text.chars().next_back()).find(|c| TYPOGRAPHIC.contains(c))
    {
        return Err(format!(
            "{quote} is not a quotation mark here; write {}",
            with_quotes(text.trim_matches(TYPOGRAPHIC))
        ));
    }
    if text.contains('"') {
        return Err(format!("a value that contains quotes is written {}", with_quotes(text)));
    }
    let is_invisible = |c: &char| is_disruptive(*c) || (c.is_whitespace() && *c != ' ');
    match text.chars().find(is_invisible) {
        Some(c) => Err(format!(
            "{} contains {}; if it is part of the value, put the value in \"…\"",
            quoted(text),
            describe(c)
        )),
        None => Ok(text.to_owned()),
    }
}

/// Returns a value in quotes, as it is typed.
pub(crate) fn with_quotes(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

fn list_item(text: &str) -> Result<(String, &str), String> {
    let text = text.trim_start();
    if text.starts_with('"') {
        let (value, remaining) = in_quotes(text)?;
        let remaining = remaining.trim_start();
        return match remaining.is_empty() || remaining.starts_with(',') {
            true => Ok((value, remaining)),
            false => Err(text_after_quotes(remaining)),
        };
    }
    let (value, remaining) = text.split_at_checked(text.find(',').unwrap_or(text.len())).unwrap_or((text, ""));
    Ok((plain(value.trim())?, remaining))
}

fn text_after_quotes(remaining: &str) -> String {
    format!("{} follows the closing quote; write a quote within a value as \\\"", quoted(remaining))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_separated_by_commas_and_quoted_if_needed() {
        for (text, values) in [
            ("42,43", vec!["42", "43"]),
            (" a , b ", vec!["a", "b"]),
            ("New York, Paris", vec!["New York", "Paris"]),
            (r#""a, b",c"#, vec!["a, b", "c"]),
            (r#""a\"b\\c\d""#, vec![r#"a"b\c\d"#]),
            (r#""""#, vec![""]),
            ("O’Brien,d'Arc", vec!["O’Brien", "d'Arc"]),
        ] {
            assert_eq!(list(text).expect(text), values);
        }
        assert_eq!(single(" a,b ").expect("one"), "a,b");
        assert_eq!(single("\" a\u{200b}\"").expect("one"), " a\u{200b}");
    }

    #[test]
    fn an_empty_value_needs_quotes() {
        for text in ["", " ", ",", "a,", "a,,b", ",a", "a, ,b", "\"a\","] {
            let message = list(text).expect_err(text);
            assert!(message.contains("write an empty value as \"\""), "{message}");
        }
        assert!(single("").is_err());
    }

    #[test]
    fn quotes_enclose_the_whole_value() {
        for (text, expected) in [
            ("\"a", "no closing one"),
            ("\"a\\\"", "no closing one"),
            ("\"a\"b", "follows the closing quote"),
            ("a\"b", r#"is written "a\"b""#),
            ("“CA”", "“ is not a quotation mark here; write \"CA\""),
            ("'CA'", "' is not a quotation mark here"),
            ("CA\u{200b}", "U+200B ZERO WIDTH SPACE"),
            ("C\u{a0}A", "U+00A0 NO-BREAK SPACE"),
        ] {
            let message = list(text).expect_err(text);
            assert!(message.contains(expected), "{message}");
        }
    }
}
