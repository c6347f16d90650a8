//! Hidden features: no page reveals that they exist.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use feats::model::{Entry, FORMAT, Header};
use feats::store::{RevisionStamp, Store};
use feats::{State, Timestamp};
use serde_json::json;

use super::{PAGES, WRITES, everyone};
use crate::fixture::{TestConsole, console, console_on, payments, secret};
use crate::troubled::Troubled;

/// A console with a published feature that is hidden from ada.
async fn with_a_secret() -> TestConsole {
    let console = console().await;
    console.publish("SecretProject", json!({ "pinned": "on" }), "grace", "we buy the moon").await;
    console.publish("Payments", json!({ "pinned": "acme" }), "grace", "").await;
    console
}

#[tokio::test]
async fn a_hidden_feature_looks_like_a_missing_one() {
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
async fn no_page_mentions_a_hidden_feature() {
    let console = with_a_secret().await;
    for path in PAGES {
        let answer = console.get(path).await;
        for secret in ["SecretProject", "skunkworks", "we buy the moon"] {
            assert!(!answer.body.contains(secret), "{path} mentions {secret}");
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
    let auditor = console.as_user("auditor");
    assert!(auditor.page("/features").await.contains("SecretProject"), "the auditor sees it");
    assert!(auditor.page("/audit").await.contains("we buy the moon"));
}

/// Warnings about a store can name its location and features.
#[tokio::test]
async fn warnings_about_the_store_are_shown_only_to_operators() {
    let store = Troubled { loses_history: true, ..Troubled::default() };
    for feature in ["Payments", "SecretProject"] {
        // No program can use this state, and the history is lost.
        let header = Header {
            format: FORMAT,
            feature: feature.to_owned(),
            version: 1,
            id: feature.to_owned(),
            previous: RevisionStamp::default().hash,
            author: "grace".to_owned(),
            comment: String::new(),
            time: Timestamp::from(SystemTime::now()),
        };
        let entry = Entry::encode(&header, Some(&State::from_json(&json!({ "pinned": "nothing" })))).expect("written");
        store.append(RevisionStamp::default(), &entry).await.expect("appended");
    }
    let console = console_on(store, [payments(), secret()]).await;
    let both_reported = || {
        let warnings = console.app.status().warnings;
        ["Payments", "SecretProject"].iter().all(|name| warnings.iter().any(|warning| warning.contains(name)))
    };
    let reported = async {
        while !both_reported() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reported).await.expect("both are reported");
    let (warning, place) = ("the histories are lost", "/srv/secret/place");
    let page = console.page("/explain").await;
    assert!(page.contains(warning) && page.contains("Payments"), "{page}");
    assert!(page.contains(place) && !page.contains("SecretProject"), "{page}");
    let page = console.as_user("auditor").page("/explain").await;
    assert_eq!(page.matches(warning).count(), 2, "{page}");
    let anonymous = TestConsole::with(console.app.clone(), feats_console::Console::new());
    let page = anonymous.page("/explain").await;
    assert!(!page.contains(warning) && !page.contains(place), "{page}");
}
