//! What differs between two states, as lines that were and lines that are.

use maud::{Markup, html};

use super::sentence::say;
use crate::model::Declaration;
use crate::words::{Difference, Sentence};

/// So many differences are shown at once; the others unfold.
const SHOWN: usize = 12;

/// All differences; nothing if there are none.
pub(crate) fn differences(declaration: &Declaration, differences: &[Difference]) -> Markup {
    let (shown, folded) = differences.split_at(differences.len().min(SHOWN));
    html! {
        @if !shown.is_empty() { (list(declaration, shown)) }
        @if !folded.is_empty() {
            details { summary { "and " (folded.len()) " more" } (list(declaration, folded)) }
        }
    }
}

fn list(declaration: &Declaration, differences: &[Difference]) -> Markup {
    html! {
        ul.diff {
            @for difference in differences {
                @match difference {
                    Difference::Removed { before } => (was(declaration, &before.sentence)),
                    Difference::Added { after } => (is(declaration, &after.sentence)),
                    Difference::Changed { before, after } if before.sentence == after.sentence => li {
                        "~ " (after.part) ": reads the same, but other units belong to it"
                    },
                    Difference::Changed { before, after } => {
                        (was(declaration, &before.sentence))
                        (is(declaration, &after.sentence))
                    }
                    Difference::Reordered { before, after } => {
                        (was(declaration, &order(before)))
                        (is(declaration, &order(after)))
                    }
                }
            }
        }
    }
}

fn was(declaration: &Declaration, sentence: &Sentence) -> Markup {
    html! { li.del { span aria-hidden="true" { "− " } span.sr { "was: " } (say(declaration, sentence)) } }
}

fn is(declaration: &Declaration, sentence: &Sentence) -> Markup {
    html! { li.add { span aria-hidden="true" { "+ " } span.sr { "is: " } (say(declaration, sentence)) } }
}

fn order(names: &[String]) -> Sentence {
    Sentence::from(format!("Order: {}", names.join(", ")))
}
