//! Manifests agree with each other.

use crate::manifest::Manifest;

use super::{Problem, Tree};

/// The keys that every member takes from the workspace.
const INHERITED: &[(&str, &str)] = &[
    ("lints", "workspace"),
    ("package", "edition.workspace"),
    ("package", "license.workspace"),
    ("package", "rust-version.workspace"),
    ("package", "version.workspace"),
];

/// The one member with a `rust-version` of its own: its dependencies need a newer Rust than the other crates.
const NEWER_RUST: &str = "feats-cli/Cargo.toml";

/// The one member that may use `unsafe`, which the workspace forbids: a test can only fork with it.
const UNSAFE: &str = "tests/fork/Cargo.toml";

/// Our own crates, which are released together.
const SIBLINGS: &[&str] = &["feats", "feats-macros"];

/// Members inherit lints and the like; siblings are pinned to exactly the version of the workspace, in one place.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.of_kind("toml").filter(|(path, _)| path.ends_with("Cargo.toml")) {
        let manifest = Manifest::read(text);
        if path == "Cargo.toml" {
            pins(path, &manifest, &mut problems);
        } else if !manifest.has("workspace") {
            members(path, &manifest, &mut problems);
        }
    }
    problems
}

fn pins(path: &str, manifest: &Manifest, problems: &mut Vec<Problem>) {
    let version = manifest.get("workspace.package", "version").unwrap_or_default();
    for sibling in SIBLINGS {
        let entry = manifest.section("workspace.dependencies").find(|entry| entry.key == *sibling);
        let pin = format!("version = \"={version}\"");
        if !entry.is_some_and(|entry| entry.value.contains(&pin)) {
            let message = format!("pin {sibling} with `{pin}`: generated code fits one version of feats alone");
            problems.push(Problem::new(path, entry.map_or(1, |entry| entry.line), message));
        }
    }
}

fn members(path: &str, manifest: &Manifest, problems: &mut Vec<Problem>) {
    let exempt = |section, key| match path {
        UNSAFE => section == "lints",
        NEWER_RUST => key == "rust-version.workspace",
        _ => false,
    };
    for (section, key) in INHERITED.iter().filter(|(section, key)| !exempt(*section, *key)) {
        if manifest.get(section, key) != Some("true") {
            problems.push(Problem::new(path, 1, format!("[{section}] has to say `{key} = true`")));
        }
    }
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for entry in manifest.section(section) {
            let name = entry.key.trim_end_matches(".workspace");
            // In tests of a crate that the sibling depends on, a version would be a cycle that cannot be published.
            let cyclic =
                section == "dev-dependencies" && entry.value.contains("path = ") && !entry.value.contains("version =");
            let pinned = name != entry.key || entry.value.contains("workspace = true");
            if SIBLINGS.contains(&name) && !pinned && !cyclic {
                let message = format!("take {name} from the workspace, which pins it");
                problems.push(Problem::new(path, entry.line, message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    const MEMBER: &str = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n";

    #[test]
    fn a_member_that_inherits_nothing_is_found() {
        assert!(check_files(check, [("a/Cargo.toml", MEMBER)]).is_empty());
        let alone =
            MEMBER.replace("[lints]\nworkspace = true\n", "").replace("edition.workspace = true", "edition = \"2021\"");
        assert_eq!(
            check_files(check, [("a/Cargo.toml", &alone)]),
            [
                "a/Cargo.toml:1: [lints] has to say `workspace = true`",
                "a/Cargo.toml:1: [package] has to say `edition.workspace = true`"
            ]
        );
    }

    #[test]
    fn a_loose_pin_is_found() {
        let root = |pin: &str| {
            format!(
                "[workspace.package]\nversion = \"0.1.0\"\n[workspace.dependencies]\nfeats = {{ version = \"=0.1.0\" }}\n\
                 feats-macros = {{ version = \"{pin}\" }}\n"
            )
        };
        assert!(check_files(check, [("Cargo.toml", &root("=0.1.0"))]).is_empty());
        assert_eq!(check_files(check, [("Cargo.toml", &root("0.1.0"))]).len(), 1);
        assert_eq!(check_files(check, [("Cargo.toml", &root("=0.0.9"))]).len(), 1);
        let member = format!("{MEMBER}[dependencies]\nfeats-macros = {{ path = \"../feats-macros\" }}\n");
        assert_eq!(
            check_files(check, [("a/Cargo.toml", &member)]),
            ["a/Cargo.toml:10: take feats-macros from the workspace, which pins it"]
        );
    }
}
