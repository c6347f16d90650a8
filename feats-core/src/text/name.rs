//! The rules for names and comments.

use super::character::{describe, is_bidi_control, is_emoji_base, is_invisible, is_variation_selector};

/// The maximum length of a name, in characters.
pub const MAX_NAME_CHARACTERS: usize = 200;

/// The maximum length of a comment, in characters.
pub const MAX_COMMENT_CHARACTERS: usize = 10_000;

/// Checks a name: of a rule, a feature, an implementation, a segment, an attribute, an author or a program.
///
/// A name has 1 to 200 characters, not only spaces. Control characters, characters that change the direction of text and
/// invisible characters are rejected, because two different names must not look the same. Letters of every script, spaces and
/// emoji are allowed; a variation selector only after the symbol that it belongs to, as in ⚠️.
///
/// # Errors
/// A message for people, which names the character.
///
/// ```
/// use feats::text::check_name;
/// assert!(check_name("Zażółć 🎉 日本").is_ok());
/// assert_eq!(check_name("Can\u{200b}ada").unwrap_err(), "a name can't contain invisible characters: U+200B ZERO WIDTH SPACE after \"Can\"");
/// ```
pub fn check_name(name: &str) -> Result<(), String> {
    let length = name.chars().take(MAX_NAME_CHARACTERS + 1).count();
    if length == 0 {
        return Err("a name can't be empty".to_owned());
    }
    if length > MAX_NAME_CHARACTERS {
        return Err(format!("a name can have at most {MAX_NAME_CHARACTERS} characters"));
    }
    if name.chars().any(char::is_control) {
        return Err("a name can't contain control characters".to_owned());
    }
    if name.trim().is_empty() {
        return Err("a name needs a visible character".to_owned());
    }
    let mut before = None;
    for (start, c) in name.char_indices() {
        let belongs = is_variation_selector(c) && before.is_some_and(is_emoji_base);
        if is_invisible(c) && !belongs {
            let kind = if is_bidi_control(c) {
                "characters that change the direction of text"
            } else {
                "invisible characters"
            };
            let place = match name.get(..start) {
                None | Some("") => "at its start".to_owned(),
                Some(text) => format!("after {text:?}"),
            };
            return Err(format!("a name can't contain {kind}: {} {place}", describe(c)));
        }
        before = Some(c);
    }
    Ok(())
}

/// Checks a comment: it has at most 10 000 characters. It may contain any text, since every output escapes it.
///
/// # Errors
/// A message for people.
pub fn check_comment(comment: &str) -> Result<(), String> {
    match comment.chars().nth(MAX_COMMENT_CHARACTERS) {
        Some(_) => Err(format!("a comment can have at most {MAX_COMMENT_CHARACTERS} characters")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_invisible_characters() {
        for (c, name) in [
            ('\u{ad}', "U+00AD SOFT HYPHEN"),
            ('\u{200b}', "U+200B ZERO WIDTH SPACE"),
            ('\u{200d}', "U+200D ZERO WIDTH JOINER"),
            ('\u{200f}', "U+200F RIGHT-TO-LEFT MARK"),
            ('\u{202e}', "U+202E RIGHT-TO-LEFT OVERRIDE"),
            ('\u{2060}', "U+2060 WORD JOINER"),
            ('\u{2064}', "U+2064 INVISIBLE OPERATOR"),
            ('\u{2069}', "U+2069 POP DIRECTIONAL ISOLATE"),
            ('\u{feff}', "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
            ('\u{e0041}', "U+E0041 TAG"),
            ('\u{fe0f}', "U+FE0F VARIATION SELECTOR"),
            ('\u{3164}', "U+3164 HANGUL FILLER"),
            ('\u{2028}', "U+2028 LINE SEPARATOR"),
        ] {
            for text in [format!("Can{c}ada"), format!("{c}Canada"), format!("Canada{c}")] {
                let message = check_name(&text).expect_err(name);
                assert!(message.contains(name), "{message}");
            }
        }
    }

    #[test]
    fn a_name_can_be_in_any_script_and_contain_spaces() {
        for name in ["Zażółć", "日本", "US canary", "trail ", "⚠️ urgent", "🎉", "مرحبا", "हिन्दी", "e\u{301}", "a b"]
        {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        assert!(check_name("").is_err());
        assert!(check_name(" ").is_err() && check_name("\u{a0}\u{2003}").is_err());
        assert!(check_name("a\u{7f}").is_err());
        assert!(check_name(&"é".repeat(200)).is_ok());
        assert!(check_name(&"é".repeat(201)).is_err());
    }
}
