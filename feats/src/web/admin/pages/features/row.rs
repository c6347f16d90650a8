//! One feature in the list of all.

use std::sync::Arc;

use maud::{Markup, html};

use super::wanted::{Found, is_expired};
use crate::model::Timestamp;
use crate::sync::Status;
use crate::web::admin::layout::{address, feature_link};
use crate::web::admin::parts::{bar, first_sentence, legend, say, when};
use crate::web::admin::summaries::Live;

/// What a row shows.
pub(super) struct Row<'a> {
    found: &'a Found,
    live: Arc<Live>,
    quarantined: bool,
    expired: bool,
}

impl<'a> Row<'a> {
    pub(super) fn new(found: &'a Found, status: &Status, now: Timestamp) -> Self {
        let name = found.feature.name();
        let quarantine = status.quarantined.iter().find(|known| known.feature == name);
        Self {
            found,
            live: found.summary.live(&found.feature, quarantine, now),
            quarantined: quarantine.is_some(),
            expired: is_expired(found.feature.declaration(), now),
        }
    }
}

pub(super) fn row(row: &Row<'_>) -> Markup {
    let declaration = row.found.feature.declaration();
    html! {
        tr {
            td {
                (feature_link(&declaration.name))
                @let doc = first_sentence(&declaration.doc);
                @if !doc.is_empty() { p.quiet { (doc) } }
                (tags(row))
            }
            td {
                p.say { (say(declaration, &row.live.sentence)) }
                @if !row.live.shares.is_empty() {
                    (bar(declaration, &row.live.shares))
                    @if row.live.shares.len() > 1 { (legend(declaration, &row.live.shares)) }
                }
            }
            td.when { (change(row)) }
        }
    }
}

fn tags(row: &Row<'_>) -> Markup {
    let declaration = row.found.feature.declaration();
    html! {
        p.tags {
            @if row.quarantined { span.tag.stop { "quarantined" } " " }
            @if row.found.summary.pinned { span.tag.stop { "pinned" } " " }
            @if row.found.summary.experiment { span.tag.live { "experiment runs" } " " }
            @if let (true, Some(day)) = (row.expired, &declaration.expires) { span.tag.warn { "stale: expired " (day) } " " }
            @if let Some(kind) = declaration.kind { span.tag { (kind) } " " }
            @if let Some(owner) = &declaration.owner { span.tag { (owner) } }
        }
    }
}

fn change(row: &Row<'_>) -> Markup {
    html! {
        @match &row.found.summary.change {
            Some(change) => {
                a href=(address("history", &[("name", row.found.feature.name())])) { (when(change.time)) }
                p.quiet {
                    (change.author)
                    @if !change.comment.is_empty() { " · " (change.comment) }
                }
            }
            None => span.quiet { "never" },
        }
    }
}
