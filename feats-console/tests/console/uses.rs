//! The card of uses, for which a page never waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::StatusCode;

use crate::fixture::{Answer, TestConsole, console_on, encoded, payments};
use crate::troubled::Troubled;

const CARD: &str = "aria-labelledby=\"uses\"";

/// Sends the change of a field like htmx.
async fn step(console: &TestConsole) -> Answer {
    let fields = [("name", "Payments"), ("base", "0"), ("what", "edit"), ("draft", "{}")];
    let request =
        console.form("/feature", &fields).header("sec-fetch-site", "same-origin").header("hx-request", "true");
    console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await
}

#[tokio::test]
async fn uses_are_read_for_a_page_and_not_for_its_steps() {
    let store = Troubled::default();
    let reads = Arc::clone(&store.usage_reads);
    let console = console_on(store, [payments()]).await;
    assert!(!step(&console).await.body.contains(CARD));
    assert_eq!(reads.load(Ordering::Relaxed), 0);
    assert!(console.page("/feature?name=Payments").await.contains(CARD));
    let before = reads.load(Ordering::Relaxed);
    assert!(before > 0);
    assert!(step(&console).await.body.contains(CARD), "the cached card stays");
    assert_eq!(reads.load(Ordering::Relaxed), before);
}

/// While the clock is paused, every timeout elapses at once, the shortest first.
#[tokio::test]
async fn a_page_does_not_wait_for_a_hanging_store() {
    let console = console_on(Troubled { hangs: true, ..Troubled::default() }, [payments()]).await;
    tokio::time::pause();
    let answer = console.get("/feature?name=Payments").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body.contains(CARD), "{}", answer.body);
}
