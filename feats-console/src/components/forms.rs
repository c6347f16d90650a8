//! Pieces of forms: hidden fields, the button of a rollback, and the problems of what was sent.

use feats::Problem;
use maud::{Markup, html};

use super::text::excerpt;

/// How many problems are shown.
const MAX_PROBLEMS: usize = 100;
/// How much of a problem is shown.
const PROBLEM_CHARACTERS: usize = 600;

/// A field that is sent with a form, and not shown.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A button that previews a rollback. `newest` is the version that the user saw as the newest one.
pub(crate) fn rollback_button(feature: &str, newest: u64, version: u64) -> Markup {
    html! {
        form action="preview" method="post" {
            (hidden("name", feature))
            (hidden("base", &newest.to_string()))
            (hidden("what", "rollback"))
            (hidden("version", &version.to_string()))
            button.btn { "Roll back to this…" span.sr { " (version " (version) ")" } }
        }
    }
}

/// What is wrong with an input, as a list.
pub(crate) fn problems(problems: &[Problem]) -> Markup {
    let (shown, more) = problems.split_at(problems.len().min(MAX_PROBLEMS));
    html! {
        ul {
            @for problem in shown { li { (excerpt(&problem.to_string(), PROBLEM_CHARACTERS)) } }
            @if !more.is_empty() { li { "and " (more.len()) " more" } }
        }
    }
}
