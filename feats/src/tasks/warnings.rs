//! Warnings: failures that do not stop the app, at most one for each source, until the source works again.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;

/// The source of a warning. Each has at most one warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Publishing the program's catalog.
    Catalog,
    /// Sending heartbeats of the instance.
    Heartbeat,
    /// Reading the catalogs of other programs.
    OtherCatalogs,
    /// Searching histories for the last valid revision.
    History,
    /// The history of the feature at a position, which has no valid revision.
    UnusableHistory(usize),
    /// The fallback file.
    FallbackFile,
    /// Revisions that the store has lost.
    Loss,
    /// Storing exposures.
    Exposures,
    /// Data that no store of the app keeps.
    Capabilities,
    /// Passing exposures to sinks.
    Sinks,
    /// Looking up sticky assignments.
    Lookups,
    /// Storing counts of uses.
    Usage,
    /// The app's clock.
    Clock,
    /// The name of the store.
    StoreName,
    /// Reading the source of flags.
    #[cfg(feature = "thrift")]
    SourcedFlags,
    /// Flags of the source that cannot be read.
    #[cfg(feature = "thrift")]
    UnreadableFlags,
    /// Flags of the source whose names the store or the code has.
    #[cfg(feature = "thrift")]
    ShadowedFlags,
}

/// The maximum number of warnings. Further ones are only logged.
const MAX_WARNINGS: usize = 50;

/// The warnings of an app.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<BTreeMap<Source, String>>);

impl Warnings {
    /// Sets the warning of a source. It is logged as a warning only if the source had none.
    pub(crate) fn set(&self, source: Source, warning: impl Display) {
        let warning = warning.to_string();
        let mut warnings = self.lock();
        let is_kept = warnings.len() < MAX_WARNINGS || warnings.contains_key(&source);
        let previous = if is_kept { warnings.insert(source, warning.clone()) } else { None };
        drop(warnings);
        match previous {
            None => tracing::warn!(warning),
            Some(previous) if previous != warning => tracing::debug!(warning),
            Some(_) => {}
        }
    }

    /// Clears the warning of a source.
    pub(crate) fn clear(&self, source: Source) {
        if let Some(warning) = self.lock().remove(&source) {
            tracing::debug!(warning, "a warning has ended");
        }
    }

    /// Clears the warnings about unusable histories, except those for which `is_unusable` returns `true`.
    pub(crate) fn clear_histories(&self, is_unusable: impl Fn(usize) -> bool) {
        self.lock().retain(|source, _| match source {
            Source::UnusableHistory(position) => is_unusable(*position),
            _ => true,
        });
    }

    /// Sets the warning of a source to an error, or clears it if there is none.
    pub(crate) fn report(&self, source: Source, failure: Option<&Error>) {
        match failure {
            Some(error) => self.set(source, error),
            None => self.clear(source),
        }
    }

    /// Returns all warnings, in the order of their sources.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Source, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_source_has_only_its_newest_warning_and_none_once_it_works() {
        let warnings = Warnings::default();
        for n in 0..1_000 {
            warnings.set(Source::Usage, format!("failure {n}"));
            warnings.set(Source::Sinks, "a sink panicked");
        }
        assert_eq!(warnings.texts(), ["a sink panicked", "failure 999"]);
        let error = Error::new(ErrorKind::Timeout, "late");
        warnings.report(Source::Sinks, Some(&error));
        warnings.report(Source::Usage, None);
        assert_eq!(warnings.texts(), ["late"]);
        warnings.clear(Source::Sinks);
        warnings.clear(Source::Sinks);
        assert!(warnings.texts().is_empty());
    }

    #[test]
    fn each_unusable_history_has_a_warning_until_it_is_repaired_and_their_number_is_limited() {
        let warnings = Warnings::default();
        for position in 0..1_000 {
            warnings.set(Source::UnusableHistory(position), format!("history {position}"));
        }
        assert_eq!(warnings.texts().len(), MAX_WARNINGS);
        warnings.clear_histories(|position| position == 3);
        assert_eq!(warnings.texts(), ["history 3"]);
    }
}
