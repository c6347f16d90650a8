//! The pages, and the addresses at which they are: all one step deep, and named by query parameters.

mod audit;
mod browser;
mod compare;
mod experiments;
mod explain;
mod feature;
mod features;
mod foreseen;
mod history;
mod instances;
mod preview;
mod publish;
mod root;
mod segments;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub(super) use self::audit::Exports;
pub(super) use self::explain::Recent;
use super::visit::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/", get(root::to_features))
        .route("/audit", get(audit::page))
        .route("/audit.csv", get(audit::csv))
        .route("/audit.json", get(audit::json))
        .route("/browser", post(browser::write))
        .route("/compare", get(compare::page))
        .route("/experiments", get(experiments::page))
        .route("/explain", get(explain::page))
        .route("/feature", get(feature::page).post(feature::edit))
        .route("/features", get(features::page))
        .route("/history", get(history::page))
        .route("/instances", get(instances::page))
        .route("/preview", post(preview::page))
        .route("/publish", post(publish::write))
        .route("/segments", get(segments::page))
}
