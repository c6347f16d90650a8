//! The pages of the site.

mod front;
mod overrides;
mod site;
mod variants;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use feats::App;
use feats::web::Overrides;
use tower_http::csrf::CsrfLayer;

use self::site::Site;
use crate::gatekeeper;
use crate::visitors::{self, Sessions};

/// The Content-Security-Policy: only the style of the site, and no scripts.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Returns the routes of the site. From the outside in, a request passes the check that a form was sent by a page of the site, gets
/// its visitor, and then its scope, in which everything is decided.
pub(crate) fn router(app: &App, overrides: &Overrides, sessions: Sessions) -> Router {
    Router::new()
        .route("/", get(front::page))
        .route("/login", post(front::log_in))
        .route("/logout", post(front::log_out))
        .route("/variants/{flag}", get(variants::variant))
        .route("/overrides", get(overrides::page))
        .route("/overrides/browser", post(overrides::browser))
        .route("/overrides/user", post(overrides::user))
        .layer(gatekeeper::layer(app, overrides))
        .layer(middleware::from_fn_with_state(sessions.clone(), visitors::identify))
        .layer(CsrfLayer::new())
        .route("/style.css", get(([(CONTENT_TYPE, "text/css")], include_str!("style.css"))))
        .layer(middleware::map_response(async |response: Response| ([(CONTENT_SECURITY_POLICY, POLICY)], response)))
        .with_state(Site::new(app, overrides, sessions))
}
