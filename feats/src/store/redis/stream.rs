//! Entries of streams.

use std::fmt;
use std::str::FromStr;

use redis::{FromRedisValue, ParsingError, Value, from_redis_value};

/// The id of an entry: a time in milliseconds, and a number within that millisecond. In a history the first number is the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct StreamId {
    pub(super) first: u64,
    pub(super) second: u64,
}

/// An entry of a stream: its id and its fields.
#[derive(Debug)]
pub(super) struct StreamEntry {
    pub(super) id: StreamId,
    fields: Vec<Field>,
}

type Field = (Vec<u8>, Vec<u8>);

impl StreamEntry {
    /// Returns the bytes of a field.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// Returns a field as text; `None` if it is missing or not UTF-8.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }
}

impl FromRedisValue for StreamEntry {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (id, fields): (String, Vec<Field>) = from_redis_value(value)?;
        let id = id.parse().map_err(|()| ParsingError::from("this is not an id of a stream"))?;
        Ok(Self { id, fields })
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.second)
    }
}

impl FromStr for StreamId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (first, second) = text.split_once('-').ok_or(())?;
        let number = |text: &str| text.parse().map_err(drop);
        Ok(Self { first: number(first)?, second: number(second)? })
    }
}
