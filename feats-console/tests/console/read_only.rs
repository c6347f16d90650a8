//! The console of an app whose store is read-only.

use axum::http::StatusCode;
use feats::store::{Memory, ReadOnly};

use crate::fixture::{console_on, payments};

#[tokio::test]
async fn a_change_on_a_read_only_store_is_refused_and_the_page_says_that_nothing_was_published() {
    let memory = Memory::new();
    let writer = console_on(memory.clone(), [payments()]).await;
    let console = console_on(ReadOnly::new(memory), [payments()]).await;
    let pin = [("name", "Payments"), ("base", "0"), ("what", "pin"), ("choice", "premium")];
    for fields in [&pin[..], &[("what", "create"), ("name", "SEARCH")]] {
        let answer = console.post("/publish", fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{fields:?}: {}", answer.body);
        let text = "Nothing was published: the store of this program is read-only.";
        assert!(answer.body.contains(text), "{fields:?}: {}", answer.body);
    }
    assert_eq!(writer.post("/publish", &pin).await.status, StatusCode::SEE_OTHER);
}
