//! What differs between two states, as a list of what goes and what comes.

use maud::{Markup, html};

use super::sentence::say;
use crate::words::Difference;

pub(crate) fn difference(differences: &[Difference]) -> Markup {
    html! {
        ul.diff {
            @for difference in differences {
                @match difference {
                    Difference::Removed { before } => (line("del", "−", "Before", &html! { (say(&before.sentence)) })),
                    Difference::Added { after } => (line("add", "+", "After", &html! { (say(&after.sentence)) })),
                    Difference::Changed { before, after } if before.sentence == after.sentence => {
                        li { "~ " (after.part) ": who owns which slots changes" }
                    }
                    Difference::Changed { before, after } => {
                        (line("del", "−", "Before", &html! { (say(&before.sentence)) }))
                        (line("add", "+", "After", &html! { (say(&after.sentence)) }))
                    }
                    Difference::Reordered { before, after } => {
                        (line("del", "−", "Before", &html! { "Order: " (before.join(", ")) }))
                        (line("add", "+", "After", &html! { "Order: " (after.join(", ")) }))
                    }
                }
            }
        }
    }
}

fn line(class: &str, sign: &str, spoken: &str, content: &Markup) -> Markup {
    html! { li class=(class) { span aria-hidden="true" { (sign) " " } span.sr { (spoken) ": " } (content) } }
}
