//! Pins beside other changes: what stays pinned is said, and what is unpinned too.

use axum::http::StatusCode;
use serde_json::json;

use crate::fixture::{TestConsole, between, console};

/// A feature with one rule and a pin on it.
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
async fn a_rollback_of_a_pinned_feature_says_that_the_pin_stays_and_offers_to_unpin_too() {
    let console = pinned().await;
    for version in ["0", "1"] {
        let page = previewed(&console, &[("what", "rollback"), ("version", version)]).await;
        let note = between(&page, "<form class=\"note", "</form>");
        assert!(note.contains("The pin stays: everyone gets aperture."), "{page}");
        assert!(note.contains("Unpin too…"), "{page}");
        let both = previewed(&console, &[("what", "rollback"), ("version", version), ("unpin", "yes")]).await;
        assert!(both.contains(&format!("Roll back to {version} and unpin")), "{both}");
        assert!(!both.contains("The pin stays"), "{both}");
        assert!(both.contains("name=\"unpin\" value=\"yes\""), "what is confirmed is both: {both}");
    }
    // Version 1 is what is live but for the pin.
    let page = previewed(&console, &[("what", "rollback"), ("version", "1")]).await;
    assert!(page.contains("everyone stays pinned to"), "{page}");
    let fields = [("name", "Payments"), ("base", "2"), ("what", "rollback"), ("version", "0"), ("unpin", "yes")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let state = console.app.feature_named("Payments").expect("a feature").state();
    assert_eq!((state.pinned, state.rules.len()), (None, 0));
}

#[tokio::test]
async fn a_rollback_alone_leaves_the_pin() {
    let console = pinned().await;
    let fields = [("name", "Payments"), ("base", "2"), ("what", "rollback"), ("version", "0")];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let feature = console.app.feature_named("Payments").expect("a feature");
    assert_eq!((feature.state().pinned.as_deref(), feature.state().rules.len()), (Some("aperture"), 0));
    // Where nothing is pinned, nothing is said of a pin.
    feature.unpin().publish().await.expect("unpinned");
    let answer =
        console.post("/preview", &[("name", "Payments"), ("base", "4"), ("what", "rollback"), ("version", "1")]);
    let page = answer.await.body;
    assert!(!page.contains("The pin stays") && !page.contains("Unpin too"), "{page}");
}

#[tokio::test]
async fn an_edit_of_a_pinned_feature_says_that_it_takes_effect_later() {
    let console = pinned().await;
    let draft = json!({ "pinned": "aperture", "otherwise": { "static": "premium" } }).to_string();
    let fields = [("name", "Payments"), ("base", "2"), ("what", "edit"), ("draft", draft.as_str())];
    let page = console.post("/feature", &fields).await.body;
    assert!(page.contains("this takes effect when it is unpinned"), "{page}");
    assert!(!page.contains("exact, not an estimate"), "nobody moves before: {page}");
}

#[tokio::test]
async fn unpinning_tells_what_somebody_changed_meanwhile() {
    let console = pinned().await;
    let changed = json!({ "pinned": "aperture", "otherwise": { "static": "acme" } });
    console.publish("Payments", changed, "grace", "the rules are old").await;
    let page = previewed(&console, &[("what", "unpin")]).await;
    assert!(page.contains("You saw version 2") && page.contains("the rules are old"), "{page}");
    assert!(page.contains("name=\"base\" value=\"3\""), "it asks about what is live now: {page}");
}

#[tokio::test]
async fn only_who_may_pin_may_roll_back_and_unpin() {
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
