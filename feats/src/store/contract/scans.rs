//! Steps of the cases about scans.

use super::fixture::{CheckResult, Finding, ensure};
use crate::error::{ErrorKind, Result};
use crate::store::Scan;

/// The maximum number of pages, far above what a case needs.
const MAX_PAGES: usize = 100_000;

/// The pages of a scan.
pub(super) struct Pages<T> {
    entries: Vec<T>,
    after: Option<String>,
    pub(super) count: usize,
}

impl<T> Pages<T> {
    pub(super) fn new() -> Self {
        Self { entries: Vec::new(), after: None, count: 0 }
    }

    /// Returns the position of the next page.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Adds a page. Returns `true` if another page follows.
    pub(super) fn add(&mut self, page: Result<Scan<T>>) -> CheckResult<bool> {
        let Scan { entries, next } = page?;
        self.entries.extend(entries);
        self.after = next;
        self.count += 1;
        if self.count > MAX_PAGES {
            return Err(Finding(format!("a scan did not end after {MAX_PAGES} pages")));
        }
        Ok(self.after.is_some())
    }

    pub(super) fn into_entries(self) -> Vec<T> {
        self.entries
    }
}

/// Returns `true` if the store does not support scans.
pub(super) fn is_unsupported<T>(first: &Result<Scan<T>>) -> bool {
    first.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported)
}

/// Checks that a scan from a position of another store was refused.
pub(super) fn ensure_position_is_checked<T>(scanned: Result<Scan<T>>) -> CheckResult {
    let kind = scanned.map_err(|error| error.kind()).err();
    ensure!(kind == Some(ErrorKind::Invalid), "a scan from a position of another store returned the error {kind:?}");
    Ok(())
}
