//! Warnings: what does not work without stopping anything, one for each source, until the same source works again.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;

/// What a warning is about. There is at most one warning of each source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Publishing the program's catalog.
    Catalog,
    /// Reporting that the instance runs.
    Heartbeat,
    /// Reading the catalogs of other programs.
    OtherCatalogs,
    /// Searching histories for the last usable revision.
    History,
    /// The history of the feature at a position, in which nothing can be read.
    UnusableHistory(usize),
    /// The fallback file.
    FallbackFile,
    /// Revisions that the store has lost.
    Loss,
    /// Storing exposures.
    Exposures,
    /// What no store of the app keeps.
    Capabilities,
    /// Passing exposures to sinks.
    Sinks,
    /// Looking up what units used.
    Lookups,
    /// Storing counts of uses.
    Usage,
    /// The app's clock.
    Clock,
    /// The store's name.
    StoreName,
}

/// How many warnings are kept: the others are in the log.
const MAX_WARNINGS: usize = 50;

/// The warnings of an app.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<BTreeMap<Source, String>>);

impl Warnings {
    /// Warns, in place of what the source warned of before. Only a new warning is logged as one.
    pub(crate) fn set(&self, source: Source, warning: impl Display) {
        let warning = warning.to_string();
        let mut warnings = self.locked();
        let is_kept = warnings.len() < MAX_WARNINGS || warnings.contains_key(&source);
        let before = if is_kept { warnings.insert(source, warning.clone()) } else { None };
        drop(warnings);
        match before {
            None => tracing::warn!(warning),
            Some(before) if before != warning => tracing::debug!(warning),
            Some(_) => {}
        }
    }

    /// The source works again.
    pub(crate) fn clear(&self, source: Source) {
        if let Some(warning) = self.locked().remove(&source) {
            tracing::debug!(warning, "a warning has ended");
        }
    }

    /// The histories that a warning is about can be used again, but for those that the function names by position.
    pub(crate) fn clear_histories(&self, is_unusable: impl Fn(usize) -> bool) {
        self.locked().retain(|source, _| match source {
            Source::UnusableHistory(position) => is_unusable(*position),
            _ => true,
        });
    }

    /// Warns of an error, or clears the warning of the source.
    pub(crate) fn report(&self, source: Source, failure: Option<&Error>) {
        match failure {
            Some(error) => self.set(source, error),
            None => self.clear(source),
        }
    }

    /// All warnings, in the order of their sources.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.locked().values().cloned().collect()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Source, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_source_has_one_warning_the_newest_and_none_once_it_works() {
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
    fn each_unusable_history_has_a_warning_until_it_is_mended_and_their_number_is_bounded() {
        let warnings = Warnings::default();
        for position in 0..1_000 {
            warnings.set(Source::UnusableHistory(position), format!("history {position}"));
        }
        assert_eq!(warnings.texts().len(), MAX_WARNINGS);
        warnings.clear_histories(|position| position == 3);
        assert_eq!(warnings.texts(), ["history 3"]);
    }
}
