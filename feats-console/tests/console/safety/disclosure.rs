//! Disclosure: no page shows the errors of a store, which name hosts, files and users.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::StatusCode;
use feats::App;
use feats_console::{Actor, Console, Role};
use serde_json::json;

use super::{PAGES, WRITES, everyone};
use crate::fixture::{Answer, TestConsole, console_on, payments, secret};
use crate::troubled::Troubled;

/// Parts of the error of an unreachable store.
pub const SECRETS: [&str; 5] = ["prod-7", "internal", "6379", "/srv/secret/place", "refused"];

fn consoles(app: &App) -> [(&'static str, TestConsole); 3] {
    let console =
        |actor: Actor| TestConsole::with(app.clone(), Console::new().actor_from(move |_| Some(actor.clone())));
    [
        ("anonymous", console(Actor::anonymous())),
        ("viewer", console(Actor::new("vic").role(Role::View))),
        ("editor", console(Actor::new("eve").role(Role::Edit))),
    ]
}

fn is_discreet(answer: &Answer, secrets: &[&str], who: &str, path: &str) {
    let header = format!("{:?}", answer.headers);
    for secret in secrets {
        assert!(
            !answer.body.contains(secret) && !header.contains(secret),
            "{path} shows {secret} to {who}: {}",
            answer.body
        );
    }
    if answer.status.is_server_error() && !path.contains("publish") {
        assert!(answer.body.contains("The store can't be read. Reference: "), "{path}: {}", answer.body);
    }
}

/// Requests every page and sends every form, and returns the number of server errors.
async fn request_everything(console: &TestConsole, secrets: &[&str], who: &str) -> usize {
    let mut failed = 0;
    let more = [
        "/history?name=Payments&before=2",
        "/compare?name=Payments&from=1&to=2",
        "/audit?before=0.1.Payments",
        "/features?sort=changed",
    ];
    for path in PAGES.into_iter().chain(more) {
        let answer = console.get(path).await;
        failed += usize::from(answer.status.is_server_error());
        // Editors see the store's error above every page, but not as the error of the page.
        if who != "editor" || answer.status.is_server_error() {
            is_discreet(&answer, secrets, who, path);
        }
    }
    let draft = everyone("premium");
    for path in WRITES {
        for what in ["edit", "pin", "unpin", "rollback", "remove"] {
            for base in ["0", "1", "2", "3"] {
                let fields = [
                    ("name", "Payments"),
                    ("what", what),
                    ("base", base),
                    ("draft", &draft),
                    ("choice", "acme"),
                    ("version", "1"),
                    ("do", "merge"),
                ];
                let answer = console.post(path, &fields).await;
                if who != "editor" {
                    is_discreet(&answer, secrets, who, path);
                }
                // The error of the page itself is the same for all users.
                for part in
                    answer.body.split("class=\"bad\"").skip(1).chain(answer.body.split("role=\"alert\"").skip(2))
                {
                    let part = part.split("</p>").next().unwrap_or_default();
                    assert!(!secrets.iter().any(|secret| part.contains(secret)), "{path} {what} {base}: {part}");
                }
            }
        }
    }
    failed
}

#[tokio::test]
async fn no_page_shows_the_error_of_an_unreachable_store() {
    let is_away = Arc::new(AtomicBool::new(false));
    let store = Troubled { is_away: Arc::clone(&is_away), ..Troubled::default() };
    let shop = console_on(store, [payments(), secret()]).await;
    shop.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "").await;
    shop.publish("Payments", json!({ "otherwise": { "static": "premium" } }), "grace", "").await;
    is_away.store(true, Ordering::Relaxed);
    for (who, console) in consoles(&shop.app) {
        assert!(request_everything(&console, &SECRETS, who).await >= 4, "some pages need the store");
    }
}

/// The error has a kind that invalid input also has, and names no store.
#[tokio::test]
async fn no_page_shows_the_error_of_a_custom_store() {
    let store = Troubled { loses_history: true, ..Troubled::default() };
    let shop = console_on(store, [payments(), secret()]).await;
    shop.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "").await;
    for (who, console) in consoles(&shop.app) {
        for path in ["/history?name=Payments", "/audit", "/audit.csv", "/audit.json"] {
            let answer = console.get(path).await;
            assert!(!answer.status.is_success(), "{who} {path}: {}", answer.status);
            assert!(!answer.body.contains("the histories are lost"), "{who} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn no_page_shows_the_path_of_a_database_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("very-secret-place.db");
    let store = feats::store::Sqlite::open(&file).expect("opened");
    let shop = console_on(store, [payments(), secret()]).await;
    shop.publish("Payments", json!({ "otherwise": { "static": "acme" } }), "grace", "").await;
    for ending in ["", "-wal", "-shm"] {
        let (from, to) = (format!("{}{ending}", file.display()), format!("{}{ending}.away", file.display()));
        let _ = std::fs::rename(from, to);
    }
    let place = folder.path().display().to_string();
    for (who, console) in consoles(&shop.app) {
        for path in PAGES {
            let answer = console.get(path).await;
            if who != "editor" || answer.status.is_server_error() {
                is_discreet(&answer, &[&place, "very-secret-place"], who, path);
            }
        }
    }
}

#[tokio::test]
async fn a_panic_has_an_error_page() {
    let shop = console_on(feats::store::Memory::new(), [payments()]).await;
    let settings = Console::new().authorize(|_, _, _| panic!("/srv/secret/place"));
    let console = TestConsole::with(shop.app, settings);
    for path in ["/features", "/audit.csv", "/feature?name=Payments"] {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(answer.body.contains("Internal error") && !answer.body.contains("/srv/secret"), "{}", answer.body);
        assert_eq!(answer.headers["x-frame-options"], "DENY");
    }
}
