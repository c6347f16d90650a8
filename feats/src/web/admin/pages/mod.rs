//! The pages, and the addresses at which they are: all one step deep, and named by query parameters.

mod feature;
mod features;
mod foreseen;
mod preview;
mod publish;
mod root;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::visit::Console;

pub(super) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/", get(root::to_features))
        .route("/feature", get(feature::page).post(feature::edit))
        .route("/features", get(features::page))
        .route("/preview", post(preview::page))
        .route("/publish", post(publish::write))
}
