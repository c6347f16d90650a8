//! Files are short enough to be read at once.

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
}
