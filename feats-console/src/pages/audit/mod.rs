//! Audit: every revision of every feature, newest first.

mod change;
mod export;
mod merge;
mod query;
mod sending;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use self::change::Change;
use self::merge::{Merge, Searched};
use self::query::AuditQuery;
use crate::access::Action;
use crate::components::{address, when};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

pub(crate) use self::export::{csv, json};

/// How many revisions are on a page. Each of them is compared with the one before it.
const SHOWN: usize = 25;

/// So many are looked through for one page. Where a search finds little, the next page goes on.
const SEARCHED: usize = 1_000;

/// So many newer ones are passed over on the way to an older page.
const SKIPPED: usize = 10_000;

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let mut merge = Merge::new(&context, &query, SKIPPED)?;
    let searched = merge.search(&query, SHOWN, SEARCHED).await?;
    let changes = Change::read_all(&searched.found).await?;
    let content = html! {
        div.head {
            div {
                h1 { "Audit" }
                p { "Who changed what, when and why, for all features, newest first." }
            }
            div.acts {
                @for (name, path) in [("CSV", "audit.csv"), ("JSON", "audit.json")] {
                    a.btn href=(address(path, &query.filters())) download { "Export " (name) }
                }
            }
        }
        (tools(&query))
        section.card #found {
            @if changes.is_empty() { (nothing(&query, &searched)) }
            @for change in &changes { (change.show()) }
        }
        (further(&query, &searched))
    };
    Ok(layout(&context, Section::Audit, "Audit", content).into_response())
}

fn tools(query: &AuditQuery) -> Markup {
    html! {
        form.tools role="search" action="audit" method="get" {
            label.f.wide { "Feature" input type="search" name="feature" value=(query.feature) autocomplete="off"; }
            label.f { "Author" input type="text" name="author" value=(query.author) autocomplete="off"; }
            label.f { "Reason" input type="text" name="text" value=(query.text) autocomplete="off"; }
            button.btn type="submit" { "Find" }
        }
    }
}

fn nothing(query: &AuditQuery, searched: &Searched) -> Markup {
    html! {
        div.empty {
            @if let Some(oldest) = searched.next.as_ref() {
                b { "Nothing like that since " (when(oldest.time)) "." }
                "There are older changes to look through."
            } @else if query.filters().is_empty() && query.before.is_none() {
                b { "Nothing was changed yet." }
                "Whatever somebody publishes stands here, with who did it and why."
            } @else {
                b { "Nothing like that." }
                a href="audit" { "Show all changes" }
            }
        }
    }
}

/// Links to the newest changes and to older ones.
fn further(query: &AuditQuery, searched: &Searched) -> Markup {
    let filters = query.filters();
    html! {
        @if query.before.is_some() || searched.next.is_some() {
            nav.pages aria-label="Pages" {
                span { @if query.before.is_some() { a.btn href=(address("audit", &filters)) { "Newest" } } }
                @if let Some(next) = &searched.next {
                    @let next = next.to_string();
                    @let parameters: Vec<_> = filters.iter().copied().chain([("before", next.as_str())]).collect();
                    a.btn rel="next" href=(address("audit", &parameters)) {
                        @if searched.found.len() < SHOWN { "Look further back" } @else { "Older" }
                    }
                }
            }
        }
    }
}
