//! Files are short enough to be read at once, and so are the steps of publishing.

use super::source::Token;
use super::{Problem, Tree};

const MAX_LINES_OF_FILE: usize = 400;

/// The start of a first line with the reason for a longer file.
const REASON: &str = "//! Long: because ";

/// Checks that no file has more than 400 lines of code without a reason. Blank lines and comments do not count.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("") {
        let has_reason = source.comments.first().is_some_and(|line| line.line == 1 && line.text.starts_with(REASON));
        if source.lines_of_code > MAX_LINES_OF_FILE && !has_reason {
            let message =
                format!("{} lines of code: split the file, or start it with `{REASON}..`", source.lines_of_code);
            problems.push(Problem::new(path, 1, message));
        }
    }
    problems
}

/// The folder in which each function is a step of a pipeline.
const STEPS: &str = "feats/src/app/publish/";

const MAX_LINES_OF_STEP: usize = 60;

/// Checks that no step of publishing has more than 60 lines, from `fn` to its last brace.
pub fn check_steps(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust(STEPS) {
        for (start, end) in functions(&source.tokens) {
            let lines = end + 1 - start;
            if lines > MAX_LINES_OF_STEP {
                let message =
                    format!("a function of {lines} lines, but a step has at most {MAX_LINES_OF_STEP}: split it");
                problems.push(Problem::new(path, start, message));
            }
        }
    }
    problems
}

/// Returns the first and the last line of each function with a body.
fn functions(tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let starts = tokens.iter().enumerate().filter(|(_, token)| token.text == "fn");
    starts.filter_map(|(at, start)| Some((start.line, last_line(tokens.get(at..)?)?))).collect()
}

/// Returns the line of the brace that closes the first body; `None` for a type or a declaration without a body.
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
    use crate::tidy::check_files;

    #[test]
    fn a_long_file_needs_a_reason() {
        let long = "fn f() {}\n".repeat(MAX_LINES_OF_FILE + 1);
        assert_eq!(
            check_files(check, [("a.rs", &format!("//! A table.\n{long}"))]),
            ["a.rs:1: 401 lines of code: split the file, or start it with `//! Long: because ..`"]
        );
        assert!(check_files(check, [("a.rs", &format!("//! Long: because it is one table.\n{long}"))]).is_empty());
        assert!(check_files(check, [("a.rs", &"fn f() {}\n// why\n\n".repeat(MAX_LINES_OF_FILE))]).is_empty());
    }
    #[test]
    fn a_long_step_of_publishing_is_found() {
        let long = format!("//! A step.\nfn short() {{}}\nfn long() {{{}}}\n", "{ f(); }\n".repeat(MAX_LINES_OF_STEP));
        let path = "feats/src/app/publish/step.rs";
        assert_eq!(
            check_files(check_steps, [(path, &*long)]),
            ["feats/src/app/publish/step.rs:3: a function of 61 lines, but a step has at most 60: split it"]
        );
        assert!(check_files(check_steps, [("feats/src/app/other.rs", &*long)]).is_empty());
    }
}
