//! Form elements: hidden fields, the rollback button, and the list of problems.

use feats::Problem;
use maud::{Markup, html};

use super::text::excerpt;

/// The most problems that are shown.
const MAX_PROBLEMS: usize = 100;
/// The most characters of a problem that are shown.
const PROBLEM_CHARACTERS: usize = 600;

/// Renders a hidden field.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// Renders a button that previews a rollback. `newest` is the newest version that the user has seen.
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

/// Renders the problems of an input as a list.
pub(crate) fn problems(problems: &[Problem]) -> Markup {
    let (shown, more) = problems.split_at(problems.len().min(MAX_PROBLEMS));
    html! {
        ul {
            @for problem in shown { li { (excerpt(&problem.to_string(), PROBLEM_CHARACTERS)) } }
            @if !more.is_empty() { li { "and " (more.len()) " more" } }
        }
    }
}
