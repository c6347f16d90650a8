//! Failures of commands, and their form as JSON.

use std::fmt;
use std::io;

use feats::{Conflict, Error, ErrorKind, Problem};
use serde_json::{Value as Json, json};

use crate::exit::Exit;

/// `Result` with [`Failure`].
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// The reason why a command failed.
pub(crate) enum Failure {
    /// The command line is invalid.
    Usage(String),
    /// An error of feats, and a hint about what the user can do.
    Feats(Error, Option<String>),
    /// The result could not be written to standard output.
    Output(io::Error),
}

impl Failure {
    /// Creates a failure for input with one problem.
    pub(crate) fn problem(problem: Problem) -> Self {
        Error::invalid(vec![problem]).into()
    }

    /// Adds a hint about what the user can do.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Failure::Feats(error, None) => Failure::Feats(error, Some(hint.into())),
            other => other,
        }
    }

    /// Returns the problems of invalid input.
    pub(crate) fn problems(&self) -> &[Problem] {
        match self {
            Failure::Feats(error, _) => error.problems(),
            Failure::Usage(_) | Failure::Output(_) => &[],
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_) => Exit::Usage,
            Failure::Feats(error, _) => Exit::from_error_kind(error.kind()),
            Failure::Output(_) => Exit::Output,
        }
    }

    /// Returns the failure as JSON: `{"error": {"kind", "message", …}}`.
    pub(crate) fn to_json(&self) -> Json {
        let error = match self {
            Failure::Usage(message) => json!({ "kind": "usage", "message": message }),
            Failure::Output(error) => json!({ "kind": "output", "message": error.to_string() }),
            Failure::Feats(error, hint) => json!({
                "kind": kind_name(error.kind()),
                "message": error.message(),
                "feature": error.feature(),
                "store": error.store(),
                "file": error.path(),
                "cause": Some(error.causes()).filter(|causes| !causes.is_empty()).map(|causes| causes.join(": ")),
                "problems": error.problems().iter().map(problem_json).collect::<Vec<_>>(),
                "conflict": error.conflict().map(conflict_json),
                "hint": hint,
            }),
        };
        json!({ "error": error })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Feats(error, None)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

fn problem_json(problem: &Problem) -> Json {
    json!({ "path": problem.path(), "message": problem.message(), "suggestion": problem.suggestion() })
}

fn conflict_json(conflict: &Conflict) -> Json {
    let state = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
    json!({
        "version": conflict.version,
        "author": conflict.author,
        "comment": conflict.comment,
        "theirs": state(&conflict.theirs),
        "yours": state(&conflict.yours),
    })
}

fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "invalid",
        ErrorKind::AlreadyExists => "already_exists",
        ErrorKind::Conflict => "conflict",
        ErrorKind::NotFound => "not_found",
        ErrorKind::NeedsConfirmation => "needs_confirmation",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::ReadOnly => "read_only",
        ErrorKind::Unconfirmed => "unconfirmed",
        ErrorKind::TooLarge => "too_large",
        _ => "unavailable",
    }
}
