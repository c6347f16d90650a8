//! The repository contains no unfinished code.

use super::source::Source;
use super::{Problem, Tree};

const MACROS: &[&str] = &["todo", "unimplemented"];
const MARKERS: &[&str] = &["FIXME", "TODO", "XXX"];

/// Checks that there is no `todo!`, no ignored test, and no comment about work to do.
pub fn check(tree: &Tree) -> Vec<Problem> {
    tree.rust("").flat_map(|(path, source)| unfinished(path, &source)).collect()
}

fn unfinished(path: &str, source: &Source<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in MACROS {
        let lines = source.find(&[name, "!"]).into_iter();
        problems.extend(lines.map(|line| Problem::new(path, line, format!("implement this `{name}!`"))));
    }
    let ignored = source.find(&["#", "[", "ignore"]).into_iter();
    problems.extend(ignored.map(|line| Problem::new(path, line, "run this test, or remove it")));
    for comment in &source.comments {
        let words: Vec<_> = comment.text.split(|c: char| !c.is_alphanumeric()).collect();
        for marker in MARKERS.iter().filter(|marker| words.contains(marker)) {
            problems.push(Problem::new(path, comment.line, format!("resolve this {marker}, or remove it")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn unfinished_code_is_found() {
        let text = "fn f() { todo!() }\n#[ignore = \"slow\"]\nfn g() { unimplemented!() }\n// FIXME later\n";
        assert_eq!(
            check_files(check, [("a.rs", text)]),
            [
                "a.rs:1: implement this `todo!`",
                "a.rs:3: implement this `unimplemented!`",
                "a.rs:2: run this test, or remove it",
                "a.rs:4: resolve this FIXME, or remove it",
            ]
        );
    }

    #[test]
    fn text_is_not_unfinished_code() {
        assert!(
            check_files(check, [("a.rs", "let a = \"todo!() FIXME\"; // FIXMEs and todos\nlet todo = 1;")]).is_empty()
        );
    }
}
