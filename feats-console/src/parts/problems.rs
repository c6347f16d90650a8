//! What is wrong with an input, as a list.

use feats::Problem;
use maud::{Markup, html};

use super::excerpt::excerpt;

/// How many problems are shown.
const MAX_PROBLEMS: usize = 100;
/// How much of one is shown.
const PROBLEM_CHARACTERS: usize = 600;

pub(crate) fn problems(problems: &[Problem]) -> Markup {
    let (shown, more) = problems.split_at(problems.len().min(MAX_PROBLEMS));
    html! {
        ul {
            @for problem in shown { li { (excerpt(&problem.to_string(), PROBLEM_CHARACTERS)) } }
            @if !more.is_empty() { li { "and " (more.len()) " more" } }
        }
    }
}
