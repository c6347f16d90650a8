//! Programs beside the library use only what every program may use.

use super::{Problem, Tree};

const PROGRAMS: &[&str] = &["feats-cli/", "examples/"];

/// The command line and the examples never name hidden modules.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in PROGRAMS.iter().flat_map(|place| tree.rust(place)) {
        let lines = source.find(&["__private"]).into_iter();
        problems.extend(lines.map(|line| Problem::new(path, line, "use the public API of feats alone")));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn hidden_names_are_found() {
        assert!(said(check, [("feats-cli/src/pin.rs", "use feats::App;")]).is_empty());
        assert_eq!(
            said(check, [("feats-cli/src/pin.rs", "use feats::{App,\n__private::Slot};")]),
            ["feats-cli/src/pin.rs:2: use the public API of feats alone"]
        );
    }
}
