//! Labels: bold text on the operators' pages of the book is a label of the console.

use super::fences::Fence;
use super::{Problem, Tree};

/// The pages, and the sources with the labels.
const PAGES: &str = "docs/operations/";
const CONSOLE: &str = "feats-console/src/";

/// Checks that every bold phrase on the operators' pages is the start of a text of the console. Numbers at its end, such as
/// those of versions, may differ.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let sources: Vec<&str> = tree.under(CONSOLE).map(|(_, text)| text).collect();
    let mut problems = Vec::new();
    for (path, text) in tree.of_kind("md").filter(|(path, _)| path.starts_with(PAGES)) {
        let (_, prose) = Fence::read(text);
        for (line, text) in prose {
            let labels = text.split("**").skip(1).step_by(2);
            let missing = labels.filter(|label| {
                let start = format!("\"{}", label.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '));
                !sources.iter().any(|source| source.contains(&start))
            });
            problems.extend(missing.map(|label| {
                Problem::new(path, line, format!("the console has no label `{label}`; bold is for its labels"))
            }));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn a_label_that_the_console_does_not_have_is_found() {
        let console =
            ("feats-console/src/pages/a.rs", "button { \"Publish version \" (next) }\nh2 { \"Kill switch\" }\n");
        let page =
            "Press **Publish version 2** under **Kill switch**.\nPress **Publish it**.\n```text\n**code**\n```\n";
        assert_eq!(
            check_files(check, [console, ("docs/operations/a.md", page), ("docs/a.md", "**anything**\n")]),
            ["docs/operations/a.md:2: the console has no label `Publish it`; bold is for its labels"]
        );
    }
}
