//! Differences between two states, as removed and added lines.

use feats::describe::{Difference, FirstDifferences, RichText};
use feats::model::Declaration;
use maud::{Markup, html};

use super::sentence::rich_text;
use super::text::within_budget;

/// The number of differences that are shown; the others are in a collapsed list.
const MAX_OPEN: usize = 12;

/// The markup budget in bytes; differences beyond it are only counted.
const MAX_BYTES: usize = 8 << 10;

/// The most differences that a page requests.
pub(crate) const MAX_DIFFERENCES: usize = 100;

/// Renders as many differences as fit. `rest` is the address of a page that has all of them.
pub(crate) fn differences(declaration: &Declaration, found: &FirstDifferences, rest: Option<&str>) -> Markup {
    let items = within_budget(found.first.iter().map(|difference| item(declaration, difference)), MAX_BYTES);
    let (open, folded) = items.split_at(items.len().min(MAX_OPEN));
    let left = found.total.saturating_sub(items.len());
    html! {
        @if !open.is_empty() { ul.diff { @for item in open { (item) } } }
        @if !folded.is_empty() {
            details { summary { "and " (folded.len()) " more" } ul.diff { @for item in folded { (item) } } }
        }
        @if left > 0 {
            p.quiet { "and " (left) " more" @if let Some(rest) = rest { ": " a href=(rest) { "Show all" } } }
        }
    }
}

fn item(declaration: &Declaration, difference: &Difference) -> Markup {
    html! {
        @match difference {
            Difference::Removed { before } => (was(declaration, &before.text)),
            Difference::Added { after } => (is(declaration, &after.text)),
            Difference::Changed { before, after } if before.text == after.text => li { "~ " (same_text(&after.part)) },
            Difference::Changed { before, after } => {
                (was(declaration, &before.text))
                (is(declaration, &after.text))
            }
            Difference::Reordered { before, after } => {
                (was(declaration, &order(before)))
                (is(declaration, &order(after)))
            }
        }
    }
}

/// Describes a change that the text of its part does not show.
pub(crate) fn same_text(part: &str) -> String {
    let is_data = ["client data ", "value "].iter().any(|kind| part.starts_with(kind));
    match is_data {
        true => format!("{part}: differs after the shown beginning"),
        false => format!("{part}: same text, but a different assignment of users"),
    }
}

fn was(declaration: &Declaration, sentence: &RichText) -> Markup {
    html! { li.del { span aria-hidden="true" { "− " } span.sr { "was: " } (rich_text(declaration, sentence)) } }
}

fn is(declaration: &Declaration, sentence: &RichText) -> Markup {
    html! { li.add { span aria-hidden="true" { "+ " } span.sr { "is: " } (rich_text(declaration, sentence)) } }
}

fn order(names: &[String]) -> RichText {
    RichText::from(format!("Order: {}", names.join(", ")))
}
