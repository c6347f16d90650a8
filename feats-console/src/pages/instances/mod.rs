//! The page of instances: the programs that use this store, and implementations that some of them lack.

mod catalog;
mod missing;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::Instance;
use feats::model::{Catalog, Timestamp};
use feats::text::counted;
use maud::{Markup, html};
use serde::Deserialize;

use self::missing::{MissingImplementation, find_missing};
use crate::access::Action;
use crate::components::{address, feature_link, when};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The time after which an instance is late. Instances send a heartbeat every 20 seconds, so it has missed two.
const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(45);

/// The most missing implementations that are shown.
const MAX_ROWS: usize = 50;

/// The query parameters.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    catalog: Option<String>,
    page: Option<usize>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let catalogs = context.app().catalogs().await?;
    let (title, content) = match &query.catalog {
        None => ("Instances", all(&context, &catalogs, context.app().instances().await?)),
        Some(key) => {
            let catalog = catalogs.get(key).ok_or(Failure::PageNotFound)?;
            (key.as_str(), catalog::show(&context, key, catalog, query.page))
        }
    };
    Ok(layout(&context, Section::Instances, title, content).into_response())
}

fn all(context: &RequestContext, catalogs: &BTreeMap<String, Catalog>, instances: Vec<Instance>) -> Markup {
    let mut running: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
    for instance in &instances {
        running.entry(&instance.catalog).or_default().push(instance);
    }
    let live = catalogs.iter().filter(|(key, _)| running.contains_key(key.as_str()));
    let mut missing = find_missing(live);
    missing.retain(|missing| context.may(Action::View, Some(missing.feature)));
    let stopped: Vec<_> = catalogs.iter().filter(|(key, _)| !running.contains_key(key.as_str())).collect();
    html! {
        div.head { div {
            h1 { "Instances" }
            p { "Running programs that use this store (self-reported every 20 seconds)." }
        } }
        (warning(&missing))
        @if running.is_empty() {
            section.card { div.empty {
                b { "No running programs" }
                "A program appears here once it declares a feature, if the store supports instances."
            } }
        }
        @for (key, instances) in &running { (program(context, key, catalogs.get(*key), instances)) }
        @if !stopped.is_empty() { (not_running(context, &stopped)) }
    }
}

/// Warns about implementations that need a confirmation, because a running program does not know them.
fn warning(missing: &[MissingImplementation<'_>]) -> Markup {
    html! {
        @if !missing.is_empty() {
            div.note #unknown {
                b { "Some running programs lack an implementation." }
                " They can't serve it, so an admin must confirm to publish it."
                ul {
                    @for entry in missing.iter().take(MAX_ROWS) {
                        li {
                            b { (entry.implementation) } " of " (feature_link(entry.feature)) ": missing in "
                            (entry.without.join(", ")) "; available in " (entry.with.join(", "))
                        }
                    }
                    @if missing.len() > MAX_ROWS { li { "and " (missing.len() - MAX_ROWS) " more" } }
                }
            }
        }
    }
}

/// Renders one version of a program with its processes.
fn program(context: &RequestContext, key: &str, catalog: Option<&Catalog>, instances: &[&Instance]) -> Markup {
    let first = instances.first();
    let name = first.map_or_else(|| key.to_owned(), |first| format!("{} {}", first.program, first.version));
    let now = Timestamp::from(SystemTime::now());
    html! {
        section.card {
            header {
                h2 { (name) }
                span.quiet { (counted(instances.len(), "process")) " · " (declares(context, key, catalog)) }
            }
            div.scroll tabindex="0" role="region" aria-label={ "Processes of " (name) } { table {
                thead { tr {
                    th.num scope="col" { "Process" } th scope="col" { "Status" } th scope="col" { "Started" }
                    th scope="col" { "Last seen" } th.num scope="col" { "Retained" }
                } }
                tbody {
                    @for instance in instances {
                        tr {
                            td.num title={ "Instance " (instance.id) } { (instance.pid) }
                            td {
                                @if now.since(instance.heartbeat) > HEARTBEAT_TIMEOUT { span.tag.warn { "late" } } @else { span.tag.ok { "live" } }
                            }
                            td { (when(instance.started)) }
                            td { (when(instance.heartbeat)) }
                            td.num { (instance.retained) }
                        }
                    }
                }
            } }
            @if let Some(catalog) = catalog { (attributes(catalog)) }
        }
    }
}

fn attributes(catalog: &Catalog) -> Markup {
    html! {
        @if !catalog.attributes.is_empty() {
            footer {
                span.quiet { "Attributes: " }
                @for (index, (name, value)) in catalog.attributes.iter().enumerate() {
                    @if index > 0 { ", " }
                    b.seg { (name) } " is " span.val { @if let Some(text) = value.as_str() { (text) } @else { (value) } }
                }
            }
        }
    }
}

fn not_running(context: &RequestContext, stopped: &[(&String, &Catalog)]) -> Markup {
    html! {
        section.card {
            header { h2 { "Not running" } }
            div.scroll tabindex="0" role="region" aria-label="Programs that are not running" { table {
                thead { tr { th scope="col" { "Program" } th scope="col" { "Version" } th scope="col" { "Declares" } } }
                tbody {
                    @for (key, catalog) in stopped {
                        tr { td { (catalog.program) } td { (catalog.version) } td { (declares(context, key, Some(catalog))) } }
                    }
                }
            } }
        }
    }
}

fn declares(context: &RequestContext, key: &str, catalog: Option<&Catalog>) -> Markup {
    html! {
        @match catalog {
            Some(catalog) => {
                @let seen = catalog.features.iter().filter(|feature| context.may(Action::View, Some(&feature.name))).count();
                a href=(address("instances", &[("catalog", key)])) { (counted(seen, "feature")) }
            }
            None => "no catalog",
        }
    }
}
