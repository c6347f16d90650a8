//! Pins in combination with other changes.

use axum::http::StatusCode;
use serde_json::json;

use crate::fixture::{TestConsole, between, console};

/// A pinned feature with one rule.
async fn pinned() -> TestConsole {
    let console = console().await;
    let state = json!({ "rules": [{ "name": "Canada", "select": { "static": "premium" } }] });
    console.publish("Payments", state, "ada", "").await;
    let fields = [("name", "Payments"), ("base", "1"), ("what", "pin"), ("choice", "aperture")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    console
}

async fn previewed(console: &TestConsole, more: &[(&str, &str)]) -> String {
    let answer = console.post("/preview", &[&[("name", "Payments"), ("base", "2")], more].concat()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_rollback_keeps_the_pin_and_offers_to_unpin() {
    let console = pinned().await;
    for (version, label) in [("0", "Undo everything"), ("1", "Roll back to version 1")] {
        let page = previewed(&console, &[("what", "rollback"), ("version", version)]).await;
        let note = between(&page, "<form class=\"note", "</form>");
        assert!(note.contains("The pin stays: everyone gets aperture."), "{page}");
        assert!(note.contains("Unpin too…"), "{page}");
        let both = previewed(&console, &[("what", "rollback"), ("version", version), ("unpin", "yes")]).await;
        assert!(both.contains(&format!("{label} and unpin")), "{both}");
        assert!(!both.contains("The pin stays"), "{both}");
        assert!(both.contains("name=\"unpin\" value=\"yes\""), "the form unpins too: {both}");
    }
    // Version 1 differs from the live state only in the pin.
    let page = previewed(&console, &[("what", "rollback"), ("version", "1")]).await;
    assert!(page.contains("everyone stays pinned to"), "{page}");
    let fields = [("name", "Payments"), ("base", "2"), ("what", "rollback"), ("version", "0"), ("unpin", "yes")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let state = console.app.feature_named("Payments").expect("a feature").state();
    assert_eq!((state.pinned, state.rules.len()), (None, 0));
}

#[tokio::test]
async fn a_plain_rollback_keeps_the_pin() {
    let console = pinned().await;
    let fields = [("name", "Payments"), ("base", "2"), ("what", "rollback"), ("version", "0")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let feature = console.app.feature_named("Payments").expect("a feature");
    assert_eq!((feature.state().pinned.as_deref(), feature.state().rules.len()), (Some("aperture"), 0));
    // Without a pin there is no notice.
    feature.unpin().publish().await.expect("unpinned");
    let answer =
        console.post("/preview", &[("name", "Payments"), ("base", "4"), ("what", "rollback"), ("version", "1")]);
    let page = answer.await.body;
    assert!(!page.contains("The pin stays") && !page.contains("Unpin too"), "{page}");
}

#[tokio::test]
async fn an_edit_of_a_pinned_feature_takes_effect_after_unpinning() {
    let console = pinned().await;
    let draft = json!({ "pinned": "aperture", "otherwise": { "static": "premium" } }).to_string();
    let fields = [("name", "Payments"), ("base", "2"), ("what", "edit"), ("draft", draft.as_str())];
    let page = console.post("/feature", &fields).await.body;
    assert!(page.contains("this takes effect when it is unpinned"), "{page}");
    assert!(!page.contains("Exact"), "no one moves before: {page}");
}

#[tokio::test]
async fn unpinning_shows_a_version_published_in_the_meantime() {
    let console = pinned().await;
    let changed = json!({ "pinned": "aperture", "otherwise": { "static": "acme" } });
    console.publish("Payments", changed, "grace", "the rules are old").await;
    let page = previewed(&console, &[("what", "unpin")]).await;
    assert!(page.contains("You saw version 2") && page.contains("the rules are old"), "{page}");
    assert!(page.contains("name=\"base\" value=\"3\""), "the form is based on the newest version: {page}");
}

#[tokio::test]
async fn rolling_back_with_unpinning_requires_the_permission_to_pin() {
    use feats_console::{Action, Actor, Console, Role};
    let console = pinned().await;
    let settings = Console::new()
        .actor_from(|_| Some(Actor::new("grace").role(Role::Admin)))
        .authorize(|_, action: Action, _| action != Action::Pin);
    let grace = TestConsole::with(console.app.clone(), settings);
    let fields = [("name", "Payments"), ("base", "2"), ("what", "rollback"), ("version", "0")];
    let page = grace.post("/preview", &fields).await.body;
    assert!(page.contains("The pin stays") && !page.contains("Unpin too"), "{page}");
    let unpin = [&fields[..], &[("unpin", "yes")]].concat();
    assert_eq!(grace.post("/publish", &unpin).await.status, StatusCode::FORBIDDEN);
}
