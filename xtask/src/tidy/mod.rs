//! Tidy: the rules of the repository that the compiler does not check, one file for each.
//!
//! A rule is a function from a [`Tree`] to the [`Problem`]s in it, so that it can be shown to fail on a small made-up
//! tree. `tests/tidy.rs` applies every rule to the repository.

pub mod absent;
pub mod changelog;
pub mod cycles;
pub mod documents;
pub mod generated;
pub mod headers;
pub mod labels;
pub mod leanness;
pub mod length;
pub mod lints;
pub mod manifests;
pub mod packages;
pub mod retries;
pub mod unfinished;
pub mod words;

mod crates;
mod fences;
mod imports;
mod links;
mod source;
mod tree;

pub use tree::Tree;

use std::fmt;

/// A violation of a rule: its place, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    path: String,
    line: usize,
    message: String,
}

impl Problem {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Returns the problems of a made-up tree, for tests of rules.
#[cfg(test)]
fn check_files<const N: usize>(rule: fn(&Tree) -> Vec<Problem>, files: [(&str, &str); N]) -> Vec<String> {
    rule(&Tree::of(files)).iter().map(Problem::to_string).collect()
}
