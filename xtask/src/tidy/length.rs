//! Files are short enough to be read at once, and so are the steps of publishing.

use super::source::Token;
use super::{Problem, Tree};

const MOST: usize = 400;

/// The start of a first line that gives the reason for a longer file.
const REASON: &str = "//! Long: because ";

/// No file has more than 400 lines of code, which are those that are neither blank nor comment, without a reason.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("") {
        let has_reason = source.comments.first().is_some_and(|line| line.line == 1 && line.text.starts_with(REASON));
        if source.lines_of_code > MOST && !has_reason {
            let message = format!("{} lines of code: split it, or open with `{REASON}..`", source.lines_of_code);
            problems.push(Problem::new(path, 1, message));
        }
    }
    problems
}

/// Where each function is one step of a pipeline.
const STEPS: &str = "feats/src/app/publish/";

const MAX_LINES_OF_STEP: usize = 60;

/// No step of publishing has more than 60 lines, from `fn` to its last brace.
pub fn check_steps(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust(STEPS) {
        for (start, end) in functions(&source.tokens) {
            let lines = end + 1 - start;
            if lines > MAX_LINES_OF_STEP {
                let message = format!("a function of {lines} lines: a step has at most {MAX_LINES_OF_STEP}; split it");
                problems.push(Problem::new(path, start, message));
            }
        }
    }
    problems
}

/// The first and the last line of each function with a body.
fn functions(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let starts = tokens.iter().enumerate().filter(|(_, token)| token.text == "fn");
    starts.filter_map(|(at, start)| Some((start.line, last_line(tokens.get(at..)?)?))).collect()
}

/// The line of the brace that closes the first body; `None` for a type or a declaration without one.
fn last_line(tokens: &[Token<'_>]) -> Option<usize> {
    let mut depth = 0_usize;
    for token in tokens {
        match token.text {
            ";" if depth == 0 => return None,
            "{" => depth += 1,
            "}" if depth == 1 => return Some(token.line),
            "}" => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn a_long_file_needs_a_reason() {
        let long = "fn f() {}\n".repeat(MOST + 1);
        assert_eq!(
            said(check, [("a.rs", &format!("//! A table.\n{long}"))]),
            ["a.rs:1: 401 lines of code: split it, or open with `//! Long: because ..`"]
        );
        assert!(said(check, [("a.rs", &format!("//! Long: because it is one table.\n{long}"))]).is_empty());
        assert!(said(check, [("a.rs", &"fn f() {}\n// why\n\n".repeat(MOST))]).is_empty());
    }
    #[test]
    fn a_long_step_of_publishing_is_found() {
        let long = format!("//! A step.\nfn short() {{}}\nfn long() {{{}}}\n", "{ f(); }\n".repeat(MAX_LINES_OF_STEP));
        let path = "feats/src/app/publish/step.rs";
        assert_eq!(
            said(check_steps, [(path, &*long)]),
            ["feats/src/app/publish/step.rs:3: a function of 61 lines: a step has at most 60; split it"]
        );
        assert!(said(check_steps, [("feats/src/app/other.rs", &*long)]).is_empty());
    }
}
