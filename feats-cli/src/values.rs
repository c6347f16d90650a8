//! Values as typed: one, or several between commas; in double quotes where spaces, commas or quotes belong to them.
//!
//! In quotes, a backslash stands before a quote or a backslash that belongs to the value, and before nothing else.

use feats::text::{describe, is_disruptive, quoted};

/// Quotes of typography, which word processors put in the place of `"`.
const TYPOGRAPHIC: [char; 12] = ['“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '‛', '`', '\''];

/// Reads the values of a list that ends with the text.
///
/// # Errors
/// The message for people: an empty value without quotes, or quotes that are wrong.
pub(crate) fn list(text: &str) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        let (value, behind) = one_of_list(rest)?;
        values.push(value);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(values),
        }
    }
}

/// Reads the one value that a text is. A comma in it belongs to the value.
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
        (_, behind) => Err(more_behind_quotes(behind)),
    }
}

/// Reads a value in quotes from the start of the text, and gives what is behind it.
///
/// # Errors
/// The quotes are not closed.
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
/// It is empty, or has quotes or characters that nobody sees.
pub(crate) fn plain(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("a value is empty; an empty value is written \"\"".to_owned());
    }
    if let Some(quote) =
        text.chars().next().into_iter().chain(text.chars().next_back()).find(|c| TYPOGRAPHIC.contains(c))
    {
        return Err(format!(
            "{quote} is not a quote here; values are quoted as in {}",
            in_form(text.trim_matches(TYPOGRAPHIC))
        ));
    }
    if text.contains('"') {
        return Err(format!("a value that has quotes in it is written {}", in_form(text)));
    }
    let unseen = |c: &char| is_disruptive(*c) || (c.is_whitespace() && *c != ' ');
    match text.chars().find(unseen) {
        Some(c) => {
            Err(format!("{} has {}; if it belongs to the value, put the value in \"…\"", quoted(text), describe(c)))
        }
        None => Ok(text.to_owned()),
    }
}

/// A value as it is typed in quotes.
pub(crate) fn in_form(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\""))
}

fn one_of_list(text: &str) -> Result<(String, &str), String> {
    let text = text.trim_start();
    if text.starts_with('"') {
        let (value, behind) = in_quotes(text)?;
        let behind = behind.trim_start();
        return match behind.is_empty() || behind.starts_with(',') {
            true => Ok((value, behind)),
            false => Err(more_behind_quotes(behind)),
        };
    }
    let (value, behind) = text.split_at_checked(text.find(',').unwrap_or(text.len())).unwrap_or((text, ""));
    Ok((plain(value.trim())?, behind))
}

fn more_behind_quotes(behind: &str) -> String {
    format!("{} is behind the closing quote; a quote in a value is written \\\"", quoted(behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_between_commas_and_in_quotes_where_needed() {
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
    fn an_empty_value_is_written_in_quotes() {
        for text in ["", " ", ",", "a,", "a,,b", ",a", "a, ,b", "\"a\","] {
            let message = list(text).expect_err(text);
            assert!(message.contains("an empty value is written \"\""), "{message}");
        }
        assert!(single("").is_err());
    }

    #[test]
    fn quotes_stand_around_the_whole_value() {
        for (text, said) in [
            ("\"a", "no closing one"),
            ("\"a\\\"", "no closing one"),
            ("\"a\"b", "behind the closing quote"),
            ("a\"b", r#"is written "a\"b""#),
            ("“CA”", "“ is not a quote here; values are quoted as in \"CA\""),
            ("'CA'", "' is not a quote here"),
            ("CA\u{200b}", "U+200B ZERO WIDTH SPACE"),
            ("C\u{a0}A", "U+00A0 NO-BREAK SPACE"),
        ] {
            let message = list(text).expect_err(text);
            assert!(message.contains(said), "{message}");
        }
    }
}
