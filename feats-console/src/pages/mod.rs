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
use axum::routing::{MethodRouter, get, post};

pub(super) use self::explain::Recent;
use super::visit::ConsoleState;

/// Every page, by its address.
pub(super) fn table() -> [(&'static str, MethodRouter<Arc<ConsoleState>>); 15] {
    [
        ("/", get(root::to_features)),
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
