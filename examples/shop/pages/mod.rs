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

/// The Content-Security-Policy: only resources of the shop, and no inline scripts or styles.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The name of the user at this machine, who operates the shop.
pub(crate) const SHOPKEEPER: &str = "shopkeeper";

/// Returns the routes of the shop. All decisions of a request use the same snapshot, so that a change never shows only in part.
/// `overrides` apply to the shopkeeper's browser only.
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

/// Returns the configuration of the console. Only this machine can reach the shop, so every user is the shopkeeper.
fn console(overrides: Overrides) -> Console {
    Console::new().actor_from(|_| Some(Actor::new(SHOPKEEPER).role(Role::Admin))).overrides(overrides)
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}
