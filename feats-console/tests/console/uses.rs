//! What is told of uses where it only decorates: it is never what a page waits for.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::StatusCode;

use crate::fixture::{Answer, TestConsole, console_on, encoded, payments};
use crate::troubled::Troubled;

const CARD: &str = "aria-labelledby=\"uses\"";

/// A change of a field, as htmx sends it.
async fn step(console: &TestConsole) -> Answer {
    let fields = [("name", "Payments"), ("base", "0"), ("what", "edit"), ("draft", "{}")];
    let request =
        console.form("/feature", &fields).header("sec-fetch-site", "same-origin").header("hx-request", "true");
    console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await
}

#[tokio::test]
async fn uses_are_read_for_a_page_and_not_for_its_steps() {
    let store = Troubled::default();
    let asked = Arc::clone(&store.asked);
    let console = console_on(store, [payments()]).await;
    assert!(!step(&console).await.body.contains(CARD));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(console.page("/feature?name=Payments").await.contains(CARD));
    let read = asked.load(Ordering::Relaxed);
    assert!(read > 0);
    assert!(step(&console).await.body.contains(CARD), "what was known stays");
    assert_eq!(asked.load(Ordering::Relaxed), read);
}

/// With the clock paused every time limit ends at once, the shortest one first.
#[tokio::test]
async fn pages_come_without_what_the_store_does_not_tell() {
    let console = console_on(Troubled { hangs: true, ..Troubled::default() }, [payments()]).await;
    tokio::time::pause();
    let answer = console.get("/feature?name=Payments").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body.contains(CARD), "{}", answer.body);
}
