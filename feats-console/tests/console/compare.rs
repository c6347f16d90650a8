//! The comparison of two versions.

use axum::http::StatusCode;
use serde_json::json;

use crate::fixture::{MARKUP, TestConsole, between, console};

async fn two_revisions() -> TestConsole {
    let console = console().await;
    let rollout = |aperture, acme| {
        let rollout = json!({ "by": "UserId", "seed": "s", "weights": { "aperture": aperture, "acme": acme } });
        json!({ "rules": [{ "name": "Canary", "select": { "rollout": rollout } }] })
    };
    console.publish("Payments", rollout(5, 95), "ada", "a canary").await;
    console.publish("Payments", rollout(10, 90), "grace", "more of it").await;
    console
}

fn columns(page: &str) -> (&str, &str) {
    let column = |label: &str| between(page, &format!("aria-label=\"{label}\""), "</pre>");
    (column("Before, as JSON"), column("After, as JSON"))
}

#[tokio::test]
async fn two_versions_are_compared_as_differences_and_line_by_line() {
    let page = two_revisions().await.page("/compare?name=Payments&from=1&to=2").await;
    let words = between(&page, "Differences", "</section>");
    assert!(between(words, "class=\"del\"", "</li>").contains(" 5%"), "{words}");
    assert!(between(words, "class=\"add\"", "</li>").contains(" 10%"), "{words}");
    let (before, after) = columns(&page);
    assert!(before.contains("<span class=\"del\">") && before.contains("&quot;aperture&quot;: 5"), "{before}");
    assert!(after.contains("<span class=\"add\">") && after.contains("&quot;aperture&quot;: 10"), "{after}");
    assert!(page.contains("a canary") && page.contains("more of it"), "{page}");
}

#[tokio::test]
async fn by_default_the_newest_version_is_compared_with_the_previous_one() {
    let console = two_revisions().await;
    assert!(console.page("/compare?name=Payments").await.contains("<h1>Version 1 to 2</h1>"));
    assert!(console.page("/compare?name=Payments&to=1").await.contains("<h1>Version 0 to 1</h1>"));
}

#[tokio::test]
async fn version_zero_is_before_anything_was_published() {
    let console = two_revisions().await;
    let page = console.page("/compare?name=Payments&from=2&to=0").await;
    let (before, after) = columns(&page);
    assert!(before.contains("class=\"del\"") && !after.contains("class=\"add\""), "{page}");
    assert!(page.contains("everyone got the default"), "{page}");
    let form = between(&page, "action=\"preview\" method=\"post\"", "</form>");
    assert!(form.contains("name=\"base\" value=\"2\"") && form.contains("name=\"version\" value=\"0\""), "{form}");
}

#[tokio::test]
async fn the_newest_version_has_no_rollback() {
    let page = two_revisions().await.page("/compare?name=Payments&from=1&to=2").await;
    assert!(!page.contains("action=\"preview\""), "{page}");
}

#[tokio::test]
async fn equal_versions_have_no_change() {
    let page = two_revisions().await.page("/compare?name=Payments&from=2&to=2").await;
    assert!(page.contains("No change.") && page.contains("equal lines"), "{page}");
}

#[tokio::test]
async fn a_missing_version_is_not_found() {
    let console = two_revisions().await;
    let answer = console.get("/compare?name=Payments&from=1&to=99").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("there is no version 99"), "{}", answer.body);
    assert_eq!(console.get("/compare?name=Payments&from=one").await.status, StatusCode::BAD_REQUEST);
    let huge = format!("/compare?name=Payments&from={}", u64::MAX);
    assert_eq!(console.get(&huge).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hidden_features_are_not_compared() {
    let console = console().await;
    console.publish("SecretProject", json!({ "otherwise": { "static": "on" } }), "auditor", "hush").await;
    assert_eq!(console.get("/compare?name=SecretProject&from=0&to=1").await.status, StatusCode::NOT_FOUND);
    assert!(console.as_user("auditor").page("/compare?name=SecretProject").await.contains("hush"));
}

#[tokio::test]
async fn everything_is_escaped() {
    let console = console().await;
    let when = json!({ "segment": "Country", "in": [MARKUP] });
    let state = json!({ "rules": [{ "name": MARKUP, "when": when, "select": { "static": "premium" } }] });
    console.publish("Payments", state, MARKUP, MARKUP).await;
    let page = console.page("/compare?name=Payments&from=0&to=1").await;
    assert!(page.matches("&lt;script&gt;").count() >= 6, "{page}");
}
