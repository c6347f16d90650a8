//! The pages and their addresses. Each address is a single path segment with query parameters.

mod audit;
mod browser;
mod compare;
mod experiments;
mod explain;
mod feature;
mod features;
mod history;
mod instances;
mod new_flag;
mod preview;
mod publish;
mod segments;

use std::sync::Arc;

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};

use super::state::ConsoleState;

/// Returns every page with its address.
pub(super) fn table() -> [(&'static str, MethodRouter<Arc<ConsoleState>>); 16] {
    [
        ("/", get(to_features)),
        ("/audit", get(audit::page)),
        ("/audit.csv", get(audit::csv)),
        ("/audit.json", get(audit::json)),
        ("/browser", post(browser::write)),
        ("/compare", get(compare::page)),
        ("/experiments", get(experiments::page)),
        ("/explain", get(explain::page)),
        ("/feature", get(feature::page).post(feature::edit)),
        ("/features", get(features::page)),
        ("/history", get(history::page)),
        ("/instances", get(instances::page)),
        ("/new-flag", get(new_flag::page)),
        ("/preview", post(preview::page)),
        ("/publish", post(publish::write)),
        ("/segments", get(segments::page)),
    ]
}

pub(super) fn routes() -> Router<Arc<ConsoleState>> {
    table().into_iter().fold(Router::new(), |routes, (path, methods)| routes.route(path, methods))
}

/// Redirects to the features. The location is relative to the last part of the requested path, which may lack the trailing
/// slash.
async fn to_features(OriginalUri(uri): OriginalUri) -> impl IntoResponse {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    let location = if last.is_empty() { "./features".to_owned() } else { format!("./{last}/features") };
    (StatusCode::SEE_OTHER, [(LOCATION, location)])
}
