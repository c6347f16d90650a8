//! Mistakes: what keeps a form from being in the draft.

use std::fmt;

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    /// Whether the field is merely empty: that is told once it was left.
    pub(crate) is_missing: bool,
}

impl Mistake {
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: false }
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: true }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
