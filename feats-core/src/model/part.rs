//! Parts of a state, as named by impacts and warnings.

use std::fmt;

use serde::Serialize;

/// A part of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatePart {
    /// The pin.
    Pinned,
    /// The overrides.
    Overrides,
    /// The rule with this name.
    Rule(String),
    /// The selector for everyone whom no rule matches.
    Otherwise,
}

impl fmt::Display for StatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatePart::Pinned => f.write_str("everyone"),
            StatePart::Overrides => f.write_str("overrides"),
            StatePart::Rule(name) => write!(f, "rule {name:?}"),
            StatePart::Otherwise => f.write_str("everyone else"),
        }
    }
}
