//! Fields that people do not see.

use maud::{Markup, html};

/// What a form says without being asked.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}
