//! Values that statements take, and rows that they return, independent of the driver.

use std::time::Duration;

use super::error::Failure;
use crate::error::{Error, ErrorKind};
use crate::model::Hash;

/// The maximum number of rows of one statement; more are several statements.
pub(super) const MAX_ROWS: usize = 500;

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A row of a result.
#[derive(Debug)]
pub(super) struct Row(pub(super) Vec<Cell>);

/// A column of a row. Text is its bytes, because MySQL keeps names as bytes.
#[derive(Debug)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Bytes(Vec<u8>),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Integer)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl Row {
    pub(super) fn integer(&self, index: usize) -> Result<i64, Failure> {
        self.optional_integer(index)?.ok_or_else(|| damaged("an empty column"))
    }

    pub(super) fn optional_integer(&self, index: usize) -> Result<Option<i64>, Failure> {
        match self.0.get(index) {
            Some(Cell::Integer(number)) => Ok(Some(*number)),
            Some(Cell::Null) => Ok(None),
            _ => Err(damaged("a column that is not a number")),
        }
    }

    /// Returns a number that is not negative.
    pub(super) fn unsigned(&self, index: usize) -> Result<u64, Failure> {
        u64::try_from(self.integer(index)?).map_err(|_| damaged("a negative number"))
    }

    pub(super) fn text(&mut self, index: usize) -> Result<String, Failure> {
        self.optional_text(index)?.ok_or_else(|| damaged("an empty column"))
    }

    pub(super) fn optional_text(&mut self, index: usize) -> Result<Option<String>, Failure> {
        match self.0.get(index) {
            Some(Cell::Null) => Ok(None),
            _ => String::from_utf8(self.bytes(index)?).map(Some).map_err(|_| damaged("text that is not UTF-8")),
        }
    }

    /// Takes the bytes of a column.
    pub(super) fn bytes(&mut self, index: usize) -> Result<Vec<u8>, Failure> {
        match self.0.get_mut(index) {
            Some(Cell::Bytes(bytes)) => Ok(std::mem::take(bytes)),
            _ => Err(damaged("a column that is not text")),
        }
    }

    pub(super) fn hash(&mut self, index: usize) -> Result<Hash, Failure> {
        let bytes = self.bytes(index)?;
        bytes.try_into().map(Hash).map_err(|_| damaged("a hash that does not have 32 bytes"))
    }
}

/// Returns the failure of tables with something that feats did not write.
pub(super) fn damaged(found: &str) -> Failure {
    Error::new(ErrorKind::Corrupt, format!("the tables contain {found}; restore them from a backup")).into()
}

/// Returns a time to live in milliseconds, within a range whose sum with the time of a clock does not overflow.
pub(super) fn milliseconds(ttl: Duration) -> i64 {
    const MAX_MILLISECONDS: i64 = i64::MAX / 4;
    i64::try_from(ttl.as_millis()).unwrap_or(MAX_MILLISECONDS).min(MAX_MILLISECONDS)
}

/// Returns the length of a page of all entries: at least 1.
pub(super) fn page_limit(limit: usize) -> i64 {
    const MAX_PAGE: i64 = 10_000;
    i64::try_from(limit).unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE)
}

/// Returns a list with a text for each row, given the number of the row's first parameter.
pub(super) fn numbered<T>(rows: &[T], first: usize, parameters: usize, text: impl Fn(usize) -> String) -> String {
    let texts: Vec<String> = rows.iter().enumerate().map(|(index, _)| text(first + index * parameters)).collect();
    texts.join(", ")
}
