//! Permissions depend on the newest revision of the store, even if this server has not loaded it yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use feats::store::Memory;
use feats_console::{Action, Actor, Console, Role};
use futures_util::stream;
use serde_json::json;

use super::everyone;
use crate::fixture::{TestConsole, console_on, payments};
use crate::troubled::Troubled;

/// A console whose users may do everything but pin.
pub fn without_pin() -> Console {
    Console::new()
        .actor_from(|_| Some(Actor::new("eve").role(Role::Admin)))
        .authorize(|_, action, _| action != Action::Pin)
}

/// Two servers of one store, of which the second one receives no updates.
pub async fn servers() -> (TestConsole, TestConsole) {
    let memory = Memory::new();
    let first = console_on(memory.clone(), [payments()]).await;
    first.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "").await;
    let silent = Troubled { memory, is_silent: true, ..Troubled::default() };
    let second = console_on(silent, [payments()]).await;
    (first, TestConsole::with(second.app, without_pin()))
}

pub async fn newest(console: &TestConsole) -> feats::State {
    let revisions = console.app.feature_named("Payments").expect("declared").history().await.expect("a history");
    feats::State::from_json(revisions[0].state_json())
}

#[tokio::test]
async fn an_edit_on_an_outdated_server_does_not_remove_a_pin() {
    let (first, behind) = servers().await;
    let pinned = json!({ "pinned": "premium", "otherwise": { "static": "acme" } });
    first.publish("Payments", pinned.clone(), "grace", "an incident").await;
    for draft in [everyone("acme"), everyone("aperture"), json!({ "pinned": "aperture" }).to_string()] {
        for path in ["/publish", "/preview", "/feature"] {
            let fields = [("name", "Payments"), ("what", "edit"), ("base", "2"), ("draft", draft.as_str())];
            let answer = behind.post(path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {draft}: {}", answer.body);
        }
    }
    assert_eq!(newest(&behind).await.pinned.as_deref(), Some("premium"));
    // An edit that keeps the pin is allowed.
    let kept = json!({ "pinned": "premium", "otherwise": { "static": "aperture" } }).to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "2"), ("draft", kept.as_str())];
    assert_eq!(behind.post("/publish", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_edit_does_not_set_a_pin_on_an_emptied_store() {
    let is_emptied = Arc::new(AtomicBool::new(false));
    let store = Troubled { is_silent: true, is_emptied: Arc::clone(&is_emptied), ..Troubled::default() };
    let console = console_on(store, [payments()]).await;
    console.publish("Payments", json!({ "pinned": "premium" }), "grace", "").await;
    let eve = TestConsole::with(console.app.clone(), without_pin());
    is_emptied.store(true, Ordering::Relaxed);
    // The draft has the pin of this server's copy or another pin.
    for pin in ["premium", "aperture"] {
        let answer = eve.publish_draft("Payments", 0, &json!({ "pinned": pin }).to_string()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{pin}: {}", answer.body);
        let revisions = eve.app.feature_named("Payments").expect("declared").history().await.expect("a history");
        assert!(revisions.is_empty());
    }
    assert_eq!(eve.publish_draft("Payments", 0, &everyone("acme")).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn no_operation_unpins_without_the_permission_to_pin() {
    let (console, _) = servers().await;
    let pinned = json!({ "pinned": "premium", "otherwise": { "static": "acme" } });
    console.publish("Payments", pinned, "grace", "").await;
    let eve = TestConsole::with(console.app.clone(), without_pin());
    let draft = everyone("acme");
    let operations: [&[(&str, &str)]; 6] = [
        &[("what", "edit"), ("draft", &draft)],
        &[("what", "unpin")],
        &[("what", "pin"), ("choice", "acme")],
        &[("what", "rollback"), ("version", "1"), ("unpin", "yes")],
        &[("what", "rollback"), ("version", "0"), ("unpin", "yes")],
        // A removal also removes the pin.
        &[("what", "remove")],
    ];
    for fields in operations {
        let fields = [&[("name", "Payments"), ("base", "2")], fields].concat();
        for path in ["/preview", "/publish"] {
            assert_eq!(eve.post(path, &fields).await.status, StatusCode::FORBIDDEN, "{path} {fields:?}");
        }
    }
    assert_eq!(eve.version("Payments"), 2);
    let back = [("name", "Payments"), ("what", "rollback"), ("version", "1"), ("base", "2")];
    assert_eq!(eve.post("/publish", &back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(newest(&eve).await.pinned.as_deref(), Some("premium"), "a rollback keeps the pin");
}

#[tokio::test]
async fn a_rebased_draft_has_the_pin_of_the_newest_version() {
    let (console, _) = servers().await;
    console.publish("Payments", json!({ "pinned": "premium", "otherwise": { "static": "acme" } }), "grace", "").await;
    let eve = TestConsole::with(console.app.clone(), without_pin());
    let draft = everyone("aperture");
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", draft.as_str()), ("do", "merge")];
    let merged = eve.post("/feature", &fields).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.body);
    assert!(merged.body.contains("&quot;pinned&quot;:&quot;premium&quot;"), "{}", merged.body);
    // A merge that would change the pin is rejected.
    let pinning = json!({ "pinned": "acme", "otherwise": { "static": "aperture" } }).to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", pinning.as_str()), ("do", "merge")];
    assert_eq!(eve.post("/feature", &fields).await.status, StatusCode::FORBIDDEN);
}

/// An unread body costs nothing and reveals nothing.
#[tokio::test]
async fn the_body_of_a_sender_who_may_not_write_is_not_read() {
    let (console, _) = servers().await;
    let denied = |actor: Actor, allows: bool| {
        Console::new()
            .actor_from(move |_| Some(actor.clone()))
            .authorize(move |_, action, _| allows || action == Action::View)
    };
    let senders = [
        (denied(Actor::anonymous(), true), false),
        (denied(Actor::new("vic"), true), false),
        (denied(Actor::new("ada").role(Role::Admin), false), false),
        (denied(Actor::new("ada").role(Role::Edit), true), true),
    ];
    for (settings, reads) in senders {
        let console = TestConsole::with(console.app.clone(), settings);
        for path in super::WRITES {
            let read = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&read);
            let body = stream::once(async move {
                flag.store(true, Ordering::Relaxed);
                Ok::<_, std::convert::Infallible>(Bytes::from_static(b"name=Payments&what=unpin&base=1"))
            });
            let request = console.form(path, &[]).header("sec-fetch-site", "same-origin").body(Body::from_stream(body));
            let mut request = request.expect("a request");
            request.headers_mut().remove(CONTENT_LENGTH);
            let answer = console.send(request).await;
            assert_eq!(read.load(Ordering::Relaxed), reads, "{path}");
            assert!(reads || answer.status == StatusCode::FORBIDDEN, "{path}: {}", answer.status);
        }
    }
}
