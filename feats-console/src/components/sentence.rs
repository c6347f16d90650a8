//! Rich text as markup, with a style for each kind of span.

use feats::describe::{RichText, Span};
use feats::model::Declaration;
use maud::{Markup, PreEscaped, html};

use super::text::excerpt;
use super::text::isolated;
use super::variant_style::swatch;

/// The markup budget of a sentence in bytes; a rule can name hundreds of values.
const MAX_BYTES: usize = 8 << 10;
/// The most characters of a name or value that are shown; a value can be a whole document.
const WORD_CHARACTERS: usize = 400;
/// The most characters of plain text that are shown; it can name all rules.
const TEXT_CHARACTERS: usize = 2_000;

/// Renders a sentence about a feature. Declared implementations have the swatch that they have in bars. A very long sentence
/// is cut.
pub(crate) fn rich_text(declaration: &Declaration, sentence: &RichText) -> Markup {
    let mut html = String::new();
    for word in sentence.spans() {
        if html.len() > MAX_BYTES {
            html.push_str(" …");
            break;
        }
        html.push_str(&self::word(declaration, word).0);
    }
    PreEscaped(html)
}

fn word(declaration: &Declaration, word: &Span) -> Markup {
    let characters = if let Span::Text(_) = word { TEXT_CHARACTERS } else { WORD_CHARACTERS };
    let text = excerpt(word.as_str(), characters);
    html! {
        @match word {
            Span::Text(_) => (isolated(&text)),
            Span::Segment(_) => b.seg { (isolated(&text)) },
            Span::Value(_) => span.val { (isolated(&text)) },
            Span::Choice(name) => b.choice {
                @if declaration.position(name).is_some() { (swatch(declaration, name)) }
                (isolated(&text))
            },
        }
    }
}

/// Renders the value of a boolean's default implementation, whose name does not show it, such as `: on`.
pub(crate) fn value_of(declaration: &Declaration, implementation: &str) -> Markup {
    let value = declaration.default_value().filter(|_| implementation == declaration.default_implementation());
    html! { @if let Some(value) = value { ": " (value) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_has_its_style_and_is_escaped() {
        let feature = Declaration::new("Fee", ["acme"]);
        let sentence = RichText::from("<i> if ").segment("Country").text(" is ").value("<b>").text(", ").choice("gone");
        let actual = "&lt;i&gt; if <b class=\"seg\">Country</b> is <span class=\"val\">&lt;b&gt;</span>, \
            <b class=\"choice\">gone</b>";
        assert_eq!(rich_text(&feature, &sentence).into_string(), actual);
    }

    #[test]
    fn an_implementation_has_its_swatch() {
        let feature = Declaration::new("Fee", ["acme", "premium"]);
        let actual = rich_text(&feature, &RichText::new().choice("premium")).into_string();
        assert!(actual.starts_with("<b class=\"choice\"><svg"), "{actual}");
        assert!(actual.contains("c1"), "{actual}");
    }
}
