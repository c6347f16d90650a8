//! The way back to an earlier revision.

use maud::{Markup, html};

use super::hidden::hidden;

/// A button that previews a rollback. `newest` is the version that the visitor saw as the newest one.
pub(crate) fn way_back(feature: &str, newest: u64, version: u64) -> Markup {
    html! {
        form action="preview" method="post" {
            (hidden("name", feature))
            (hidden("base", &newest.to_string()))
            (hidden("what", "rollback"))
            (hidden("version", &version.to_string()))
            button.btn { "Roll back to this…" span.sr { " (version " (version) ")" } }
        }
    }
}
