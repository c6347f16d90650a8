//! The pages, and the addresses at which they are: all one step deep, and named by query parameters.

mod audit;
mod browser;
mod compare;
mod experiments;
mod explain;
mod feature;
mod features;
mod history;
mod instances;
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

/// Every page, by its address.
pub(super) fn table() -> [(&'static str, MethodRouter<Arc<ConsoleState>>); 15] {
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
        ("/preview", post(preview::page)),
        ("/publish", post(publish::write)),
        ("/segments", get(segments::page)),
    ]
}

pub(super) fn routes() -> Router<Arc<ConsoleState>> {
    table().into_iter().fold(Router::new(), |routes, (path, methods)| routes.route(path, methods))
}

/// Leads to the features. The address is relative: it has to be said from the last part of the path that was asked for,
/// as that is with or without a slash at its end.
async fn to_features(OriginalUri(uri): OriginalUri) -> impl IntoResponse {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    let location = if last.is_empty() { "./features".to_owned() } else { format!("./{last}/features") };
    (StatusCode::SEE_OTHER, [(LOCATION, location)])
}
