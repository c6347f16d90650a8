//! The paths in a file that lead out of it, made absolute: what it imports.

use super::source::{Source, Token};

/// A path, such as `store::Store` for `crate::store::Store`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its parts, those of a path within the crate without `crate`. `*` stands for everything.
    pub(super) parts: Vec<String>,
    /// Where it is written, from 1.
    pub(super) line: usize,
}

/// The references of a file of the module `module` in the crate `name`: paths that start with `crate`, `super` or the
/// crate's own name, anywhere in the code. Groups are taken apart.
pub(super) fn references(source: &Source<'_>, module: &[&str], name: &str) -> Vec<Reference> {
    let tokens = source.tokens.as_slice();
    let mut walk = Walk { tokens, at: 0, found: Vec::new() };
    let mut inline =
        Inline { module: module.iter().map(|&part| part.to_owned()).collect(), depth: 0, opened: Vec::new() };
    while let Some(token) = tokens.get(walk.at) {
        inline.step(tokens, walk.at);
        walk.at += 1;
        if walk.is_separator() {
            match token.text {
                "super" => walk.tail(&inline.parent()),
                text if text == "crate" || text == name => walk.tail(&[]),
                _ => {}
            }
        }
    }
    walk.found
}

/// What the `use` declarations of a file name, as written. Groups are taken apart.
pub(super) fn uses(source: &Source<'_>) -> Vec<Reference> {
    let mut walk = Walk { tokens: &source.tokens, at: 0, found: Vec::new() };
    while let Some(token) = source.tokens.get(walk.at) {
        walk.at += 1;
        if token.text == "use" {
            walk.tree(&[]);
        }
    }
    walk.found
}

struct Walk<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    found: Vec<Reference>,
}

impl Walk<'_> {
    fn is(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.text == text)
    }

    fn is_separator(&self) -> bool {
        self.is(":") && self.tokens.get(self.at + 1).is_some_and(|token| token.text == ":")
    }

    /// What follows a `::`.
    fn tail(&mut self, base: &[String]) {
        self.at += 2;
        self.tree(base);
    }

    /// `a::b`, `a::*`, `{a, b::c}`, below `base`.
    fn tree(&mut self, base: &[String]) {
        let mut parts = base.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        while let Some(token) = self.tokens.get(self.at) {
            match token.text {
                "{" => return self.group(&parts),
                "self" => {}
                "super" => drop(parts.pop()),
                text if text == "*" || token.is_word() => parts.push(text.to_owned()),
                _ => break,
            }
            self.at += 1;
            if !self.is_separator() {
                break;
            }
            self.at += 2;
        }
        self.found.push(Reference { parts, line });
    }

    fn group(&mut self, base: &[String]) {
        self.at += 1;
        while self.at < self.tokens.len() && !self.is("}") {
            if self.tokens.get(self.at).is_some_and(|token| token.text == "{" || token.is_word() || token.text == "*") {
                self.tree(base);
            }
            // What is left is a comma, or `as` and a name.
            while self.at < self.tokens.len() && !self.is(",") && !self.is("}") {
                self.at += 1;
            }
            if self.is(",") {
                self.at += 1;
            }
        }
        self.at += 1;
    }
}

/// The module that the walk is in: that of the file, and those written inside it.
struct Inline {
    module: Vec<String>,
    depth: usize,
    opened: Vec<usize>,
}

impl Inline {
    fn step(&mut self, tokens: &[Token<'_>], at: usize) {
        let text = |index: usize| tokens.get(index).map_or("", |token| token.text);
        match text(at) {
            "{" => {
                if at >= 2 && text(at - 2) == "mod" {
                    self.module.push(text(at - 1).to_owned());
                    self.opened.push(self.depth);
                }
                self.depth += 1;
            }
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.opened.pop_if(|depth| *depth == self.depth).is_some() {
                    self.module.pop();
                }
            }
            _ => {}
        }
    }

    fn parent(&self) -> Vec<String> {
        self.module.split_last().map_or_else(Vec::new, |(_, parents)| parents.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let references = references(&Source::read(text), &["store", "sql"], "feats");
        references.iter().map(|reference| reference.parts.join("::")).collect()
    }

    #[test]
    fn paths_are_found_anywhere_in_the_code() {
        assert_eq!(found("use crate::model::Value;"), ["model::Value"]);
        assert_eq!(found("pub(crate) fn f() -> crate::Result<()> { feats::app::g() }"), ["Result", "app::g"]);
        assert_eq!(found("macro_rules! m { () => { $crate::edit::Typed::test() } }"), ["edit::Typed::test"]);
        assert!(found("// crate::model\nlet a = \"crate::model\"; other::model::x(); pub(crate) struct A;").is_empty());
    }

    #[test]
    fn groups_are_taken_apart() {
        let text = "use crate::{error::{self, Error as E}, model::*, app};";
        assert_eq!(found(text), ["error", "error::Error", "model::*", "app"]);
        assert_eq!(found("use super::{a, super::{model}}; fn f() { crate::b::c }"), ["store::a", "model", "b::c"]);
    }

    #[test]
    fn super_counts_modules_inside_the_file() {
        assert_eq!(found("use super::Store;"), ["store::Store"]);
        assert_eq!(found("mod tests { use super::*; use super::super::Store; }"), ["store::sql::*", "store::Store"]);
        assert_eq!(found("mod tests { fn f() {} }\nuse super::super::model;"), ["model"]);
    }

    #[test]
    fn uses_are_what_declarations_name() {
        let source = Source::read("pub mod model;\npub use app::{App, Decision};\nuse std::{fmt, fs as files};");
        let uses: Vec<_> = uses(&source).iter().map(|reference| reference.parts.join("::")).collect();
        assert_eq!(uses, ["app::App", "app::Decision", "std::fmt", "std::fs"]);
    }
}
