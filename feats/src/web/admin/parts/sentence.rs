//! Sentences as markup: every word looks like what it is.

use maud::{Markup, html};

use super::fill::swatch;
use super::isolated::isolated;
use crate::model::Declaration;
use crate::words::{Sentence, Word};

/// A sentence about a feature. An implementation that the feature has stands with its look before it, so that it is found
/// again in bars.
pub(crate) fn say(declaration: &Declaration, sentence: &Sentence) -> Markup {
    html! {
        @for word in sentence.words() {
            @match word {
                Word::Text(text) => (isolated(text)),
                Word::Segment(name) => b.seg { (isolated(name)) },
                Word::Value(value) => span.val { (isolated(value)) },
                Word::Choice(name) => b.choice {
                    @if declaration.position(name).is_some() { (swatch(declaration, name)) }
                    (isolated(name))
                },
            }
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
        let sentence = Sentence::from("<i> if ").segment("Country").text(" is ").value("<b>").text(", ").choice("gone");
        let told = "&lt;i&gt; if <b class=\"seg\">Country</b> is <span class=\"val\">&lt;b&gt;</span>, \
            <b class=\"choice\">gone</b>";
        assert_eq!(say(&feature, &sentence).into_string(), told);
    }

    #[test]
    fn an_implementation_stands_with_its_look() {
        let feature = Declaration::new("Fee", ["acme", "premium"]);
        let told = say(&feature, &Sentence::new().choice("premium")).into_string();
        assert!(told.starts_with("<b class=\"choice\"><svg"), "{told}");
        assert!(told.contains("c1"), "{told}");
    }
}
