//! Escaping for output: no text can affect what is printed around it.

use std::borrow::Cow;
use std::fmt::Write;

use super::character::{is_bidi_control, is_invisible, is_variation_selector};

/// The maximum length of a text quoted in a message, in characters.
const MAX_QUOTED_CHARACTERS: usize = 200;

/// Returns `true` if a character can disturb the text around it: control characters, line separators, characters that change
/// the direction of text, and invisible characters. Joiners and variation selectors, needed by some scripts and emoji, do not.
///
/// ```
/// use feats::text::is_disruptive;
/// assert!(is_disruptive('\x1b') && is_disruptive('\u{202e}') && is_disruptive('\u{200b}'));
/// assert!(!is_disruptive('é') && !is_disruptive('\u{200d}'));
/// ```
pub fn is_disruptive(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}') || is_variation_selector(c);
    // Noncharacters as well: YAML cannot represent them unescaped.
    c.is_control() || is_bidi_control(c) || (is_invisible(c) && !joins) || u32::from(c) & 0xfffe == 0xfffe
}

/// Escapes each disruptive character of a text with `escape`, which appends the escape of one character.
pub fn escape_with(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.chars().any(is_disruptive) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_disruptive(c) { escape(&mut escaped, c) } else { escaped.push(c) }
    }
    Cow::Owned(escaped)
}

/// Escapes a text for one line of a terminal or a log: it cannot move the cursor, change colors, start a line or change the
/// direction of the following text.
///
/// ```
/// assert_eq!(feats::text::terminal_line("a\x1b[2J\n\u{202e}b"), r"a\u{1b}[2J\n\u{202e}b");
/// ```
pub fn terminal_line(text: &str) -> Cow<'_, str> {
    escape_with(text, |out, c| {
        // Writing to a string does not fail.
        let _ = write!(out, "{}", c.escape_default());
    })
}

/// Quotes a text for a message: disruptive characters are escaped, and only the first 200 characters are shown.
///
/// ```
/// assert_eq!(feats::text::quoted("a\u{202e}b"), r#""a\u{202e}b""#);
/// ```
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_QUOTED_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    terminal_line(&format!("{shown:?}")).into_owned()
}

/// Escapes a text for a CSV cell, before CSV quoting: no spreadsheet interprets it or a part of it as a formula, even if it
/// splits lines at another separator.
///
/// An apostrophe is inserted before `=`, `+`, `-`, `@`, `|`, tabs and carriage returns at the start, after a separator
/// (`,`, `;`, tab, `|`), and at the start of a line, even if spaces or quotes precede them.
///
/// ```
/// use feats::text::csv_cell;
/// assert_eq!(csv_cell("=1+1"), "'=1+1");
/// assert_eq!(csv_cell("x;=HYPERLINK(\"…\")"), "x;'=HYPERLINK(\"…\")");
/// assert_eq!(csv_cell("1-1"), "1-1");
/// ```
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let starts_formula = |rest: &str| {
        let rest = rest.trim_start_matches([' ', '"', '\'', '\u{a0}', '\u{feff}', '\u{200b}']);
        rest.starts_with(['=', '+', '-', '@', '|', '%', '\t', '\r', '＝', '＋', '－', '＠'])
    };
    let is_separator = |c: char| {
        matches!(c, ',' | ';' | '\t' | '\n' | '\r' | '|' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut cell = String::with_capacity(text.len());
    let mut at_start = true;
    for (start, c) in text.char_indices() {
        if at_start && c != '\'' && starts_formula(text.get(start..).unwrap_or_default()) {
            cell.push('\'');
        }
        at_start = is_separator(c);
        cell.push(c);
    }
    if cell.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(cell) }
}

/// Strips the byte order mark that some editors put at the start of a text.
///
/// ```
/// assert_eq!(feats::text::without_bom("\u{feff}{}"), "{}");
/// ```
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_not_a_formula_for_any_separator() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("x;=HYPERLINK(\"h\")", "x;'=HYPERLINK(\"h\")"),
            ("a\n=1+1", "a\n'=1+1"),
            ("a\r\n@SUM(1)", "a\r\n'@SUM(1)"),
            ("a\t+1", "a\t'+1"),
            ("a, -1", "a,' -1"),
            ("a;\"=1\"", "a;'\"=1\""),
            ("a|=1", "a|'=1"),
            ("|calc", "'|calc"),
            ("a;＝1", "a;'＝1"),
            ("a;;=1", "a;;'=1"),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
        for text in ["", "1-1", "a=b", "a; b", "acme, premium", "me@example.org", "a | b", "it's"] {
            assert_eq!(csv_cell(text), text);
        }
    }

    #[test]
    fn quoted_text_cannot_leave_its_quotes_or_change_the_direction() {
        assert_eq!(quoted("a\"b\n"), r#""a\"b\n""#);
        assert_eq!(quoted("\u{202e}a\u{2066}\u{200b}\u{feff}\x1b"), r#""\u{202e}a\u{2066}\u{200b}\u{feff}\u{1b}""#);
        assert_eq!(quoted(&"é".repeat(300)).chars().count(), 203);
    }
}
