//! The one error type: opaque, with a kind, predicates, and the context that an operator needs.

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

/// Why an operation of feats failed.
///
/// Evaluation never fails, so an `Error` comes only from starting, reading and writing. Match on
/// [`kind`](Error::kind) or use a predicate; the message is for people and may change.
///
/// ```
/// use feats::ErrorKind;
/// let error = "4 %".parse::<feats::Timestamp>().unwrap_err();
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

/// What sort of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is wrong; [`Error::problems`] lists every problem. Nothing was written.
    Invalid,
    /// Somebody wrote in between; [`Error::conflict`] has both sides. Nothing was written.
    Conflict,
    /// There is no feature, revision or record of that name.
    NotFound,
    /// The process-wide app is already started.
    AlreadyStarted,
    /// Two declarations use one name.
    Duplicate,
    /// The change would move units that its author may not have meant to move, or serves a choice that a live
    /// instance does not know; it needs a consent such as `allow_reshuffle`. Nothing was written.
    NeedsConfirmation,
    /// The author has no permission for what the change does. Nothing was written.
    Denied,
    /// The store cannot be reached now.
    Unavailable,
    /// No answer within the stated time.
    Timeout,
    /// The store lacks this ability.
    Unsupported,
    /// Stored data is not what feats wrote.
    Corrupt,
    /// The store does not accept writes.
    ReadOnly,
    /// The write happened, but is not known to be safe yet.
    Unconfirmed,
    /// The input is larger than its limit.
    TooLarge,
    /// The app was shut down.
    Stopped,
}

/// The two sides of a write that met another: what stands in the store, and what was to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The version that stands now; 0 where the feature has no revision.
    pub version: u64,
    /// Who wrote it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// The state that stands, as JSON text.
    pub theirs: String,
    /// The state that was not written, as JSON text.
    pub yours: String,
}

impl Error {
    /// An error of a kind with a message for people. Stores of third parties make their errors with it.
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

    /// The error for an input with these problems, of which there is at least one. It keeps the first 100 and says how
    /// many more there are.
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

    /// Adds the store, as it may be shown: never with a secret in it.
    #[must_use]
    pub fn with_store(mut self, store: impl Into<String>) -> Self {
        self.0.store.get_or_insert_with(|| store.into());
        self
    }

    /// Adds the file.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.path.get_or_insert_with(|| path.into());
        self
    }

    /// Adds both sides of a conflict.
    #[must_use]
    pub fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.0.conflict = Some(conflict);
        self
    }

    /// Adds what caused this error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What sort of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether somebody wrote in between.
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether there is no such feature, revision or record.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Whether trying again later can succeed: the store was away or too slow.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
    }

    /// Whether the change needs a consent, such as `allow_reshuffle`.
    pub fn needs_confirmation(&self) -> bool {
        self.kind() == ErrorKind::NeedsConfirmation
    }

    /// The problems of the input, in the order of the document: at most 100, and one that says how many more there are.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// Both sides, where this is a conflict.
    pub fn conflict(&self) -> Option<&Conflict> {
        self.0.conflict.as_ref()
    }

    /// The version that stands, where this is a conflict.
    pub fn current_version(&self) -> Option<u64> {
        self.0.conflict.as_ref().map(|conflict| conflict.version)
    }

    /// The feature that the operation was about.
    pub fn feature(&self) -> Option<&str> {
        self.0.feature.as_deref()
    }

    /// The store that the operation was about, without secrets.
    pub fn store(&self) -> Option<&str> {
        self.0.store.as_deref()
    }

    /// The file that the operation was about.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The message without its context.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The error and its causes, for people: each text once, from the outermost to the root. `Display` shows the error alone,
    /// and [`source`](StdError::source) the next cause.
    ///
    /// ```
    /// use std::error::Error as _;
    /// let away = std::io::Error::other("connection refused");
    /// let error = feats::Error::new(feats::ErrorKind::Unavailable, "the store cannot be reached").with_source(away);
    /// assert_eq!(error.to_string(), "the store cannot be reached");
    /// assert_eq!(error.source().unwrap().to_string(), "connection refused");
    /// assert_eq!(error.report().to_string(), "the store cannot be reached: connection refused");
    /// ```
    pub fn report(&self) -> impl fmt::Display + '_ {
        Report(self)
    }

    /// The texts of the causes, from the nearest to the root. One that is a part of what comes before it is left out: errors of
    /// drivers often repeat theirs.
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

/// The kind and the whole [`report`](Error::report): what a `main` that returns an error prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind(), self.report())
    }
}

/// An error with its causes.
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
