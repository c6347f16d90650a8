//! Parsers without effects, for tests with arbitrary input. Not public API.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Parser;
use feats::Problem;
use feats::model::{Condition, Declaration, ValueKind};

use crate::args::Cli;
use crate::condition::{self, Vocabulary};

/// Parses a condition in the syntax of the command line.
///
/// # Errors
/// Returns the position of the mistake and what to type instead.
pub fn parse_condition(text: &str, declaration: &Declaration) -> Result<Condition, Problem> {
    let attributes = BTreeMap::from([("Environment".to_owned(), ValueKind::Text)]);
    condition::parse("--when", text, &Vocabulary { declaration, attributes })
}

/// Parses a command line.
///
/// # Errors
/// Returns the message for people.
pub fn parse_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<(), String> {
    Cli::try_parse_from(arguments).map(drop).map_err(|error| error.render().to_string())
}
