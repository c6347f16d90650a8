//! Published packages contain licenses and a README.

use crate::manifest::Manifest;

use super::{Problem, Tree};

/// The license files of every package.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Checks that every published crate has both licenses next to its manifest, and a README there or at the path in the manifest.
/// Cargo packages only files in the folder of the crate, and follows links.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.of_kind("toml").filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        let manifest = Manifest::read(text);
        if !manifest.has("package") || manifest.get("package", "publish") == Some("false") {
            continue;
        }
        let folder = path.trim_end_matches("Cargo.toml");
        for license in LICENSES {
            if tree.get(&format!("{folder}{license}")).is_none() {
                let message = format!("the package has no {license}: run `ln -s ../{license} {folder}{license}`");
                problems.push(Problem::new(path, 1, message));
            }
        }
        if manifest.get("package", "readme").is_none() && tree.get(&format!("{folder}README.md")).is_none() {
            problems.push(Problem::new(path, 1, "the package has no README.md: add one, or set `readme`"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    const COMPLETE: [(&str, &str); 4] = [
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/LICENSE-APACHE", ""),
        ("a/LICENSE-MIT", ""),
        ("a/README.md", ""),
    ];

    #[test]
    fn a_package_without_licences_or_readme_is_found() {
        assert!(check_files(check, COMPLETE).is_empty());
        assert_eq!(
            check_files(check, [("a/Cargo.toml", "[package]\nname = \"a\"\n")]),
            [
                "a/Cargo.toml:1: the package has no LICENSE-APACHE: run `ln -s ../LICENSE-APACHE a/LICENSE-APACHE`",
                "a/Cargo.toml:1: the package has no LICENSE-MIT: run `ln -s ../LICENSE-MIT a/LICENSE-MIT`",
                "a/Cargo.toml:1: the package has no README.md: add one, or set `readme`",
            ]
        );
    }

    #[test]
    fn unpublished_packages_need_neither() {
        assert!(check_files(check, [("a/Cargo.toml", "[package]\nname = \"a\"\npublish = false\n")]).is_empty());
        assert!(check_files(check, [("Cargo.toml", "[workspace]\n")]).is_empty());
    }
}
