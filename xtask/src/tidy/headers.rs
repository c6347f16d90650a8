//! Every file says first what it is.

use super::{Problem, Tree};

/// Every Rust file opens with a `//!` line.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let files = tree.of_kind("rs").filter(|(_, text)| !says_what_it_is(text));
    files.map(|(path, _)| Problem::new(path, 1, "open with a `//!` line that says what the file is")).collect()
}

fn says_what_it_is(text: &str) -> bool {
    text.lines().next().and_then(|line| line.strip_prefix("//!")).is_some_and(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn a_file_without_its_first_line_is_found() {
        assert!(said(check, [("a.rs", "//! What it is.\n")]).is_empty());
        assert_eq!(said(check, [("a.rs", "use std::fmt;\n"), ("b.rs", "//!\n"), ("c.rs", "")]).len(), 3);
    }
}
