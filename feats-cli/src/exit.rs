//! What the exit code says.

use std::process::ExitCode;

use feats::ErrorKind;

/// How a command ended. The numbers are part of the interface: scripts decide on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Success = 0,
    /// It answered no: versions differ, a feature is stale, an experiment is not what its weights promise, or not everything
    /// could be put back.
    No = 1,
    /// The command line is not one.
    Usage = 2,
    /// The input is wrong; nothing was written.
    Invalid = 3,
    /// Somebody published in between; nothing was written.
    Conflict = 4,
    /// The change needs a consent; nothing was written.
    Consent = 5,
    /// The store cannot be used, or gave no answer.
    Unavailable = 6,
    /// There is no such feature or version.
    NotFound = 7,
    /// The answer could not be written out.
    Output = 8,
}

/// The table of exit codes in `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  the answer is no: `diff` found differences, `stale` found stale features, `restore` could not put back everything, \
     `experiment` has other shares than its weights promise
  2  the command line is wrong
  3  the input is wrong; every problem is listed, nothing was written
  4  somebody published in between; both sides are shown, nothing was written
  5  the change needs a consent (--allow-reshuffle, --allow-incompatible, --yes); nothing was written
  6  the store cannot be read or written
  7  there is no such feature or version
  8  the answer could not be written to standard output";

impl Exit {
    /// The exit code for an error of feats.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Conflict => Exit::Conflict,
            ErrorKind::NotFound => Exit::NotFound,
            ErrorKind::NeedsConfirmation => Exit::Consent,
            ErrorKind::Invalid | ErrorKind::TooLarge | ErrorKind::Duplicate | ErrorKind::AlreadyStarted => {
                Exit::Invalid
            }
            _ => Exit::Unavailable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
