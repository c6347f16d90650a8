//! Conflicts: somebody else has published in between, or the store has lost what the author saw.

use serde_json::Value as Json;

use crate::error::{Conflict, Error, ErrorKind};
use crate::model::Entry;
use crate::text::quoted;

/// Both sides. `base` is the version that the author saw in the store; if the store has less by now, it has lost that.
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
            "somebody published in between: version {} by {} stands now; look at it and publish again",
            entry.version,
            quoted(&conflict.author)
        ),
        None if base == 0 => "the feature has no revision; look at it and publish again".to_owned(),
        current => {
            let has =
                current.map_or_else(|| "no version".to_owned(), |entry| format!("only version {}", entry.version));
            let anew = conflict.version;
            format!(
                "the store was emptied or restored: it has {has} of this feature, while version {base} decides here; \
                 `feats restore` puts that back, and expect_version({anew}) begins anew on what the store has"
            )
        }
    };
    Error::new(ErrorKind::Conflict, message).with_conflict(conflict)
}
