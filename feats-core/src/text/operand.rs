//! Remarks on unusual operands. Operands are compared byte by byte, so two of them may look the same and still differ.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::character::{
    describe, is_combining_mark, is_emoji_base, is_invisible, is_unusual_space, is_variation_selector, latin_twin,
};

/// A property of an operand that a reader cannot see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "remark", content = "detail", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remark {
    /// The operand starts with a space.
    LeadingSpace,
    /// The operand ends with a space.
    TrailingSpace,
    /// The operand has a character that is invisible or looks like another: `U+200B ZERO WIDTH SPACE`.
    Character(String),
    /// The operand has a letter followed by a combining mark: `U+0301 COMBINING ACUTE ACCENT`. Most programs write the two as one
    /// character.
    Decomposed(String),
    /// The operand has letters of another script that look like Latin ones: `U+0421 CYRILLIC LETTER`.
    MixedScripts(String),
    /// The operand looks like the value at this index of the same list, but differs from it.
    LooksLike(usize),
}

/// Returns remarks on an operand; none for most operands.
///
/// ```
/// use feats::text::{Remark, remarks};
/// assert_eq!(remarks("CA"), []);
/// assert_eq!(remarks("CA "), [Remark::TrailingSpace]);
/// assert_eq!(remarks("C\u{200b}A")[0].to_string(), "it has U+200B ZERO WIDTH SPACE");
/// ```
pub fn remarks(text: &str) -> Vec<Remark> {
    if is_plain(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    found.extend(text.starts_with(' ').then_some(Remark::LeadingSpace));
    found.extend(text.ends_with(' ').then_some(Remark::TrailingSpace));
    let has_latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let mut before = None;
    for c in text.chars() {
        let belongs = is_variation_selector(c) && before.is_some_and(is_emoji_base);
        let remark = if c.is_control() || is_unusual_space(c) || (is_invisible(c) && !belongs) {
            Some(Remark::Character(describe(c)))
        } else if is_combining_mark(c) {
            Some(Remark::Decomposed(describe(c)))
        } else if latin_twin(c).is_some() && (has_latin || ('\u{ff01}'..='\u{ff5e}').contains(&c)) {
            Some(Remark::MixedScripts(describe(c)))
        } else {
            None
        };
        found.extend(remark.filter(|remark| !found.contains(remark)));
        before = Some(c);
    }
    found
}

/// Returns remarks on the values of one list, with their indexes: the [`remarks`] on each value, and values that look like an
/// earlier one. Returns at most `limit` remarks.
///
/// ```
/// use feats::text::{Remark, list_remarks};
/// assert_eq!(list_remarks(["CA", "US", "CA"], 10), []);
/// assert!(list_remarks(["CA", "CA "], 10).contains(&(1, Remark::LooksLike(0))));
/// ```
pub fn list_remarks<'a>(values: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<(usize, Remark)> {
    let values: Vec<&str> = values.into_iter().collect();
    let mut found = Vec::new();
    if values.iter().all(|value| is_plain(value)) {
        return found;
    }
    // Only a value that is not plain can look like another.
    let mut looks: HashMap<Cow<'_, str>, (usize, &str)> = HashMap::new();
    for (index, value) in values.iter().enumerate() {
        if found.len() >= limit {
            break;
        }
        found.extend(remarks(value).into_iter().map(|remark| (index, remark)));
        match looks.get(look(value).as_ref()) {
            Some((first, text)) if text != value => found.push((index, Remark::LooksLike(*first))),
            Some(_) => {}
            None => drop(looks.insert(look(value), (index, value))),
        }
    }
    found.truncate(limit);
    found
}

/// Returns `true` for a text without anything to remark on.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.starts_with(' ') && !text.ends_with(' ')
}

/// Returns a key that is equal for texts that look the same.
fn look(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut look = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_invisible(*c) && !is_variation_selector(*c)) {
        match (c, latin_twin(c)) {
            (_, Some(latin)) => look.push(latin),
            (c, None) if c.is_whitespace() || c.is_control() => look.push(' '),
            (c, None) => match decomposed(c) {
                Some((letter, mark)) => look.extend([letter, mark]),
                None => look.push(c),
            },
        }
    }
    Cow::Owned(look.trim().to_owned())
}

