//! Pages of all entries of a capability, for copies from one store to another.

use crate::error::{Error, ErrorKind};

/// A page of all entries of a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan<T> {
    /// The entries.
    pub entries: Vec<T>,
    /// The position of the next page, opaque to everyone but the store; `None` after the last page.
    pub next: Option<String>,
}

/// Returns the error of a store that cannot list the entries of a capability.
pub(super) fn not_listed(capability: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("the store cannot list its {capability}, so they cannot be copied"))
}
