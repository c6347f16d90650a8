//! The security headers of every response.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::PAGES;
use crate::fixture::{Answer, console};

fn is_guarded(answer: &Answer, what: &str) {
    let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.split("; ").any(|known| known == directive), "{what}: {directive} is not in {policy:?}");
    }
    assert!(!policy.contains("unsafe"), "{what}: {policy}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1, "{what}");
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let console = console().await;
    for path in PAGES {
        let answer = console.get(path).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {}", answer.status);
        is_guarded(&answer, path);
        assert!(answer.headers["cache-control"].to_str().is_ok_and(|value| value.contains("no-store")), "{path}");
        assert!(
            !answer.body.contains(" style=") && !answer.body.contains("<style") && !answer.body.contains(" onclick="),
            "{path}"
        );
    }
    for (path, status) in [
        ("/no-such-page", StatusCode::NOT_FOUND),
        ("/feature?name=Missing", StatusCode::NOT_FOUND),
        ("/history", StatusCode::BAD_REQUEST),
        ("/publish", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        is_guarded(&answer, path);
    }
    let long = console.get(&format!("/features?q={}", "x".repeat(9_000))).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    is_guarded(&long, "a long address");
    let foreign =
        Request::post("/publish").header("sec-fetch-site", "cross-site").body(Body::empty()).expect("a request");
    is_guarded(&console.send(foreign).await, "another site");
    is_guarded(&console.post("/publish", &[("name", "Payments")]).await, "an incomplete form");
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let console = console().await;
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "PROPFIND"] {
        let request = Request::builder().method(method).uri("/publish").header("sec-fetch-site", "same-origin");
        let answer = console.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        is_guarded(&answer, method);
    }
}
