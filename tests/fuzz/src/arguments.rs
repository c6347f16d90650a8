//! Command lines: every sequence of arguments is a command or a message, and no message repeats a password.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use feats_cli::reading::parse_arguments;

/// How many arguments an input has at most.
const MAX_ARGUMENTS: usize = 64;

/// The arguments are the lines of the input.
pub(crate) fn run(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').take(MAX_ARGUMENTS).map(|line| OsString::from_vec(line.to_vec()));
    if let Err(message) = parse_arguments([OsString::from("feats")].into_iter().chain(lines)) {
        assert!(!message.is_empty(), "a refusal says why");
    }
}
