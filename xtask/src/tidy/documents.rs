//! Documents are correct: their Rust compiles, their links and paths exist, and the book lists all its pages.

use std::path::{Component, Path};

use super::fences::Fence;
use super::links::{Link, anchors, links};
use super::{Problem, Tree};

/// The file that includes documents as doctests.
const DOCTESTS: &str = "feats-console/src/documents.rs";

/// The folder of the book, and the file that lists its pages.
const BOOK: &str = "docs/";
const SUMMARY: &str = "docs/SUMMARY.md";

/// Checks all Markdown: every document with Rust is included in the doctests, as is every page of the book, and no block of it
/// is ignored; relative links, their anchors, and paths such as `xtask/src/lib.rs` exist; external links are `https`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let included = included(tree.get(DOCTESTS).unwrap_or_default());
    let mut problems = unlisted(tree, &included);
    for (path, text) in tree.of_kind("md") {
        let (fences, prose) = Fence::read(text);
        problems.extend(uncompiled(path, &fences, &included));
        for (line, text) in prose {
            let missing = paths(tree, text).filter(|target| !exists(tree, target));
            let messages = missing.map(|target| format!("`{target}` does not exist"));
            let messages = messages.chain(links(text).filter_map(|link| broken(tree, path, &link)));
            problems.extend(messages.map(|message| Problem::new(path, line, message)));
        }
    }
    problems
}

/// Returns problems for pages of the book that `SUMMARY.md` does not list, or whose Rust is not compiled by a doctest.
fn unlisted(tree: &Tree, included: &[String]) -> Vec<Problem> {
    let summary = tree.get(SUMMARY).unwrap_or_default();
    let listed: Vec<String> = links(summary).map(|link| resolve(SUMMARY, link.path)).collect();
    let pages = tree.of_kind("md").filter(|(path, _)| path.starts_with(BOOK) && *path != SUMMARY);
    let problems = pages.flat_map(|(path, _)| {
        let problem = |is_there: bool, message: String| (!is_there).then(|| Problem::new(path, 1, message));
        let contains = |list: &[String]| list.iter().any(|listed| listed == path);
        [
            problem(contains(&listed), format!("{SUMMARY} does not list this page")),
            problem(contains(included), format!("no doctest compiles this page; include it in {DOCTESTS}")),
        ]
    });
    problems.flatten().collect()
}

fn uncompiled(path: &str, fences: &[Fence<'_>], included: &[String]) -> Vec<Problem> {
    let is_included = path.starts_with(BOOK) || included.iter().any(|name| name == path);
    let rust = fences.iter().find(|fence| fence.is_rust() && !is_included);
    let missing = rust.map(|fence| {
        let message =
            format!("no doctest compiles this Rust; include the document in {DOCTESTS}, or name the language");
        Problem::new(path, fence.line, message)
    });
    let ignored = fences.iter().filter(|fence| fence.is_ignored());
    let message = "this example is ignored; let it compile, or mark it `text`";
    missing.into_iter().chain(ignored.map(|fence| Problem::new(path, fence.line, message))).collect()
}

/// Returns the documents that a file includes, by their path from the root.
fn included(text: &str) -> Vec<String> {
    let paths = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    paths.map(|path| resolve(DOCTESTS, path)).collect()
}

/// Returns the reason why a link in a document is broken, if it is.
fn broken(tree: &Tree, document: &str, link: &Link<'_>) -> Option<String> {
    if let Some(reason) = link.external_problem() {
        return Some(reason);
    }
    let target = match link.sources() {
        Some(sources) => sources.into_iter().find(|source| tree.get(source).is_some()).unwrap_or_default(),
        None if link.is_external() => return None,
        None if link.path.is_empty() => document.to_owned(),
        None => resolve(document, link.path),
    };
    if !exists(tree, &target) {
        return Some(format!("the link `{}` is broken", link.path));
    }
    let anchor = link.anchor?;
    let has_anchor = anchors(&target, tree.get(&target).unwrap_or_default()).iter().any(|found| found == anchor);
    (!has_anchor).then(|| format!("`{target}` has no heading `#{anchor}`"))
}

/// Returns the paths in a line: text in backquotes that starts with a folder of the tree.
fn paths<'a>(tree: &Tree, line: &'a str) -> impl Iterator<Item = &'a str> {
    let code = line.split('`').skip(1).step_by(2).filter(|code| !code.contains([' ', '<', '*', ':']));
    code.filter(|code| {
        code.split_once('/').is_some_and(|(folder, rest)| !rest.is_empty() && exists(tree, &format!("{folder}/")))
    })
}

