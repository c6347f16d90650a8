//! Reading what was typed without doing it, for tests with arbitrary input. This is not public API.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Parser;
use feats::Problem;
use feats::model::{Condition, Declaration, ValueKind};

use crate::args::Cli;
use crate::condition::{self, Vocabulary};

/// Reads a condition in the words of the command line.
///
/// # Errors
/// Where it cannot be read, and what to type.
pub fn read_condition(text: &str, declaration: &Declaration) -> Result<Condition, Problem> {
    let attributes = BTreeMap::from([("Environment".to_owned(), ValueKind::Text)]);
    condition::parse(text, &Vocabulary { declaration, attributes })
}

/// Reads a command line.
///
/// # Errors
/// The message for people.
pub fn read_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<(), String> {
    Cli::try_parse_from(arguments).map(drop).map_err(|error| error.render().to_string())
}
