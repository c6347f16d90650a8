//! Segments: what operators can decide on, and where they do.

mod known;
mod used;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use self::known::{Known, all};
use crate::access::Action;
use crate::failure::Failure;
use crate::layout::{Section, address, page as layout};
use crate::parts::{Pager, first_sentence};
use crate::visit::Visit;

/// Which segment, if one.
#[derive(Deserialize)]
pub(crate) struct Asked {
    name: Option<String>,
    page: Option<usize>,
}

pub(crate) async fn page(visit: Visit, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    visit.require(Action::View, None)?;
    let Query(asked) = asked?;
    let segments = all(&visit.app().catalogs().await?, &visit.declarations());
    let (title, content) = match &asked.name {
        None => ("Segments", list(&segments, asked.page)),
        Some(name) => {
            let segment = segments.iter().find(|segment| segment.name == *name).ok_or(Failure::NoPage)?;
            (segment.name.as_str(), one(&visit, segment, asked.page))
        }
    };
    Ok(layout(&visit, Section::Segments, title, content).into_response())
}

fn list(segments: &[Known], page: Option<usize>) -> Markup {
    let pager = Pager::new(page, segments.len());
    html! {
        div.head { div { h1 { "Segments" } p { "What is known of whoever a feature chooses for: what rules can ask." } } }
        section.card {
            @if segments.is_empty() {
                div.empty {
                    b { "No program has a segment yet." }
                    "One is declared in code, with " code { "#[feats::segment]" } "; then rules can ask for it."
                }
            } @else {
                table.list {
                    thead { tr {
                        th scope="col" { "Segment" } th scope="col" { "Values" } th scope="col" { "Taken from" }
                        th.num scope="col" { "Features" }
                    } }
                    tbody {
                        @for segment in pager.rows(segments) {
                            tr {
                                td {
                                    a.name href=(address("segments", &[("name", &segment.name)])) { (segment.name) }
                                    @let doc = first_sentence(&segment.doc);
                                    @if !doc.is_empty() { p.quiet { (doc) } }
                                }
                                td { (segment.kind) @if !segment.options.is_empty() { ", one of " (segment.options.len()) } }
                                td { (types(segment)) }
                                td.num { (segment.features.len()) }
                            }
                        }
                    }
                }
                (pager.links("segments", &[]))
            }
        }
    }
}

fn one(visit: &Visit, segment: &Known, page: Option<usize>) -> Markup {
    html! {
        div.head { div {
            p.crumb { a href="segments" { "Segments" } }
            h1 { (segment.name) }
            @for paragraph in segment.doc.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) { p { (paragraph) } }
        } }
        section.card {
            header { h2 { "What it says" } }
            div.in { dl.told {
                dt { "Values" } dd { (segment.kind) }
                @if !segment.options.is_empty() {
                    dt { "Options" } dd { @for option in &segment.options { span.val { (option) } " " } }
                }
                dt { "Taken from" } dd { (types(segment)) }
                dt { "Declared in" } dd {
                    @if segment.programs.is_empty() { span.quiet { "no program that publishes a catalog" } }
                    @for (at, program) in segment.programs.iter().enumerate() {
                        @if at > 0 { ", " }
                        a href=(address("instances", &[("catalog", program)])) { (program) }
                    }
                    @for origin in &segment.origins { br; span.quiet { (origin) } }
                }
            } }
        }
        (used::features(visit, segment, page))
    }
}

fn types(segment: &Known) -> Markup {
    html! {
        @if segment.types.is_empty() { span.quiet { "attributes only" } }
        @for (at, name) in segment.types.iter().enumerate() { @if at > 0 { ", " } code { (name) } }
    }
}
