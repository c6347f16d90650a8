//! The error type: opaque, with a kind, predicates, and the context that an operator needs.

pub(crate) mod problem;
pub(crate) mod problems;

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

pub use self::problem::Problem;
pub use self::problems::Problems;
pub(crate) use self::problems::{MAX_PROBLEMS, grouped};
pub(crate) use crate::text::quoted;

/// `Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of an operation of feats.
///
/// Evaluation never fails, so an `Error` only comes from starting an app, reading and writing. Match on
/// [`kind`](Error::kind) or use a predicate; the message is written for people and may change.
///
/// ```
/// use feats::ErrorKind;
/// let error = "4%".parse::<feats::Timestamp>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Invalid);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    feature: Option<String>,
    store: Option<String>,
    path: Option<PathBuf>,
    problems: Vec<Problem>,
    conflict: Option<Conflict>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is wrong; [`Error::problems`] lists every problem. Nothing was written.
    Invalid,
    /// The feature was changed in the meantime; [`Error::conflict`] has both sides. Nothing was written.
    Conflict,
    /// No feature, revision or record has this name.
    NotFound,
    /// The process-wide app has already been started.
    AlreadyStarted,
    /// Two declarations use the same name.
    Duplicate,
    /// A flag or a feature has this name already. Nothing was written.
    AlreadyExists,
    /// A listener of this program refused the write. Nothing was written.
    Refused,
    /// The change would move units unexpectedly, or serve an implementation that a running instance does not know. It needs a
    /// confirmation such as `allow_reshuffle`. Nothing was written.
    NeedsConfirmation,
    /// The author lacks the permission for this change. Nothing was written.
    Denied,
    /// The store cannot be reached.
    Unavailable,
    /// The operation did not finish within its timeout.
    Timeout,
    /// The store does not support the operation.
    Unsupported,
    /// Stored data is not in the format that feats writes.
    Corrupt,
    /// The store does not accept writes.
    ReadOnly,
    /// The change was written, but is not yet known to be durable.
    Unconfirmed,
    /// The input exceeds a limit.
    TooLarge,
    /// The app has been shut down.
    Stopped,
}

/// The two sides of a write conflict: the current state in the store, and the state that was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The current version; 0 if the feature has no revision.
    pub version: u64,
    /// The author of the current version.
    pub author: String,
    /// The comment of the current version.
    pub comment: String,
    /// The current state, as JSON text.
    pub theirs: String,
    /// The state that was not written, as JSON text.
    pub yours: String,
}

impl Error {
    /// Creates an error of a kind, with a message for people. Third-party stores create their errors with it.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            feature: None,
            store: None,
            path: None,
            problems: Vec::new(),
            conflict: None,
            source: None,
        }))
    }

    /// Creates the error of an input with at least one problem. It keeps the first 100 problems and counts the others.
    pub fn invalid(problems: Vec<Problem>) -> Self {
        let problems = Problems::from(problems).into_vec();
        let count: usize = problems.iter().map(|problem| problem.omitted.max(1)).fold(0, usize::saturating_add);
        let message = match count {
            1 => "one problem, nothing was written".to_owned(),
            n => format!("{} problems, nothing was written", grouped(n)),
        };
        let mut error = Self::new(ErrorKind::Invalid, message);
        error.0.problems = problems;
        error
    }

    /// Adds the feature that the operation was about.
    #[must_use]
    pub fn with_feature(mut self, feature: impl Into<String>) -> Self {
        self.0.feature.get_or_insert_with(|| feature.into());
        self
    }

    /// Adds the store. The text is shown to operators and must not contain secrets.
    #[must_use]
    pub fn with_store(mut self, store: impl Into<String>) -> Self {
        self.0.store.get_or_insert_with(|| store.into());
        self
    }

    /// Adds the path of the file that the operation was about.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.path.get_or_insert_with(|| path.into());
        self
    }

    /// Adds the two sides of a conflict.
    #[must_use]
    pub fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.0.conflict = Some(conflict);
        self
    }

    /// Adds the cause of this error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the kind of this error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns `true` if the feature was changed in the meantime.
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Returns `true` if no such feature, revision or record exists.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Returns `true` if a flag or a feature has this name already.
    pub fn is_already_exists(&self) -> bool {
        self.kind() == ErrorKind::AlreadyExists
    }

    /// Returns `true` if a later attempt can succeed: the store was unreachable or too slow.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
    }

    /// Returns `true` if the change needs a confirmation, such as `allow_reshuffle`.
    pub fn needs_confirmation(&self) -> bool {
        self.kind() == ErrorKind::NeedsConfirmation
    }

    /// Returns the problems of the input, in document order: at most 100, then one that counts the rest.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Returns both sides of a conflict; `None` for errors of other kinds.
    pub fn conflict(&self) -> Option<&Conflict> {
        self.0.conflict.as_ref()
    }

    /// Returns the current version of the feature, if this is a conflict.
    pub fn current_version(&self) -> Option<u64> {
        self.0.conflict.as_ref().map(|conflict| conflict.version)
    }

    /// Returns the feature that the operation was about.
    pub fn feature(&self) -> Option<&str> {
        self.0.feature.as_deref()
    }

    /// Returns the store that the operation was about, without secrets.
    pub fn store(&self) -> Option<&str> {
        self.0.store.as_deref()
    }

    /// Returns the path of the file that the operation was about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Returns the message without its context.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the error and its causes as text for people: each text once, from the outermost error to the root cause.
    /// `Display` shows the error alone, and [`source`](StdError::source) returns the next cause.
    ///
    /// ```
    /// use std::error::Error as _;
    /// let refused = std::io::Error::other("connection refused");
    /// let error = feats::Error::new(feats::ErrorKind::Unavailable, "the store cannot be reached").with_source(refused);
    /// assert_eq!(error.to_string(), "the store cannot be reached");
    /// assert_eq!(error.source().unwrap().to_string(), "connection refused");
    /// assert_eq!(error.report().to_string(), "the store cannot be reached: connection refused");
    /// ```
    pub fn report(&self) -> impl fmt::Display + '_ {
        Report(self)
    }

    /// Returns the texts of the causes, from the nearest to the root. A text that is part of an earlier one is left out, because
    /// drivers often repeat the texts of their causes.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut before = self.to_string();
        let mut next = self.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !before.contains(&text) {
                before.push_str(&text);
                causes.push(text);
            }
            next = cause.source();
        }
        causes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(feature) = &inner.feature {
            write!(f, "{}: ", quoted(feature))?;
        }
        f.write_str(&inner.message)?;
        if let Some(store) = &inner.store {
            write!(f, " (store {store})")?;
        }
        if let Some(path) = &inner.path {
            write!(f, " (file {})", path.display())?;
        }
        for problem in &inner.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

/// Shows the kind and the whole [`report`](Error::report), as printed by a `main` that returns an error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind(), self.report())
    }
}

/// Displays an error with its causes.
struct Report<'a>(&'a Error);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0, f)?;
        self.0.causes().iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
