//! Pages of all entries of a capability, for copies from one store to another.

use crate::error::{Error, ErrorKind, Result};

/// A page of all entries of a capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan<T> {
    /// The entries.
    pub entries: Vec<T>,
    /// The position of the next page, opaque to everyone but the store; `None` after the last page.
    pub next: Option<String>,
}

/// The position of an entry in the order of two names, such as kind and key.
pub(super) type NamePosition = (String, String);

/// Encodes the position after an entry.
pub(super) fn encode_position(position: &NamePosition) -> String {
    serde_json::json!(position).to_string()
}

/// Decodes the position after which a page starts.
///
/// # Errors
/// [`ErrorKind::Invalid`] if it is not the output of [`encode_position`].
pub(super) fn decode_position(after: Option<&str>) -> Result<Option<NamePosition>> {
    after.map(|after| serde_json::from_str(after).map_err(|_| foreign_position())).transpose()
}

/// Returns the error for a position that the store did not return.
pub(super) fn foreign_position() -> Error {
    Error::new(ErrorKind::Invalid, "this position of a scan is not of this store; start the scan again")
}

/// Returns the error of a store that cannot list the entries of a capability.
pub(super) fn not_listed(capability: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("the store cannot list its {capability}, so they cannot be copied"))
}
