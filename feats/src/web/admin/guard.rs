//! What stands before every page: limits, the same origin for writes, and headers that tell browsers what not to do.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use super::failure::Failure;
use super::visit::Console;

/// The largest body, in bytes: a draft of the largest state that anybody edits by hand. Larger states are for the command
/// line and for code.
pub(super) const BODY: usize = 1 << 20;
/// The longest address, in bytes.
const ADDRESS: usize = 8 << 10;
/// The longest sum of all header names and values, in bytes.
const HEADERS: usize = 32 << 10;
/// The longest that a request may take.
const TIME: Duration = Duration::from_secs(15);

/// Nothing from elsewhere and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every answer.
const HEADERS_SET: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

pub(super) fn guarded(routes: Router<Arc<Console>>, console: &Arc<Console>) -> Router<Arc<Console>> {
    let trusted = console.admin.trusted_origins.iter();
    let csrf = trusted.fold(CsrfLayer::new(), |layer, origin| match layer.clone().add_trusted_origin(origin) {
        Ok(layer) => layer,
        Err(error) => {
            tracing::warn!(origin, %error, "this is no origin, and is not trusted");
            layer
        }
    });
    let csrf = csrf.with_rejection_response(|_| Failure::OtherOrigin.into_response());
    let mut routes = routes
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY))
        .layer(csrf)
        .layer(middleware::from_fn(bounded))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
        .layer(CompressionLayer::new());
    for (name, value) in HEADERS_SET {
        routes = routes.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    // Pages differ by who asks, and show what is live now. Assets say otherwise themselves.
    routes
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::appending(VARY, HeaderValue::from_static("cookie")))
}

/// Refuses what is too long to be meant, paths that are not written as they are meant, and writes that do not say where they
/// come from.
async fn bounded(request: Request, next: Next) -> Response {
    if is_disguised(&request) {
        return Failure::NoPage.into_response();
    }
    let headers = request.headers();
    let length: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > ADDRESS || length > HEADERS {
        return Failure::TooLarge.into_response();
    }
    if !request.method().is_safe() && !says_where_from(&request) {
        return Failure::OtherOrigin.into_response();
    }
    next.run(request).await
}

/// Whether the path has an empty part, which nesting leaves out: a guard that a program puts before the console would have
/// looked at another path than the one that is answered.
fn is_disguised(request: &Request) -> bool {
    let asked = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(asked)| asked);
    asked.path().contains("//")
}

/// Every browser says so with a write. What does not say so may be anything.
fn says_where_from(request: &Request) -> bool {
    let headers = request.headers();
    // By HTTP/2 the host comes with the address.
    let says_where_to = headers.contains_key(HOST) || request.uri().authority().is_some();
    headers.contains_key("sec-fetch-site") || (headers.contains_key(ORIGIN) && says_where_to)
}
