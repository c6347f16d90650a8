//! What people wrote, isolated from the text of the page and cut to the room that there is for it.

use std::borrow::Cow;

use maud::{Markup, html};

/// Text whose direction ends with it, whatever characters it has. ASCII has no direction to end, and stays as it is.
pub(crate) fn isolated(text: &str) -> Markup {
    html! {
        @if text.is_ascii() { (text) } @else { bdi { (text) } }
    }
}

/// A text, cut after so many characters.
pub(crate) fn excerpt(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default().trim_end())),
        None => Cow::Borrowed(text),
    }
}

/// The first sentence of a documentation, on one line.
pub(crate) fn first_sentence(doc: &str) -> String {
    let paragraph = doc.trim().lines().map(str::trim).take_while(|line| !line.is_empty());
    let paragraph = paragraph.collect::<Vec<_>>().join(" ");
    let ends = paragraph.match_indices(['.', '!', '?']).map(|(index, mark)| index + mark.len());
    let end = ends.into_iter().find(|end| paragraph.get(*end..).is_some_and(|rest| rest.starts_with(' ')));
    match end {
        Some(end) => paragraph.get(..end).unwrap_or_default().to_owned(),
        None => paragraph,
    }
}

/// The first items whose markup has room in a number of bytes, at least one. The others are not made.
pub(crate) fn within_budget(items: impl Iterator<Item = Markup>, max_bytes: usize) -> Vec<Markup> {
    let mut bytes = 0;
    let kept = items.take_while(|item| {
        let fits = bytes <= max_bytes;
        bytes += item.0.len();
        fits
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_that_may_have_a_direction_is_isolated() {
        assert_eq!(isolated("<b>acme").into_string(), "&lt;b&gt;acme");
        assert_eq!(isolated("\u{202e}<b>").into_string(), "<bdi>\u{202e}&lt;b&gt;</bdi>");
        assert_eq!(isolated("שלום").into_string(), "<bdi>שלום</bdi>");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(excerpt("größer", 6), "größer");
        assert_eq!(excerpt("größer", 4), "größ…");
        assert_eq!(excerpt("a b", 2), "a…");
    }

    #[test]
    fn the_first_sentence_ends_at_its_mark_or_with_its_paragraph() {
        assert_eq!(first_sentence(" Who charges\n the card. Ask Ada.\n\nMore."), "Who charges the card.");
        assert_eq!(first_sentence("As in ISO 3166.1 codes\n\nMore."), "As in ISO 3166.1 codes");
        assert_eq!(first_sentence(""), "");
    }
}
