//! Conflicts: another author has published in the meantime, or the store has lost the revision that the author saw.

use serde_json::Value as Json;

use crate::error::{Conflict, Error, ErrorKind};
use crate::model::Entry;
use crate::text::quoted;

/// Creates the error with both sides. `base` is the version that the author saw; if the store has only older ones, it has
/// lost that version.
pub(super) fn conflict(current: Option<&Entry>, base: u64, yours: Option<&Json>) -> Error {
    let revision = current.and_then(|entry| entry.decode().ok());
    let text = |json: Option<&Json>| json.map_or_else(|| "null".to_owned(), Json::to_string);
    let conflict = Conflict {
        version: current.map_or(0, |entry| entry.version),
        author: revision.as_ref().map_or_else(String::new, |revision| revision.author().to_owned()),
        comment: revision.as_ref().map_or_else(String::new, |revision| revision.comment().to_owned()),
        theirs: text(revision.as_ref().map(|revision| revision.state_json())),
        yours: text(yours),
    };
    let message = match current {
        Some(entry) if entry.version >= base => format!(
            "another author has published in the meantime: the newest version is {} by {}; review it and publish again",
            entry.version,
            quoted(&conflict.author)
        ),
        None if base == 0 => "the feature has no version; review it and publish again".to_owned(),
        current => {
            let newest =
                current.map_or_else(|| "no version".to_owned(), |entry| format!("only version {}", entry.version));
            let expected = conflict.version;
            format!(
                "the store was emptied or restored: it has {newest} of this feature, but version {base} is retained and \
                 decides; restore it with `feats restore`, or publish on the version in the store with \
                 expect_version({expected})"
            )
        }
    };
    Error::new(ErrorKind::Conflict, message).with_conflict(conflict)
}
