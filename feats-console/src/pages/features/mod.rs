//! The list of features with their live states, and its filters.

mod list_context;
mod origin;
mod query;
mod row;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::model::{Declaration, FeatureKind};
use maud::{Markup, html};

use self::list_context::ListContext;
use self::origin::Origin;
use self::query::{FeatureQuery, Found, Sort, StatusFilter};
use self::row::{Row, row};
use crate::access::Action;
use crate::components::{Pager, address, hidden};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<FeatureQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let all = context.declarations();
    let list = ListContext::load(&context).await;
    let found = query.find(&context, &all, &list);
    let pager = Pager::new(query.page, found.features.len());
    let rows = pager.rows(&found.features).iter().map(|found| Row::new(found, &list));
    let content = html! {
        div.head { div {
            h1 { "Features" }
            p { (found.totals.label(None)) " in " code { (context.app().program()) } " and the programs that share its store. Bars: last hour's use, else the published split." }
        }
            @if context.may(Action::CreateFlag, None) { div.acts { a.btn href="new-flag" { "New flag" } } }
        }
        (filters(&query, &owners(&all)))
        @if found.totals.has_flags() { nav.origins #origins aria-label="Origin" { (origins(&query, &found)) } }
        p.count #count role="status" { (result_count(&query, &found)) }
        section.card #found {
            @if found.features.is_empty() {
                (empty_state(&query, &found))
            } @else {
                table.list {
                    thead { tr {
                        th scope="col" { "Feature" } th scope="col" { "Live" }
                        th scope="col" { "Uses, last hour" } th scope="col" { "Last change" }
                    } }
                    tbody { @for feature in rows { (row(&feature)) } }
                }
                (pager.links("features", &query.parameters()))
            }
        }
    };
    Ok(layout(&context, Section::Features, "Features", content).into_response())
}

/// Renders the filters. With JavaScript, typing updates the table; without it, the button submits the form.
fn filters(query: &FeatureQuery, owners: &[&str]) -> Markup {
    let kind = |kind: FeatureKind| (kind.to_string(), kind.to_string());
    let kinds = [FeatureKind::Release, FeatureKind::Experiment, FeatureKind::Ops, FeatureKind::Permission].map(kind);
    let owners: Vec<_> = owners.iter().map(|owner| ((*owner).to_owned(), (*owner).to_owned())).collect();
    let states = StatusFilter::ALL.map(|state| (state.as_str().to_owned(), state.label().to_owned()));
    let sorts = [(Sort::Changed.as_str().to_owned(), "Last change".to_owned())];
    html! {
        form.tools role="search" action="features" method="get"
            hx-get="features" hx-trigger="input delay:250ms, submit" hx-select="#found" hx-target="#found"
            hx-swap="outerHTML" hx-select-oob="#count:innerHTML,#origins:innerHTML" hx-replace-url="true" hx-sync="this:replace" {
            @if let Some(origin) = query.origin { (hidden("origin", origin.as_str())) }
            label.f.wide {
                "Search"
                input type="search" name="q" value=(query.q) placeholder="Feature, implementation, owner" autocomplete="off";
            }
            (choice("Kind", "kind", "Any kind", &kinds, query.kind.map(|kind| kind.to_string()).as_deref()))
            @if !owners.is_empty() { (choice("Owner", "owner", "Any owner", &owners, query.owner.as_deref())) }
            (choice("Status", "state", "Any status", &states, query.state.map(StatusFilter::as_str)))
            (choice("Sort by", "sort", "Name", &sorts, query.sort.map(Sort::as_str)))
            button.btn type="submit" { "Search" }
        }
    }
}

fn choice(label: &str, name: &str, any: &str, options: &[(String, String)], chosen: Option<&str>) -> Markup {
    html! {
        label.f {
            (label)
            select name=(name) {
                option value="" { (any) }
                @for (value, text) in options {
                    option value=(value) selected[chosen == Some(value.as_str())] { (text) }
                }
            }
        }
    }
}

/// Renders the links that filter by origin. Each has the number of features that match the other filters.
fn origins(query: &FeatureQuery, found: &Found) -> Markup {
    let all = [(None, "All")].into_iter().chain(Origin::ALL.map(|origin| (Some(origin), origin.label())));
    html! {
        @for (origin, label) in all {
            a href=(address("features", &query.parameters_of(origin))) aria-current=[(query.origin == origin).then_some("true")] {
                (label) " " span.num { (found.matches.of(origin)) }
            }
        }
    }
}

fn result_count(query: &FeatureQuery, found: &Found) -> String {
    match query.is_everything() {
        true => String::new(),
        false => format!("{} of {}", found.features.len(), found.totals.label(query.origin)),
    }
}

fn empty_state(query: &FeatureQuery, found: &Found) -> Markup {
    let in_archive = found.matches.of(Some(Origin::Archived));
    html! {
        div.empty {
            @if found.totals.of(None) == 0 && query.is_everything() {
                b { "No features yet" }
                "Declare one in code with " code { "#[feats::feature]" } ". It appears here when the program runs."
            } @else if in_archive > 0 {
                b { "No matches" }
                a href=(address("features", &query.parameters_of(Some(Origin::Archived)))) { (in_archive) " in the archive" }
            } @else {
                b { "No matches" }
                a href="features" { "Show all features" }
            }
        }
    }
}

fn owners(all: &[impl AsRef<Declaration>]) -> Vec<&str> {
    let mut owners: Vec<&str> = all.iter().filter_map(|feature| feature.as_ref().owner.as_deref()).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}
