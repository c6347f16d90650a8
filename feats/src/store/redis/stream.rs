//! Entries of streams, as the server gives them.

use std::fmt;
use std::str::FromStr;

use redis::{FromRedisValue, ParsingError, Value, from_redis_value};

/// The id of an entry: milliseconds, and a number among those of the same millisecond. A history has versions there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct StreamId {
    pub(super) first: u64,
    pub(super) second: u64,
}

/// An entry: its id, and its fields by name. What is not text has no name here.
#[derive(Debug)]
pub(super) struct StreamEntry {
    pub(super) id: StreamId,
    fields: Vec<Field>,
}

type Field = (Vec<u8>, Vec<u8>);

impl StreamEntry {
    /// The bytes of a field.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// A field that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }
}

impl FromRedisValue for StreamEntry {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (id, fields): (String, Vec<Field>) = from_redis_value(value)?;
        let id = id.parse().map_err(|()| ParsingError::from("this is no id of a stream"))?;
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
