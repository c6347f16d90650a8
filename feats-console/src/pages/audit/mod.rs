//! The audit page: every revision of every feature, newest first.

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
use self::merge::{Merge, SearchResult};
use self::query::AuditQuery;
use crate::access::Action;
use crate::components::{address, when};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

pub(crate) use self::export::{csv, json};

/// The number of revisions per page. Each of them is compared with the previous one.
const REVISIONS_PER_PAGE: usize = 25;

/// The most revisions that are searched for one page. If a search finds few, the next page continues it.
const MAX_SEARCHED: usize = 1_000;

/// The most newer revisions that are skipped to reach an older page.
const MAX_SKIPPED: usize = 10_000;

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let mut merge = Merge::new(&context, &query, MAX_SKIPPED)?;
    let results = merge.search(&query, REVISIONS_PER_PAGE, MAX_SEARCHED).await?;
    let changes = Change::read_all(&results.found).await?;
    let content = html! {
        div.head {
            div {
                h1 { "Audit" }
                p { "All changes of all features, newest first." }
            }
            div.acts {
                @for (name, path) in [("CSV", "audit.csv"), ("JSON", "audit.json")] {
                    a.btn href=(address(path, &query.filters())) download { "Export " (name) }
                }
            }
        }
        (filters(&query))
        section.card #found {
            @if changes.is_empty() { (empty_state(&query, &results)) }
            @for change in &changes { (change.show()) }
        }
        (page_links(&query, &results))
    };
    Ok(layout(&context, Section::Audit, "Audit", content).into_response())
}

fn filters(query: &AuditQuery) -> Markup {
    html! {
        form.tools role="search" action="audit" method="get" {
            label.f.wide { "Feature" input type="search" name="feature" value=(query.feature) autocomplete="off"; }
            label.f { "Author" input type="text" name="author" value=(query.author) autocomplete="off"; }
            label.f { "Reason" input type="text" name="text" value=(query.text) autocomplete="off"; }
            button.btn type="submit" { "Search" }
        }
    }
}

fn empty_state(query: &AuditQuery, results: &SearchResult) -> Markup {
    html! {
        div.empty {
            @if let Some(oldest) = results.next.as_ref() {
                b { "No matches since " (when(oldest.time)) "." }
                "Older changes were not searched yet."
            } @else if query.filters().is_empty() && query.before.is_none() {
                b { "No changes yet" }
                "Published changes appear here."
            } @else {
                b { "No matches" }
                a href="audit" { "Show all changes" }
            }
        }
    }
}

/// Links to the newest changes and to older ones.
fn page_links(query: &AuditQuery, results: &SearchResult) -> Markup {
    let filters = query.filters();
    html! {
        @if query.before.is_some() || results.next.is_some() {
            nav.pages aria-label="Pages" {
                span { @if query.before.is_some() { a.btn href=(address("audit", &filters)) { "Newest" } } }
                @if let Some(next) = &results.next {
                    @let next = next.to_string();
                    @let parameters: Vec<_> = filters.iter().copied().chain([("before", next.as_str())]).collect();
                    a.btn rel="next" href=(address("audit", &parameters)) {
                        @if results.found.len() < REVISIONS_PER_PAGE { "Load older" } @else { "Older" }
                    }
                }
            }
        }
    }
}
