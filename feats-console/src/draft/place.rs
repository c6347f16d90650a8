//! Places in a state that can be edited.

use std::fmt;
use std::str::FromStr;

/// A rule by its position, or what happens where no rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Rule(usize),
    Otherwise,
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "otherwise" => Ok(Place::Otherwise),
            at => at.parse().map(Place::Rule).map_err(|_| ()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Rule(at) => write!(f, "{at}"),
            Place::Otherwise => f.write_str("otherwise"),
        }
    }
}
