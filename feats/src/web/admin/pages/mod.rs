//! The pages, and the addresses at which they are: all one step deep, and named by query parameters.

mod audit;
mod compare;
mod experiments;
mod explain;
mod features;
mod history;
mod root;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(super) use self::explain::Recent;
use super::visit::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/", get(root::to_features))
        .route("/audit", get(audit::page))
        .route("/audit.csv", get(audit::csv))
        .route("/audit.json", get(audit::json))
        .route("/compare", get(compare::page))
        .route("/experiments", get(experiments::page))
        .route("/explain", get(explain::page))
        .route("/features", get(features::page))
        .route("/history", get(history::page))
}
