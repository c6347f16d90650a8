//! Sentences with their names and values marked up.

use maud::{Markup, html};

use crate::words::{Sentence, Word};

/// A sentence: segments, values and implementations look like what they are.
pub(crate) fn say(sentence: &Sentence) -> Markup {
    html! {
        @for word in sentence.words() {
            @match word {
                Word::Text(text) => { (text) }
                Word::Segment(name) => b.seg { (name) },
                Word::Value(value) => span.val { (value) },
                Word::Choice(name) => b.choice { (name) },
            }
        }
    }
}
