//! Both sides of a conflict: their changes and mine, since the version that I saw.

use feats::describe::first_differences;
use feats::model::{Declaration, State, Timestamp};
use maud::{Markup, html};

use super::difference::{MAX_DIFFERENCES, differences};

/// The states of a conflict.
pub(crate) struct Sides<'a> {
    /// The state that both are based on.
    pub(crate) base: &'a State,
    pub(crate) theirs: &'a State,
    pub(crate) mine: &'a State,
}

/// Renders both sides. `all_of_theirs` is the address of a page that has all of their changes.
pub(crate) fn sides(declaration: &Declaration, sides: &Sides<'_>, now: Timestamp, all_of_theirs: &str) -> Markup {
    let changes = |to: &State| first_differences(sides.base, to, now, MAX_DIFFERENCES);
    html! {
        div.two {
            div { h3 { "Their changes" } (differences(declaration, &changes(sides.theirs), Some(all_of_theirs))) }
            div { h3 { "Your changes" } (differences(declaration, &changes(sides.mine), None)) }
        }
    }
}
