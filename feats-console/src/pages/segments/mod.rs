//! The page of segments: the attributes for rules, and the rules that use them.

mod details;
mod usage;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use self::details::{SegmentDetails, all};
use crate::access::Action;
use crate::components::{Pager, address, first_sentence, kind_label};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The query parameters.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    name: Option<String>,
    page: Option<usize>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let segments = all(&context.app().catalogs().await?, &context.declarations());
    let (title, content) = match &query.name {
        None => ("Segments", list(&segments, query.page)),
        Some(name) => {
            let segment = segments.iter().find(|segment| segment.name == *name).ok_or(Failure::PageNotFound)?;
            (segment.name.as_str(), one(&context, segment, query.page))
        }
    };
    Ok(layout(&context, Section::Segments, title, content).into_response())
}

fn list(segments: &[SegmentDetails], page: Option<usize>) -> Markup {
    let pager = Pager::new(page, segments.len());
    html! {
        div.head { div { h1 { "Segments" } p { "Attributes for rules." } } }
        section.card {
            @if segments.is_empty() {
                div.empty {
                    b { "No segments yet" }
                    "Declare one in code with " code { "#[feats::segment]" } "."
                }
            } @else {
                table.list {
                    thead { tr {
                        th scope="col" { "Segment" } th scope="col" { "Values" } th scope="col" { "Source" }
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
                                td { (kind_label(segment.kind)) @if !segment.options.is_empty() { ", one of " (segment.options.len()) } }
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

fn one(context: &RequestContext, segment: &SegmentDetails, page: Option<usize>) -> Markup {
    html! {
        div.head { div {
            p.crumb { a href="segments" { "Segments" } }
            h1 { (segment.name) }
            @for paragraph in segment.doc.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) { p { (paragraph) } }
        } }
        section.card {
            header { h2 { "Details" } }
            div.in { dl.details {
                dt { "Values" } dd { (kind_label(segment.kind)) }
                @if !segment.options.is_empty() {
                    dt { "Options" } dd { @for option in &segment.options { span.val { (option) } " " } }
                }
                dt { "Source" } dd { (types(segment)) }
                dt { "Declared in" } dd {
                    @if segment.programs.is_empty() { span.quiet { "no known program" } }
                    @for (index, program) in segment.programs.iter().enumerate() {
                        @if index > 0 { ", " }
                        a href=(address("instances", &[("catalog", program)])) { (program) }
                    }
                    @for origin in &segment.origins { br; span.quiet { (origin) } }
                }
            } }
        }
        (usage::features(context, segment, page))
    }
}

fn types(segment: &SegmentDetails) -> Markup {
    html! {
        @if segment.types.is_empty() { span.quiet { "attributes only" } }
        @for (index, name) in segment.types.iter().enumerate() { @if index > 0 { ", " } code { (name) } }
    }
}
