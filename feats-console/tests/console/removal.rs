//! Edits of a feature whose state was removed.

use axum::http::StatusCode;
use serde_json::json;

use crate::fixture::{TestConsole, console};

async fn removed() -> TestConsole {
    let console = console().await;
    let state = json!({ "rules": [{ "name": "Canada", "select": { "static": "premium" } }] });
    console.publish("Payments", state, "ada", "").await;
    let answer = console.post("/publish", &[("name", "Payments"), ("base", "1"), ("what", "remove")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    console
}

#[tokio::test]
async fn a_removed_feature_is_edited_as_if_never_published() {
    let console = removed().await;
    let page = console.page("/feature?name=Payments").await;
    assert!(page.contains("Add a rule"), "{page}");
    let step = |more: Vec<(&'static str, &'static str)>| {
        let fields = [("name", "Payments"), ("base", "2"), ("what", "edit"), ("draft", "{}")];
        let console = console.clone();
        async move { console.post("/feature", &[&fields[..], &more].concat()).await }
    };
    let added = step(vec![("do", "add")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    assert!(added.body.contains("New rule"), "{}", added.body);
    let fields =
        [("name", "Payments"), ("base", "2"), ("what", "edit"), ("draft", r#"{"otherwise": {"static": "aperture"}}"#)];
    assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
    let feature = console.app.feature_named("Payments").expect("a feature");
    assert_eq!((feature.version(), &feature.state().to_json()["otherwise"]["static"]), (3, &json!("aperture")));
}

#[tokio::test]
async fn a_removed_feature_is_pinned_unpinned_rolled_back_and_removed_again() {
    for (what, more, pinned, rules) in [
        ("pin", ("choice", "premium"), Some("premium"), 0),
        ("unpin", ("choice", ""), None, 0),
        ("rollback", ("version", "1"), None, 1),
        ("rollback", ("version", "0"), None, 0),
        ("remove", ("choice", ""), None, 0),
    ] {
        let console = removed().await;
        let fields = [("name", "Payments"), ("base", "2"), ("what", what), more];
        assert_eq!(console.post("/preview", &fields).await.status, StatusCode::OK, "{what}");
        assert_eq!(console.post("/publish", &fields).await.status, StatusCode::SEE_OTHER, "{what}");
        let state = console.app.feature_named("Payments").expect("a feature").state();
        assert_eq!((state.pinned.as_deref(), state.rules.len()), (pinned, rules), "{what}");
        console.page("/feature?name=Payments").await;
    }
}

/// One user removed the state that another one edits.
#[tokio::test]
async fn a_draft_is_rebased_on_a_removal() {
    let console = removed().await;
    let draft = json!({ "rules": [
        { "name": "Canada", "select": { "static": "premium" } },
        { "name": "mine", "select": { "static": "aperture" } },
    ] });
    let draft = draft.to_string();
    let fields = [("name", "Payments"), ("base", "1"), ("what", "edit"), ("draft", draft.as_str()), ("do", "merge")];
    let answer = console.post("/feature", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("name=\"base\" value=\"2\"") && answer.body.contains("mine"), "{}", answer.body);
    // The reverse: a draft that is based on the removal.
    console.publish("Payments", json!({ "otherwise": { "static": "premium" } }), "grace", "").await;
    let fields = [("name", "Payments"), ("base", "2"), ("what", "edit"), ("draft", draft.as_str())];
    let conflict = console.post("/publish", &fields).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.body.contains("Another version was published"), "{}", conflict.body);
    let merged = console.post("/feature", &[&fields[..], &[("do", "merge")]].concat()).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.body);
}
