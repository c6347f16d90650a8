//! The pages of the shop.

mod checkout;
mod crowd;
mod decision;
mod form;
mod front;
mod layout;
mod shop;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use feats::App;
use feats::web::{Overrides, ScopeLayer};
use feats_console::{Actor, Console, Role};

use self::shop::Shop;

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who is at this machine, and so runs the shop.
pub(crate) const SHOPKEEPER: &str = "shopkeeper";

/// The shop as a service. Every decision of a request is by one snapshot, so that a change between two of them does not
/// show half; `overrides` are what the shopkeeper's browser alone is shown.
pub(crate) fn router(app: App, store: String, overrides: Overrides) -> Router {
    let scope = ScopeLayer::new(&app).actor(|_| Some(SHOPKEEPER.to_owned())).overrides(overrides.clone());
    let shop = Shop { app: app.clone(), store };
    Router::new()
        .route("/", get(front::page))
        .route("/checkout", post(checkout::page))
        .route("/crowd", get(crowd::page))
        .layer(scope)
        .route("/style.css", get(|| asset("text/css", include_str!("style.css"))))
        .route("/live.js", get(|| asset("text/javascript", include_str!("live.js"))))
        .layer(middleware::map_response(async |response: Response| ([(CONTENT_SECURITY_POLICY, POLICY)], response)))
        .with_state(shop)
        .nest_service("/feats", feats_console::router(app, console(overrides)))
}

/// The operator's console. The shop is open to this machine alone, so its visitor is its shopkeeper.
fn console(overrides: Overrides) -> Console {
    Console::new().actor_from(|_| Some(Actor::new(SHOPKEEPER).role(Role::Admin))).overrides(overrides)
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}
