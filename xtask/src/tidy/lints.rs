//! The lints that keep panics out of the model and the engine stay in force there.

use super::source::{Source, Token};
use super::{Problem, Tree};

const PLACES: &[&str] = &["feats/src/model/", "feats/src/engine/"];
const DENIED: &[&str] = &["unwrap_used", "expect_used", "indexing_slicing", "panic"];

/// `model` and `engine` deny every way to panic, and none of their files lifts that. Tests may panic: `clippy.toml`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for place in PLACES.iter().filter(|place| tree.under(place).next().is_some()) {
        let door = format!("{place}mod.rs");
        let denied = tree.get(&door).map(|text| levels(&Source::read(text), &["deny", "forbid"])).unwrap_or_default();
        for lint in DENIED.iter().filter(|lint| !denied.iter().any(|token| token.text == **lint)) {
            problems.push(Problem::new(&door, 1, format!("deny `clippy::{lint}` for the whole room")));
        }
        for (path, source) in tree.rust(place) {
            for lint in levels(&source, &["allow", "expect", "warn"]).iter().filter(|lint| DENIED.contains(&lint.text))
            {
                problems.push(Problem::new(path, lint.line, format!("`clippy::{}` stays denied here", lint.text)));
            }
        }
    }
    problems
}

/// The words within `level(…)` of a lint attribute.
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
    use crate::tidy::said;

    const DOOR: (&str, &str) = (
        "feats/src/engine/mod.rs",
        "//! Doc.\n#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]\n",
    );

    #[test]
    fn a_room_without_its_lints_is_found() {
        assert!(said(check, [DOOR]).is_empty());
        assert_eq!(
            said(check, [("feats/src/model/mod.rs", "#![deny(clippy::unwrap_used, clippy::panic)]")]),
            [
                "feats/src/model/mod.rs:1: deny `clippy::expect_used` for the whole room",
                "feats/src/model/mod.rs:1: deny `clippy::indexing_slicing` for the whole room",
            ]
        );
    }

    #[test]
    fn lifting_a_lint_is_found() {
        let file = ("feats/src/engine/a.rs", "\n#[allow(clippy::unwrap_used)]\nfn f() { x.expect(\"panic\") }");
        assert_eq!(said(check, [DOOR, file]), ["feats/src/engine/a.rs:2: `clippy::unwrap_used` stays denied here"]);
    }
}