/// Returns `true` if there is such a file, or such a folder with files.
fn exists(tree: &Tree, path: &str) -> bool {
    tree.get(path).is_some() || tree.under(&format!("{}/", path.trim_end_matches('/'))).next().is_some()
}

/// Turns a path that is relative to a file into a path from the root.
fn resolve(file: &str, path: &str) -> String {
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
    use crate::tidy::check_files;

    const RUST: &str = "# Guide\n\n```rust\nlet a = 1;\n```\n";

    #[test]
    fn rust_that_no_doctest_compiles_is_found() {
        let doctests = (DOCTESTS, "#[doc = include_str!(\"../../guides/guide.md\")]\nstruct Guide;");
        assert!(check_files(check, [doctests, ("guides/guide.md", RUST)]).is_empty());
        assert_eq!(check_files(check, [doctests, ("guides/other.md", RUST)]).len(), 1);
        assert_eq!(check_files(check, [doctests, ("guides/other.md", "```\nwhich language?\n```\n")]).len(), 1);
        assert!(check_files(check, [("README.md", "```console\n$ cargo run\n```\n")]).is_empty());
        assert_eq!(
            check_files(check, [doctests, ("guides/guide.md", "```rust,ignore\nlet a;\n```\n")]),
            ["guides/guide.md:1: this example is ignored; let it compile, or mark it `text`"]
        );
    }

    #[test]
    fn a_page_of_the_book_is_listed_and_compiled() {
        let doctests = (DOCTESTS, "#[doc = include_str!(\"../../docs/a.md\")]\nstruct A;");
        let summary = (SUMMARY, "- [A](a.md)\n- [C](c.md)\n");
        assert_eq!(
            check_files(check, [doctests, summary, ("docs/a.md", ""), ("docs/b.md", ""), ("docs/c.md", "")]),
            [
                "docs/b.md:1: docs/SUMMARY.md does not list this page",
                "docs/b.md:1: no doctest compiles this page; include it in feats-console/src/documents.rs",
                "docs/c.md:1: no doctest compiles this page; include it in feats-console/src/documents.rs",
            ]
        );
    }

    #[test]
    fn paths_that_do_not_exist_are_found() {
        let text = "See `src/here.rs`, `src/` and `other/gone.rs`.\nA unit / a slot: `src/gone.rs`, `src/<name>.rs`.\n";
        assert_eq!(
            check_files(check, [("README.md", text), ("src/here.rs", "")]),
            ["README.md:2: `src/gone.rs` does not exist"]
        );
    }

    #[test]
    fn broken_links_are_found() {
        let text = "[a](guides/guide.md#here-it-is) [b](https://example.com/x) [c](guides/) [d](#title)\n\
                    # Title\n[e](guides/gone.md)\n[f](guides/guide.md#gone)\n[g](#gone)\n[h](http://example.com)\n";
        assert_eq!(
            check_files(check, [("README.md", text), ("guides/guide.md", "## Here: *it* is\n")]),
            [
                "README.md:3: the link `guides/gone.md` is broken",
                "README.md:4: `guides/guide.md` has no heading `#gone`",
                "README.md:5: `README.md` has no heading `#gone`",
                "README.md:6: `http://example.com` is not an https address",
            ]
        );
    }

    #[test]
    fn a_link_to_docs_rs_leads_to_a_module_and_a_heading() {
        let core = |rest: &str| format!("[a](https://docs.rs/feats-core/latest/feats_core/{rest})\n");
        let text = ["bucketing/index.html#slots", "gone/index.html", "bucketing/index.html#gone"].map(core).concat();
        let text = text + "[b](https://docs.rs/feats/latest/feats/bucketing/index.html#slots)\n";
        assert_eq!(
            check_files(
                check,
                [("README.md", &text), ("feats-core/src/bucketing/mod.rs", "//! Slots.\n//!\n//! # Slots\n")]
            ),
            [
                "README.md:2: the link `https://docs.rs/feats-core/latest/feats_core/gone/index.html` is broken",
                "README.md:3: `feats-core/src/bucketing/mod.rs` has no heading `#gone`",
            ]
        );
    }
}
