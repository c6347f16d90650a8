//! What is published carries its licences and says what it is.

use crate::manifest::Manifest;

use super::{Problem, Tree};

/// The texts of both licences, as every package has to carry them.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Every crate that is not `publish = false` has both licences beside its manifest, and a README there or where the manifest
/// says. Cargo packages what is in the crate's folder alone, and follows links.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.of_kind("toml").filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        let manifest = Manifest::read(text);
        if !manifest.has("package") || manifest.get("package", "publish") == Some("false") {
            continue;
        }
        let folder = path.trim_end_matches("Cargo.toml");
        for licence in LICENCES {
            if tree.get(&format!("{folder}{licence}")).is_none() {
                let message = format!("its package has no {licence}: `ln -s ../{licence} {folder}{licence}`");
                problems.push(Problem::new(path, 1, message));
            }
        }
        if manifest.get("package", "readme").is_none() && tree.get(&format!("{folder}README.md")).is_none() {
            problems.push(Problem::new(path, 1, "its package has no README.md: write one, or `readme = \"..\"`"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    const COMPLETE: [(&str, &str); 4] = [
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/LICENSE-APACHE", ""),
        ("a/LICENSE-MIT", ""),
        ("a/README.md", ""),
    ];

    #[test]
    fn a_package_without_licences_or_readme_is_found() {
        assert!(said(check, COMPLETE).is_empty());
        assert_eq!(
            said(check, [("a/Cargo.toml", "[package]\nname = \"a\"\n")]),
            [
                "a/Cargo.toml:1: its package has no LICENSE-APACHE: `ln -s ../LICENSE-APACHE a/LICENSE-APACHE`",
                "a/Cargo.toml:1: its package has no LICENSE-MIT: `ln -s ../LICENSE-MIT a/LICENSE-MIT`",
                "a/Cargo.toml:1: its package has no README.md: write one, or `readme = \"..\"`",
            ]
        );
    }

    #[test]
    fn what_is_not_published_needs_neither() {
        assert!(said(check, [("a/Cargo.toml", "[package]\nname = \"a\"\npublish = false\n")]).is_empty());
        assert!(said(check, [("Cargo.toml", "[workspace]\n")]).is_empty());
    }
}
