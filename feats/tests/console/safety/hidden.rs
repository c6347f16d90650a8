//! What one may not see does not exist: not by name, not in lists, not by what is said of it.

use axum::http::StatusCode;
use serde_json::json;

use super::{PAGES, WRITES, everyone};
use crate::fixture::{Console, console};

/// Hidden from ada, and published by somebody who says why.
async fn with_a_secret() -> Console {
    let console = console().await;
    console.publish("SecretProject", json!({ "pinned": "on" }), "grace", "we buy the moon").await;
    console.publish("Payments", json!({ "pinned": "acme" }), "grace", "").await;
    console
}

#[tokio::test]
async fn a_hidden_feature_is_answered_like_one_that_does_not_exist() {
    let console = with_a_secret().await;
    for page in ["feature", "history", "compare", "explain"] {
        let hidden = console.get(&format!("/{page}?name=SecretProject")).await;
        let unknown = console.get(&format!("/{page}?name=NoSuchProjectt")).await;
        assert_eq!((hidden.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{page}");
        assert_eq!(hidden.body.replace("SecretProject", ""), unknown.body.replace("NoSuchProjectt", ""), "{page}");
        assert_eq!(hidden.headers, unknown.headers, "{page}");
    }
    let draft = everyone("off");
    for path in WRITES {
        for what in ["edit", "pin", "unpin", "rollback", "remove"] {
            let ask = async |name| {
                let fields = [
                    ("name", name),
                    ("what", what),
                    ("base", "1"),
                    ("draft", &draft),
                    ("choice", "off"),
                    ("version", "0"),
                ];
                console.post(path, &fields).await
            };
            let (hidden, unknown) = (ask("SecretProject").await, ask("NoSuchProject").await);
            assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path} {what}");
            assert_eq!((hidden.status, &hidden.body), (unknown.status, &unknown.body), "{path} {what}");
        }
    }
    assert_eq!(console.version("SecretProject"), 1);
}

#[tokio::test]
async fn no_page_tells_of_a_hidden_feature() {
    let console = with_a_secret().await;
    for path in PAGES {
        let answer = console.get(path).await;
        for secret in ["SecretProject", "skunkworks", "we buy the moon"] {
            assert!(!answer.body.contains(secret), "{path} tells of {secret}");
        }
    }
    for search in [
        "features?q=Secret",
        "features?owner=skunkworks",
        "audit?feature=SecretProject",
        "audit?q=moon",
        "segments?name=Country",
    ] {
        let answer = console.get(&format!("/{search}")).await;
        assert!(!answer.body.contains("SecretProject</a>") && !answer.body.contains("we buy the moon"), "{search}");
    }
    let auditor = console.asked_by("auditor");
    assert!(auditor.page("/features").await.contains("SecretProject"), "who may see it does");
    assert!(auditor.page("/audit").await.contains("we buy the moon"));
}
