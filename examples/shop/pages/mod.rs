//! The pages of the shop.

mod checkout;
mod crowd;
mod decision;
mod form;
mod front;
mod layout;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use feats::App;
use feats::admin::{Actor, Admin, Role};

/// What every page can see.
#[derive(Clone)]
pub(crate) struct Shop {
    app: App,
    /// The store as the `feats` command takes it.
    store: String,
}

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The shop as a service.
pub(crate) fn router(app: App, store: String) -> Router {
    let shop = Shop { app: app.clone(), store };
    Router::new()
        .route("/", get(front::page))
        .route("/checkout", post(checkout::page))
        .route("/crowd", get(crowd::page))
        .layer(middleware::from_fn_with_state(shop.clone(), one_snapshot))
        .route("/style.css", get(|| asset("text/css", include_str!("style.css"))))
        .route("/live.js", get(|| asset("text/javascript", include_str!("live.js"))))
        .layer(middleware::map_response(async |response: Response| ([(CONTENT_SECURITY_POLICY, POLICY)], response)))
        .with_state(shop)
        .nest_service("/feats", feats::admin::router(app, console()))
}

/// The operator's console. The shop is open to this machine alone, so whoever is here runs it.
fn console() -> Admin {
    Admin::new().actor_from(|_| Some(Actor::new("shopkeeper").role(Role::Admin)))
}

/// Makes every decision of a request by one snapshot, so that a change between two of them does not show half.
async fn one_snapshot(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    shop.app.scope().run(next.run(request)).await
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}
