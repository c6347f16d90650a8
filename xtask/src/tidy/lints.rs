//! The core keeps the lints that prevent panics.

use super::source::{Source, Token};
use super::{Problem, Tree};

const CORE: &str = "feats-core/src/";
const ROOT: &str = "feats-core/src/lib.rs";
const DENIED: &[&str] = &["unwrap_used", "expect_used", "indexing_slicing", "panic"];

/// Checks that the core denies the lints against panics, and that no file allows them. Tests may panic; see `clippy.toml`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let denied = tree.get(ROOT).map(|text| levels(&Source::read(text), &["deny", "forbid"])).unwrap_or_default();
    for lint in DENIED.iter().filter(|lint| !denied.iter().any(|token| token.text == **lint)) {
        problems.push(Problem::new(ROOT, 1, format!("deny `clippy::{lint}` for the whole crate")));
    }
    for (path, source) in tree.rust(CORE) {
        for lint in levels(&source, &["allow", "expect", "warn"]).iter().filter(|lint| DENIED.contains(&lint.text)) {
            problems.push(Problem::new(path, lint.line, format!("`clippy::{}` must stay denied here", lint.text)));
        }
    }
    problems
}

/// Returns the words within `level(…)` of a lint attribute.
fn levels<'a>(source: &Source<'a>, levels: &[&str]) -> Vec<Token<'a>> {
    let mut within = false;
    let mut words = Vec::new();
    for pair in source.tokens.windows(2) {
        let [token, next] = pair else { continue };
        match token.text {
            text if levels.contains(&text) && next.text == "(" => within = true,
            ")" => within = false,
            _ if within && token.is_word() => words.push(*token),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    const CRATE_ROOT: (&str, &str) = (
        "feats-core/src/lib.rs",
        "//! Doc.\n#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]\n",
    );

    #[test]
    fn missing_lints_are_found() {
        assert!(check_files(check, [CRATE_ROOT]).is_empty());
        assert_eq!(
            check_files(check, [("feats-core/src/lib.rs", "#![deny(clippy::unwrap_used, clippy::panic)]")]),
            [
                "feats-core/src/lib.rs:1: deny `clippy::expect_used` for the whole crate",
                "feats-core/src/lib.rs:1: deny `clippy::indexing_slicing` for the whole crate",
            ]
        );
    }

    #[test]
    fn an_allowed_lint_is_found() {
        let file = ("feats-core/src/compile/a.rs", "\n#[allow(clippy::unwrap_used)]\nfn f() { x.expect(\"panic\") }");
        assert_eq!(
            check_files(check, [CRATE_ROOT, file]),
            ["feats-core/src/compile/a.rs:2: `clippy::unwrap_used` must stay denied here"]
        );
    }
}
