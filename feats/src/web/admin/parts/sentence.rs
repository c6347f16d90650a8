//! Sentences about states, marked up: every word looks like what it is.

use maud::{Markup, html};

use super::fill::swatch;
use crate::model::Declaration;
use crate::words::{Sentence, Word};

/// A sentence, in the middle of a line. An implementation stands behind its swatch.
pub(crate) fn say(declaration: &Declaration, sentence: &Sentence) -> Markup {
    html! {
        @for word in sentence.words() {
            @match word {
                Word::Text(text) => (text),
                Word::Segment(name) => b.seg { (name) },
                Word::Value(value) => span.val { (value) },
                Word::Choice(name) => (choice(declaration, name)),
            }
        }
    }
}

/// An implementation by its swatch and name. One that the feature does not have has no look of its own.
pub(crate) fn choice(declaration: &Declaration, name: &str) -> Markup {
    html! {
        b.choice { @if declaration.position(name).is_some() { (swatch(declaration, name)) } (name) }
    }
}
