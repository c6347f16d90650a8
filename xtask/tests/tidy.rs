//! The rules of the repository, applied to all files. Each rule's own tests, in `src/tidy`, show that it can fail.

use std::env;
use std::process::Command;

use xtask::root;
use xtask::tidy::{
    Problem, Tree, absent, changelog, cycles, documents, generated, headers, labels, leanness, length, lints,
    manifests, packages, retries, unfinished, words,
};

#[test]
fn restricted_names_are_not_used() {
    apply(absent::check);
}

#[test]
fn files_depend_on_each_other_in_one_direction() {
    apply(cycles::check);
}

#[test]
fn modules_depend_on_each_other_in_one_direction() {
    apply(cycles::check_modules);
}

#[test]
fn generated_code_goes_through_private() {
    apply(generated::check);
}

#[test]
fn every_file_starts_with_a_description() {
    apply(headers::check);
}

#[test]
fn files_are_short() {
    apply(length::check);
}

#[test]
fn steps_of_publishing_are_short() {
    apply(length::check_steps);
}

#[test]
fn all_retries_use_the_same_back_off() {
    apply(retries::check);
}

#[test]
fn nothing_is_unfinished() {
    apply(unfinished::check);
}

#[test]
fn the_core_cannot_panic() {
    apply(lints::check);
}

#[test]
fn manifests_agree() {
    apply(manifests::check);
}

#[test]
fn packages_are_complete() {
    apply(packages::check);
}

#[test]
fn cargo_packages_the_licences_and_a_readme() {
    for package in ["feats", "feats-cli", "feats-console", "feats-core", "feats-macros"] {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut list = Command::new(cargo);
        list.args(["package", "--list", "--allow-dirty", "--offline", "--package", package]).current_dir(root());
        let output = list.output().expect("cargo runs");
        let files = String::from_utf8_lossy(&output.stdout);
        let missing =
            ["LICENSE-APACHE", "LICENSE-MIT", "README.md"].map(|file| (file, files.lines().any(|it| it == file)));
        assert_eq!(missing.map(|(_, found)| found), [true; 3], "{package}: {missing:?}");
    }
}

#[test]
fn the_changelog_has_the_required_form() {
    apply(changelog::check);
}

#[test]
fn documents_are_correct() {
    apply(documents::check);
}

#[test]
fn labels_in_the_book_are_those_of_the_console() {
    apply(labels::check);
}

#[test]
fn feats_is_lean_without_cargo_features() {
    assert_eq!(leanness::heavy(&dependencies("feats")), [] as [&str; 0]);
}

#[test]
fn the_core_depends_on_little() {
    assert_eq!(leanness::foreign_to_the_core(&dependencies("feats-core")), [] as [&str; 0]);
}

/// Returns the dependencies of a package without its cargo features, one per line, starting with the name.
fn dependencies(package: &str) -> String {
    let mut tree = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    tree.args(["tree", "--locked", "--package", package, "--no-default-features", "--edges", "normal"]);
    let output = tree.args(["--prefix", "none", "--format", "{p}"]).current_dir(root()).output().unwrap();
    let listing = String::from_utf8(output.stdout).unwrap();
    assert!(listing.starts_with(&format!("{package} v")), "{}", String::from_utf8_lossy(&output.stderr));
    listing
}

fn apply(rule: fn(&Tree) -> Vec<Problem>) {
    let problems = rule(&Tree::read(root()).unwrap());
    let lines: String = problems.iter().map(|problem| format!("\n  {problem}")).collect();
    assert!(problems.is_empty(), "{} problems:{lines}", problems.len());
}

#[test]
fn old_words_are_gone() {
    apply(words::check);
}
