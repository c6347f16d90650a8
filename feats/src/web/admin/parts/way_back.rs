//! The way back to an earlier revision.

use maud::{Markup, html};

/// A button that previews a rollback. `newest` is the version that the visitor saw as the newest one.
pub(crate) fn way_back(feature: &str, newest: u64, version: u64) -> Markup {
    html! {
        form action="preview" method="post" {
            input type="hidden" name="name" value=(feature);
            input type="hidden" name="base" value=(newest);
            input type="hidden" name="what" value="rollback";
            input type="hidden" name="version" value=(version);
            button.btn { "Roll back to this…" span.sr { " (version " (version) ")" } }
        }
    }
}
