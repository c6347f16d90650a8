//! Command lines: arbitrary arguments are a command or an error, and no error contains a password.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use feats_cli::reading::parse_arguments;

/// The maximum number of arguments of an input.
const MAX_ARGUMENTS: usize = 64;

/// Runs one input, whose lines are the arguments.
pub(crate) fn run(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').take(MAX_ARGUMENTS).map(|line| OsString::from_vec(line.to_vec()));
    if let Err(message) = parse_arguments([OsString::from("feats")].into_iter().chain(lines)) {
        assert!(!message.is_empty(), "an error has a message");
    }
}
