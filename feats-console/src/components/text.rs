//! User-written text: isolated from the direction of the page and cut to a length.

use std::borrow::Cow;

use feats::model::ValueKind;
use maud::{Markup, html};

/// Isolates the writing direction of a text from the page. ASCII text needs no isolation.
pub(crate) fn isolated(text: &str) -> Markup {
    html! {
        @if text.is_ascii() { (text) } @else { bdi { (text) } }
    }
}

/// Returns the label of a type of values.
pub(crate) fn kind_label(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text => "text",
        ValueKind::Integer => "integer",
        ValueKind::Float => "number",
        ValueKind::Bool => "yes/no",
    }
}

/// Cuts a text after a number of characters.
pub(crate) fn excerpt(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default().trim_end())),
        None => Cow::Borrowed(text),
    }
}

/// Returns the first sentence of a doc comment, on one line.
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

/// Renders items until their markup exceeds `max_bytes`, but at least one. The remaining items are not rendered.
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
    fn only_text_beyond_ascii_is_isolated() {
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
