//! Middleware of every page: limits, the origin check of writes, and security headers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::failure::Failure;
use super::origin::Origins;
use super::state::ConsoleState;

/// The largest body, in bytes: enough for a draft of the largest state that a user would edit by hand. Larger states need the
/// command line or code.
pub(super) const MAX_BODY_BYTES: usize = feats::model::limits::MAX_REQUEST_BYTES;
/// The longest address, in bytes.
const MAX_ADDRESS_BYTES: usize = 8 << 10;
/// The largest total size of header names and values, in bytes.
const MAX_HEADER_BYTES: usize = 32 << 10;
/// The longest time that a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// The content security policy: no content from other origins, and none inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every response.
const HEADERS_SET: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

pub(super) fn guarded(routes: Router<Arc<ConsoleState>>, console: &Arc<ConsoleState>) -> Router<Arc<ConsoleState>> {
    let origins = Origins::new(&console.settings.trusted_origins);
    let mut routes = routes
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let refusal = reject(&request, &origins);
            async move {
                match refusal {
                    Some(failure) => failure.into_response(),
                    None => respond_in_time(next.run(request)).await,
                }
            }
        }))
        .layer(CompressionLayer::new());
    for (name, value) in HEADERS_SET {
        routes = routes.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    // Pages depend on the user and show the current state. Assets set their own cache headers.
    routes
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::appending(VARY, HeaderValue::from_static("cookie")))
}

/// Rejects oversized addresses and headers, ambiguous paths, and writes from other origins.
fn reject(request: &Request, origins: &Origins) -> Option<Failure> {
    if has_empty_path_part(request) {
        return Some(Failure::PageNotFound);
    }
    let headers = request.headers();
    let length: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS_BYTES || length > MAX_HEADER_BYTES {
        return Some(Failure::TooLarge);
    }
    let is_foreign = !request.method().is_safe() && !origins.allow(request);
    is_foreign.then_some(Failure::OtherOrigin)
}

/// Turns a panic or a timeout into a response.
async fn respond_in_time(answer: impl Future<Output = Response>) -> Response {
    // Unwind safety: nothing outlives the request but caches, which are consistent at every step.
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match tokio::time::timeout(REQUEST_TIMEOUT, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Failure::Panicked.into_response(),
        Err(_) => Failure::Timeout.into_response(),
    }
}

/// Returns `true` if the path has an empty part. Nesting skips empty parts, so a guard that a program puts in front of the
/// console could have checked another path than the one that is served.
fn has_empty_path_part(request: &Request) -> bool {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(uri)| uri);
    uri.path().contains("//")
}
