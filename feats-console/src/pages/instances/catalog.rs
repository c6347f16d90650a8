//! The page of a catalog: the declarations of one version of a program.

use feats::model::{Catalog, Declaration};
use maud::{Markup, html};

use crate::access::Action;
use crate::components::{Pager, address, feature_link, swatch};
use crate::request_context::RequestContext;

pub(super) fn show(context: &RequestContext, key: &str, catalog: &Catalog, page: Option<usize>) -> Markup {
    let may_view = |feature: &&Declaration| context.may(Action::View, Some(&feature.name));
    let features: Vec<&Declaration> = catalog.features.iter().filter(may_view).collect();
    let pager = Pager::new(page, features.len());
    html! {
        div.head { div {
            p.crumb { a href="instances" { "Instances" } }
            h1 { (catalog.program) " " (catalog.version) }
            p { "Features and segments that this version declares." }
        } }
        section.card {
            header { h2 { "Features" } }
            @if features.is_empty() {
                div.empty { b { "No features" } }
            } @else {
                table.list {
                    thead { tr {
                        th scope="col" { "Feature" } th scope="col" { "Implementations" } th scope="col" { "Declared in" }
                    } }
                    tbody { @for feature in pager.rows(&features) { (row(feature)) } }
                }
                (pager.links("instances", &[("catalog", key)]))
            }
        }
        @if !catalog.segments.is_empty() {
            section.card {
                header { h2 { "Segments" } }
                div.in { @for (index, segment) in catalog.segments.iter().enumerate() {
                    @if index > 0 { ", " }
                    a href=(address("segments", &[("name", &segment.name)])) { (segment.name) }
                } }
            }
        }
    }
}

fn row(feature: &Declaration) -> Markup {
    html! {
        tr {
            td { (feature_link(&feature.name)) }
            td {
                @for (index, name) in feature.names().enumerate() {
                    @if index > 0 { ", " }
                    b.choice { (swatch(feature, name)) (name) }
                    @if name == feature.default_implementation() { span.quiet { " (default)" } }
                }
            }
            td {
                @match &feature.location {
                    Some(origin) => { (origin.crate_name) " " (origin.version) br; span.quiet { (origin.module) } }
                    None => span.quiet { "run time" },
                }
            }
        }
    }
}