/// Splits a Latin letter with a mark into the letter and the mark.
fn decomposed(c: char) -> Option<(char, char)> {
    COMPOSED.iter().find_map(|(mark, letters)| {
        let mut letters = letters.chars();
        while let (Some(plain), Some(marked)) = (letters.next(), letters.next()) {
            if marked == c {
                return Some((plain, *mark));
            }
        }
        None
    })
}

/// For each mark, pairs of a letter and the same letter with the mark.
const COMPOSED: [(char, &str); 10] = [
    ('\u{300}', "AÀEÈIÌOÒUÙaàeèiìoòuùNǸnǹ"),
    ('\u{301}', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzź"),
    ('\u{302}', "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷ"),
    ('\u{303}', "AÃNÑOÕaãnñoõIĨiĩUŨuũ"),
    ('\u{308}', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸ"),
    ('\u{30a}', "AÅaåUŮuů"),
    ('\u{30b}', "OŐoőUŰuű"),
    ('\u{30c}', "CČcčDĎEĚeěNŇnňRŘrřSŠsšTŤZŽzž"),
    ('\u{327}', "CÇcçSŞsşTŢtţ"),
    ('\u{328}', "AĄaąEĘeęIĮiįUŲuų"),
];

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::LeadingSpace => f.write_str("it starts with U+0020 SPACE"),
            Remark::TrailingSpace => f.write_str("it ends with U+0020 SPACE"),
            Remark::Character(name) => write!(f, "it has {name}"),
            Remark::Decomposed(name) => {
                write!(f, "it has {name} after a letter; most programs write the two as one character")
            }
            Remark::MixedScripts(name) => write!(f, "it has {name}, which looks like a Latin letter"),
            Remark::LooksLike(index) => write!(f, "it looks like value {} of the same list, but differs", index + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_cannot_see_is_reported() {
        for (text, expected) in [
            ("CA ", "it ends with U+0020 SPACE"),
            (" CA", "it starts with U+0020 SPACE"),
            ("CA\t", "it has U+0009 TAB"),
            ("CA\u{a0}", "it has U+00A0 NO-BREAK SPACE"),
            ("C\u{200b}A", "it has U+200B ZERO WIDTH SPACE"),
            ("\u{feff}CA", "it has U+FEFF ZERO WIDTH NO-BREAK SPACE"),
            ("Que\u{301}bec", "it has U+0301 COMBINING ACUTE ACCENT"),
            ("C\u{410}", "it has U+0410 CYRILLIC LETTER"),
            ("\u{ff23}\u{ff21}", "it has U+FF23 FULLWIDTH FORM"),
            ("a\u{3000}b", "it has U+3000 IDEOGRAPHIC SPACE"),
            ("a\u{e0041}", "it has U+E0041 TAG"),
        ] {
            let found = remarks(text);
            assert!(found.iter().any(|remark| remark.to_string().contains(expected)), "{text:?}: {found:?}");
        }
        for text in ["", "CA", "New York", "Québec", "Москва", "日本", "⚠️", "a=b;c"] {
            assert_eq!(remarks(text), [], "{text}");
        }
    }

    #[test]
    fn values_of_a_list_that_look_the_same_are_reported() {
        let like = |values: &[&str]| list_remarks(values.iter().copied(), 100).contains(&(1, Remark::LooksLike(0)));
        assert!(like(&["CA", "CA "]));
        assert!(like(&["C\u{200b}A", "CA"]));
        assert!(like(&["Québec", "Que\u{301}bec"]));
        assert!(like(&["CA", "\u{421}A"]));
        assert!(like(&["New York", "New\u{a0}York"]));
        assert!(!like(&["CA", "CA"]));
        assert!(!like(&["Québec", "Quebec"]));
        assert!(!like(&["CA ", "CA "]));
    }

    #[test]
    fn the_number_of_remarks_is_limited() {
        let values: Vec<String> = (0..1_000).map(|number| format!("{number} ")).collect();
        assert_eq!(list_remarks(values.iter().map(String::as_str), 20).len(), 20);
    }
}
