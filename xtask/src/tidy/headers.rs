//! Every file starts with a description.

use super::{Problem, Tree};

/// Checks that every Rust file starts with a `//!` line.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let files = tree.of_kind("rs").filter(|(_, text)| !has_description(text));
    files.map(|(path, _)| Problem::new(path, 1, "start with a `//!` line that describes the file")).collect()
}

fn has_description(text: &str) -> bool {
    text.lines().next().and_then(|line| line.strip_prefix("//!")).is_some_and(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn a_file_without_its_first_line_is_found() {
        assert!(check_files(check, [("a.rs", "//! What it is.\n")]).is_empty());
        assert_eq!(check_files(check, [("a.rs", "use std::fmt;\n"), ("b.rs", "//!\n"), ("c.rs", "")]).len(), 3);
    }
}
