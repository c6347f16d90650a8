//! How text is isolated in output: whatever it contains, it stays the one piece of text that it is.

use std::borrow::Cow;
use std::fmt::Write;

use super::character::{is_bidi_control, is_invisible, is_variation_selector};

/// The longest text that a message quotes, in characters.
const MAX_QUOTED: usize = 200;

/// Whether a character disturbs what is printed around it: control characters, line separators, what changes the direction
/// of text, and what is not shown at all. Joiners and variation selectors, which some scripts and emoji need, do not.
///
/// ```
/// use feats::text::is_disruptive;
/// assert!(is_disruptive('\x1b') && is_disruptive('\u{202e}') && is_disruptive('\u{200b}'));
/// assert!(!is_disruptive('é') && !is_disruptive('\u{200d}'));
/// ```
pub fn is_disruptive(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}') || is_variation_selector(c);
    // Noncharacters too: YAML has no way to write them as they are.
    c.is_control() || is_bidi_control(c) || (is_invisible(c) && !joins) || u32::from(c) & 0xfffe == 0xfffe
}

/// Text with each disruptive character escaped by `escape`, which writes the escape of one character.
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

/// Text as one line of a terminal or a log: nothing in it moves the cursor, colours anything, begins a line or changes
/// the direction of what follows.
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

/// Text in a message: in quotes, with disruptive characters escaped, cut after 200 characters.
///
/// ```
/// assert_eq!(feats::text::quoted("a\u{202e}b"), r#""a\u{202e}b""#);
/// ```
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_QUOTED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    terminal_line(&format!("{shown:?}")).into_owned()
}

/// Text as a cell of CSV, before it is quoted: no spreadsheet takes it or a part of it for a formula, even where it splits
/// lines at another separator.
///
/// An apostrophe is put before `=`, `+`, `-`, `@` and `|`, tabs and carriage returns at the start, behind a separator
/// (`,`, `;`, tab, `|`), and at the start of a line; spaces and quotes between the two do not count.
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

/// Text without the byte order mark that some editors put before it.
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
    fn a_cell_is_not_a_formula_whatever_the_separator_is() {
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
    fn quoted_text_stays_in_its_quotes_and_in_its_direction() {
        assert_eq!(quoted("a\"b\n"), r#""a\"b\n""#);
        assert_eq!(quoted("\u{202e}a\u{2066}\u{200b}\u{feff}\x1b"), r#""\u{202e}a\u{2066}\u{200b}\u{feff}\u{1b}""#);
        assert_eq!(quoted(&"é".repeat(300)).chars().count(), 203);
    }
}
