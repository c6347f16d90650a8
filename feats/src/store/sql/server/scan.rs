//! Positions of pages.

use crate::error::{Error, ErrorKind, Result};

/// The maximum length of a page.
const MAX_PAGE: i64 = 10_000;

/// The position of a page: the two names of the last row of the page before it.
pub(super) struct PagePosition {
    pub(super) first: String,
    pub(super) second: String,
}

impl PagePosition {
    pub(super) fn new(first: &str, second: &str) -> Self {
        Self { first: first.to_owned(), second: second.to_owned() }
    }

    /// Parses a position; `None` is the first page.
    pub(super) fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else { return Ok(Self::new("", "")) };
        // Names do not contain NUL.
        let (first, second) = text
            .split_once('\0')
            .ok_or_else(|| Error::new(ErrorKind::Invalid, "this is not a position of this store"))?;
        Ok(Self::new(first, second))
    }

    pub(super) fn text(&self) -> String {
        format!("{}\0{}", self.first, self.second)
    }
}

/// Returns the length of a page: at least 1.
pub(super) fn page_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE)
}
