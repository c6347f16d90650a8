//! Two revisions compared.

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
async fn two_revisions_are_compared_in_words_and_line_by_line() {
    let page = two_revisions().await.page("/compare?name=Payments&from=1&to=2").await;
    let words = between(&page, "In words", "</section>");
    assert!(between(words, "class=\"del\"", "</li>").contains(" 5 %"), "{words}");
    assert!(between(words, "class=\"add\"", "</li>").contains(" 10 %"), "{words}");
    let (before, after) = columns(&page);
    assert!(before.contains("<span class=\"del\">") && before.contains("&quot;aperture&quot;: 5"), "{before}");
    assert!(after.contains("<span class=\"add\">") && after.contains("&quot;aperture&quot;: 10"), "{after}");
    assert!(page.contains("a canary") && page.contains("more of it"), "{page}");
}

#[tokio::test]
async fn without_versions_the_newest_is_compared_with_the_one_before() {
    let console = two_revisions().await;
    assert!(console.page("/compare?name=Payments").await.contains("<h1>From 1 to 2</h1>"));
    assert!(console.page("/compare?name=Payments&to=1").await.contains("<h1>From 0 to 1</h1>"));
}

#[tokio::test]
async fn before_anything_was_published_is_a_version_too() {
    let console = two_revisions().await;
    let page = console.page("/compare?name=Payments&from=2&to=0").await;
    let (before, after) = columns(&page);
    assert!(before.contains("class=\"del\"") && !after.contains("class=\"add\""), "{page}");
    assert!(page.contains("everybody got the default"), "{page}");
    let form = between(&page, "action=\"preview\" method=\"post\"", "</form>");
    assert!(form.contains("name=\"base\" value=\"2\"") && form.contains("name=\"version\" value=\"0\""), "{form}");
}

#[tokio::test]
async fn the_newest_revision_needs_no_way_back() {
    let page = two_revisions().await.page("/compare?name=Payments&from=1&to=2").await;
    assert!(!page.contains("action=\"preview\""), "{page}");
}

#[tokio::test]
async fn equal_revisions_say_so() {
    let page = two_revisions().await.page("/compare?name=Payments&from=2&to=2").await;
    assert!(page.contains("They say the same") && page.contains("equal lines"), "{page}");
}

#[tokio::test]
async fn a_version_that_does_not_exist_is_no_page() {
    let console = two_revisions().await;
    let answer = console.get("/compare?name=Payments&from=1&to=99").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("there is no version 99"), "{}", answer.body);
    assert_eq!(console.get("/compare?name=Payments&from=one").await.status, StatusCode::BAD_REQUEST);
    let huge = format!("/compare?name=Payments&from={}", u64::MAX);
    assert_eq!(console.get(&huge).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_one_may_not_see_is_not_compared() {
    let console = console().await;
    console.publish("SecretProject", json!({ "otherwise": { "static": "on" } }), "auditor", "hush").await;
    assert_eq!(console.get("/compare?name=SecretProject&from=0&to=1").await.status, StatusCode::NOT_FOUND);
    assert!(console.asked_by("auditor").page("/compare?name=SecretProject").await.contains("hush"));
}

#[tokio::test]
async fn nothing_that_was_written_is_markup() {
    let console = console().await;
    let when = json!({ "segment": "Country", "in": [MARKUP] });
    let state = json!({ "rules": [{ "name": MARKUP, "when": when, "select": { "static": "premium" } }] });
    console.publish("Payments", state, MARKUP, MARKUP).await;
    let page = console.page("/compare?name=Payments&from=0&to=1").await;
    assert!(page.matches("&lt;script&gt;").count() >= 6, "{page}");
}
