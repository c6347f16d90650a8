//! Sentences as markup: every word looks like what it is.

use feats::describe::{RichText, Span};
use feats::model::Declaration;
use maud::{Markup, PreEscaped, html};

use super::text::excerpt;
use super::text::isolated;
use super::variant_style::swatch;

/// The most bytes of markup of a sentence; a rule can name hundreds of values.
const MAX_BYTES: usize = 8 << 10;
/// How much of a name or value is shown: a value can be a whole document.
const WORD_CHARACTERS: usize = 400;
/// How much of the text between them is shown: it can name all rules.
const TEXT_CHARACTERS: usize = 2_000;

/// A sentence about a feature. An implementation that the feature has stands with its look before it, so that it is found
/// again in bars. A very long one is cut.
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

/// What an implementation of a boolean gives, where its name does not say so: `: on` for the default.
pub(crate) fn value_of(declaration: &Declaration, implementation: &str) -> Markup {
    let value = declaration.default_value().filter(|_| implementation == declaration.default_implementation());
    html! { @if let Some(value) = value { ": " (value) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_looks_like_what_it_is_and_is_escaped() {
        let feature = Declaration::new("Fee", ["acme"]);
        let sentence = RichText::from("<i> if ").segment("Country").text(" is ").value("<b>").text(", ").choice("gone");
        let actual = "&lt;i&gt; if <b class=\"seg\">Country</b> is <span class=\"val\">&lt;b&gt;</span>, \
            <b class=\"choice\">gone</b>";
        assert_eq!(rich_text(&feature, &sentence).into_string(), actual);
    }

    #[test]
    fn an_implementation_stands_with_its_look() {
        let feature = Declaration::new("Fee", ["acme", "premium"]);
        let actual = rich_text(&feature, &RichText::new().choice("premium")).into_string();
        assert!(actual.starts_with("<b class=\"choice\"><svg"), "{actual}");
        assert!(actual.contains("c1"), "{actual}");
    }
}
