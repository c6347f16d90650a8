//! Nothing unfinished is checked in.

use super::source::Source;
use super::{Problem, Tree};

const MACROS: &[&str] = &["todo", "unimplemented"];
const MARKERS: &[&str] = &["FIXME", "TODO", "XXX"];

/// No `todo!`, no ignored test, no comment that promises work.
pub fn check(tree: &Tree) -> Vec<Problem> {
    tree.rust("").flat_map(|(path, source)| unfinished(path, &source)).collect()
}

fn unfinished(path: &str, source: &Source<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in MACROS {
        let lines = source.find(&[name, "!"]).into_iter();
        problems.extend(lines.map(|line| Problem::new(path, line, format!("finish what `{name}!` stands for"))));
    }
    let ignored = source.find(&["#", "[", "ignore"]).into_iter();
    problems.extend(ignored.map(|line| Problem::new(path, line, "a test runs, or it is not there")));
    for comment in &source.comments {
        let words: Vec<_> = comment.text.split(|c: char| !c.is_alphanumeric()).collect();
        for marker in MARKERS.iter().filter(|marker| words.contains(marker)) {
            problems.push(Problem::new(path, comment.line, format!("do what the {marker} says, or drop it")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn promises_are_found() {
        let text = "fn f() { todo!() }\n#[ignore = \"slow\"]\nfn g() { unimplemented!() }\n// FIXME later\n";
        assert_eq!(
            said(check, [("a.rs", text)]),
            [
                "a.rs:1: finish what `todo!` stands for",
                "a.rs:3: finish what `unimplemented!` stands for",
                "a.rs:2: a test runs, or it is not there",
                "a.rs:4: do what the FIXME says, or drop it",
            ]
        );
    }

    #[test]
    fn words_in_text_promise_nothing() {
        assert!(said(check, [("a.rs", "let a = \"todo!() FIXME\"; // FIXMEs and todos\nlet todo = 1;")]).is_empty());
    }
}
