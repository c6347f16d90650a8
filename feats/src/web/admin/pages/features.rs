//! All features: what is live for each.

use axum::response::{IntoResponse, Response};
use maud::html;

use crate::web::admin::access::Action;
use crate::web::admin::failure::Failure;
use crate::web::admin::layout::{Section, feature_link, page as layout};
use crate::web::admin::visit::Visit;

pub(crate) async fn page(visit: Visit) -> Result<Response, Failure> {
    visit.require(Action::View, None)?;
    let declarations = visit.declarations();
    let content = html! {
        div.head { div { h1 { "Features" } p { (declarations.len()) " features in " code { (visit.app().program()) } "." } } }
        section.card {
            table {
                thead { tr { th { "Feature" } th { "What is live" } } }
                tbody { @for feature in &declarations { tr { td { (feature_link(&feature.name)) } td {} } } }
            }
        }
    };
    Ok(layout(&visit, Section::Features, "Features", content).into_response())
}
