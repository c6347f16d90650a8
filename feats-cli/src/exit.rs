//! Exit codes.

use std::process::ExitCode;

use feats::ErrorKind;

/// The exit code of a command. The numbers are stable, because scripts depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The command succeeded.
    Success = 0,
    /// The command succeeded with a negative result: versions differ, features are stale, an experiment has a sample-ratio
    /// mismatch, some features could not be restored, some flags could not be exported, a copy is not complete, or a store has
    /// warnings.
    Negative = 1,
    /// The command line is invalid.
    Usage = 2,
    /// The input is invalid. Nothing was written.
    Invalid = 3,
    /// A newer version was published in the meantime. Nothing was written.
    Conflict = 4,
    /// The change needs confirmation. Nothing was written.
    NeedsConfirmation = 5,
    /// The store cannot be used or does not answer.
    Unavailable = 6,
    /// The feature, flag or version does not exist.
    NotFound = 7,
    /// The result could not be written to standard output.
    Output = 8,
}

/// The table of exit codes for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  success
  1  `diff` found differences, `stale` found stale features, `experiment` found a sample-ratio mismatch, `restore` \
     could not restore every feature, `flag export` could not express every flag, `copy` left something out, or \
     `doctor` has warnings
  2  invalid command line
  3  invalid input; every problem is listed, and nothing was written
  4  conflict: a newer version was published in the meantime; both are shown, and nothing was written
  5  the change needs confirmation (--allow-reshuffle, --allow-incompatible, --yes); nothing was written
  6  the store cannot be read or written
  7  no such feature, flag or version
  8  the result could not be written to standard output";

impl Exit {
    /// Returns the exit code for a kind of error.
    pub(crate) fn from_error_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Conflict => Exit::Conflict,
            ErrorKind::NotFound => Exit::NotFound,
            ErrorKind::NeedsConfirmation => Exit::NeedsConfirmation,
            ErrorKind::Invalid
            | ErrorKind::AlreadyExists
            | ErrorKind::TooLarge
            | ErrorKind::Duplicate
            | ErrorKind::AlreadyStarted => Exit::Invalid,
            _ => Exit::Unavailable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
