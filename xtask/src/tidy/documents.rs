//! Documents are true: their Rust compiles, their links and paths lead somewhere.

use std::path::{Component, Path};

use super::fences::Fence;
use super::{Problem, Tree};

/// The file that includes documents as doctests.
const DOCTESTS: &str = "feats-console/src/documents.rs";

/// Every document that holds Rust is included in the doctests, no block of it is left out, and relative links and paths
/// such as `xtask/src/lib.rs` lead to files.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let included = included(tree.get(DOCTESTS).unwrap_or_default());
    let mut problems = Vec::new();
    for (path, text) in tree.of_kind("md") {
        let (fences, prose) = Fence::read(text);
        problems.extend(uncompiled(path, &fences, &included));
        for (line, text) in prose {
            let gone = paths(tree, text).filter(|target| !is_there(tree, target));
            let astray = links(text).filter(|target| !is_there(tree, &normal(path, target)));
            let messages = gone.map(|target| format!("there is no `{target}`"));
            let messages = messages.chain(astray.map(|target| format!("`{target}` leads nowhere")));
            problems.extend(messages.map(|message| Problem::new(path, line, message)));
        }
    }
    problems
}

fn uncompiled(path: &str, fences: &[Fence<'_>], included: &[String]) -> Vec<Problem> {
    let rust = fences.iter().find(|fence| fence.is_rust() && !included.iter().any(|name| name == path));
    let missing = rust.map(|fence| {
        let message = format!("nobody compiles this Rust; include the document in {DOCTESTS}, or name the language");
        Problem::new(path, fence.line, message)
    });
    let ignored = fences.iter().filter(|fence| fence.is_ignored());
    let message = "an example that is ignored is not known to be true";
    missing.into_iter().chain(ignored.map(|fence| Problem::new(path, fence.line, message))).collect()
}

/// The documents that a file includes, by their path from the root.
fn included(text: &str) -> Vec<String> {
    let paths = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    paths.map(|path| normal(DOCTESTS, path)).collect()
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
}

/// What is written as code and starts with a folder of the tree is a path.
fn paths<'a>(tree: &Tree, line: &'a str) -> impl Iterator<Item = &'a str> {
    let code = line.split('`').skip(1).step_by(2).filter(|code| !code.contains([' ', '<', '*', ':']));
    code.filter(|code| {
        code.split_once('/').is_some_and(|(folder, rest)| !rest.is_empty() && is_there(tree, &format!("{folder}/")))
    })
}

/// Whether there is such a file, or such a folder with files.
fn is_there(tree: &Tree, path: &str) -> bool {
    tree.get(path).is_some() || tree.under(&format!("{}/", path.trim_end_matches('/'))).next().is_some()
}

/// A path that is relative to a file, as a path from the root.
fn normal(file: &str, path: &str) -> String {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let mut parts = Vec::new();
    for component in folder.join(path).components() {
        match component {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    const RUST: &str = "# Guide\n\n```rust\nlet a = 1;\n```\n";

    #[test]
    fn rust_that_nobody_compiles_is_found() {
        let doctests = (DOCTESTS, "#[doc = include_str!(\"../../docs/guide.md\")]\nstruct Guide;");
        assert!(said(check, [doctests, ("docs/guide.md", RUST)]).is_empty());
        assert_eq!(said(check, [doctests, ("docs/other.md", RUST)]).len(), 1);
        assert_eq!(said(check, [doctests, ("docs/other.md", "```\nwhich language?\n```\n")]).len(), 1);
        assert!(said(check, [("README.md", "```console\n$ cargo run\n```\n")]).is_empty());
        assert_eq!(
            said(check, [doctests, ("docs/guide.md", "```rust,ignore\nlet a;\n```\n")]),
            ["docs/guide.md:1: an example that is ignored is not known to be true"]
        );
    }

    #[test]
    fn paths_that_are_not_there_are_found() {
        let text = "See `src/here.rs`, `src/` and `other/gone.rs`.\nA unit / a slot: `src/gone.rs`, `src/<name>.rs`.\n";
        assert_eq!(said(check, [("README.md", text), ("src/here.rs", "")]), ["README.md:2: there is no `src/gone.rs`"]);
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        let text = "[a](docs/guide.md#here) [b](https://example.com/x) [c](docs/)\n[e](docs/gone.md)\n";
        assert_eq!(
            said(check, [("README.md", text), ("docs/guide.md", "")]),
            ["README.md:2: `docs/gone.md` leads nowhere"]
        );
    }
}
