//! Permissions, origins and disclosure, tested over TCP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use feats::attributes;
use serde_json::json;

use super::{Server, form, form_from};
use crate::fixture::{TestConsole, console, console_on, payments, secret};
use crate::safety::disclosure::SECRETS;
use crate::safety::permissions::{newest, servers, without_pin};
use crate::safety::{PAGES, WRITES, everyone};
use crate::troubled::Troubled;

#[tokio::test]
async fn an_edit_on_an_outdated_server_does_not_remove_a_pin() {
    let (first, behind) = servers().await;
    first.publish("Payments", json!({ "pinned": "premium", "otherwise": { "static": "acme" } }), "grace", "").await;
    let server = Server::start(&behind).await;
    for base in ["2", "02", "+2", " 2"] {
        for draft in [everyone("acme"), "{}".to_owned(), json!({ "pinned": null }).to_string()] {
            for path in ["/publish", "/preview", "/feature"] {
                let fields = [("name", "Payments"), ("what", "edit"), ("base", base), ("draft", draft.as_str())];
                let reply = server.ask(&form("eve", path, &fields)).await;
                let is_refused = reply.status == 403 || base != "2" && matches!(reply.status, 400 | 422);
                assert!(is_refused, "{path} {base:?} {draft}: {}", reply.head);
            }
        }
    }
    assert_eq!(newest(&behind).await.pinned.as_deref(), Some("premium"));
}

#[tokio::test]
async fn an_edit_does_not_set_a_pin_on_an_emptied_store() {
    let is_emptied = Arc::new(AtomicBool::new(false));
    let store = Troubled { is_silent: true, is_emptied: Arc::clone(&is_emptied), ..Troubled::default() };
    let console = console_on(store, [payments()]).await;
    console.publish("Payments", json!({ "pinned": "premium" }), "grace", "").await;
    is_emptied.store(true, Ordering::Relaxed);
    let eve = TestConsole::with(console.app.clone(), without_pin());
    let server = Server::start(&eve).await;
    for pin in ["premium", "aperture"] {
        let draft = json!({ "pinned": pin }).to_string();
        let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
        assert_eq!(server.ask(&form("eve", "/publish", &fields)).await.status, 403, "{pin}");
    }
    let revisions = eve.app.feature_named("Payments").expect("declared").history().await.expect("a history");
    assert!(revisions.is_empty());
}

#[tokio::test]
async fn swapped_slots_move_no_unit() {
    let console = console().await;
    let rollout = json!({ "rollout": { "by": "UserId", "weights": { "acme": 50, "premium": 50 } } });
    console.publish("Payments", json!({ "otherwise": rollout }), "grace", "").await;
    let assignments = || -> Vec<String> {
        let feature = console.app.feature_named("Payments").expect("declared");
        (0..40_i64).map(|unit| feature.trace(&attributes! { "UserId" => unit }).choice).collect()
    };
    let before = assignments();
    let mut draft = console.state("Payments").to_json();
    draft["otherwise"]["rollout"]["slots"].as_array_mut().expect("slots").reverse();
    let draft = draft.to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "1"), ("draft", draft.as_str())];
    let server = Server::start(&console).await;
    assert_eq!(server.ask(&form("eve", "/publish", &fields)).await.status, 303);
    assert_eq!((console.version("Payments"), assignments()), (2, before));
}

#[tokio::test]
async fn an_error_page_shows_an_anonymous_viewer_neither_path_nor_address() {
    let is_away = Arc::new(AtomicBool::new(false));
    let store = Troubled { is_away: Arc::clone(&is_away), ..Troubled::default() };
    let console = console_on(store, [payments(), secret()]).await;
    console.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "").await;
    is_away.store(true, Ordering::Relaxed);
    let server = Server::start(&console).await;
    let mut failed = 0;
    for path in
        PAGES.into_iter().chain(["/nothing", "//audit", "/audit?before=x", "/compare?name=Payments&from=1&to=2"])
    {
        let reply = server.get("", path).await;
        failed += usize::from(reply.status >= 500);
        for secret in SECRETS {
            assert!(
                !reply.head.contains(secret) && !reply.body.contains(secret),
                "{path} contains {secret}: {}",
                reply.body
            );
        }
    }
    assert!(failed >= 4, "{failed} pages need the store");
}

#[tokio::test]
async fn empty_repeated_and_malformed_origins_are_rejected() {
    let console = console().await;
    let server = Server::start(&console).await;
    let draft = everyone("premium");
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
    for origin in [
        "",
        "Origin:\r\n",
        "Origin: \r\n",
        "Sec-Fetch-Site:\r\n",
        "Sec-Fetch-Site:\t\r\n",
        "Sec-Fetch-Site:\r\nOrigin:\r\n",
        "Sec-Fetch-Site: same-origin\r\nOrigin:\r\n",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: same-origin\r\nsec-fetch-site: cross-site\r\n",
        "Origin: http://ops.example\r\nOrigin: http://ops.example\r\n",
        "Origin: http://ops.example\r\nORIGIN: https://evil.example\r\n",
        "Origin: http://ops.example, http://ops.example\r\n",
        "Origin: http://ops.example\r\nHost: ops.example\r\n",
        "Origin: http://ops.example\x01\r\n",
        "Origin: http://ops.example\r\n Sec-Fetch-Site: same-origin\r\n",
    ] {
        for path in WRITES {
            let reply = server.ask(&form_from(origin, "ada", path, &fields)).await;
            assert!(matches!(reply.status, 400 | 403), "{path} {origin:?}: {}", reply.head);
            assert!(super::header(&reply.head, "set-cookie").is_none());
        }
    }
    assert_eq!(console.version("Payments"), 0, "nothing is written");
    assert_eq!(server.ask(&form("ada", "/publish", &fields)).await.status, 303);
}
