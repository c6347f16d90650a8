//! A cache is emptied when the epoch of its store changes, and still answers in an outage.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Assignments, Cached, Cursor, Page, Store, WatchEvent};

use crate::observed::Observed;
use crate::writing::publish;

const PAGE: Page = Page { before: Some(3), limit: 2 };

/// Returns a cache that has a page and an assignment.
async fn filled() -> (Observed, Cached) {
    let inner = Observed::default();
    inner.memory().assignments().unwrap().assign("experiment", "ada", "first").await.unwrap();
    for _ in 0..3 {
        publish(&inner.memory(), "Feature").await.unwrap();
    }
    let store = Cached::new(inner.clone());
    assert!(has_both(&store).await);
    (inner, store)
}

/// Returns `true` if the page and the assignment are in the cache or in the store.
async fn has_both(store: &Cached) -> bool {
    let page = store.history("Feature", PAGE).await.unwrap();
    let assigned = store.assigned("experiment", "ada").await.unwrap();
    assert_eq!(page.is_empty(), assigned.is_none());
    assigned.is_some()
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_epoch_is_found_while_the_cache_is_in_use() {
    let (inner, store) = filled().await;
    inner.empty();
    assert!(has_both(&store).await, "the epoch was read just now");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(!has_both(&store).await);
}

#[tokio::test(start_paused = true)]
async fn the_epoch_is_read_rarely() {
    let (inner, store) = filled().await;
    for _ in 0..100 {
        assert!(has_both(&store).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(inner.calls("epoch"), 4, "twice for the pages, and twice for the assignments");
}

#[tokio::test(start_paused = true)]
async fn the_cache_is_emptied_when_the_caller_sees_another_epoch() {
    let (inner, store) = filled().await;
    inner.empty();
    Store::epoch(&store).await.unwrap();
    Assignments::epoch(&store).await.unwrap();
    assert!(!has_both(&store).await);
}

#[tokio::test(start_paused = true)]
async fn after_a_gap_the_epoch_is_read_before_the_cache_is_used() {
    let (inner, store) = filled().await;
    inner.empty();
    assert_eq!(store.watch(&Cursor("of the old epoch".to_owned()), Duration::ZERO).await.unwrap(), WatchEvent::Gap);
    assert!(!has_both(&store).await);
}

#[tokio::test(start_paused = true)]
async fn what_was_read_in_an_earlier_epoch_is_not_kept() {
    let (inner, _) = filled().await;
    let store = Cached::new(inner.clone());
    inner.close_gate();
    let emptying = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        inner.empty();
        Store::epoch(&store).await.unwrap();
        Assignments::epoch(&store).await.unwrap();
        inner.permit(2);
    };
    let (page, assigned, ()) =
        tokio::join!(store.history("Feature", PAGE), store.assigned("experiment", "ada"), emptying);
    assert!(page.unwrap().len() == 2 && assigned.unwrap().is_some(), "read before the store was emptied");
    inner.permit(2);
    assert!(!has_both(&store).await);
}

#[tokio::test(start_paused = true)]
async fn in_an_outage_the_cache_still_answers() {
    let (inner, store) = filled().await;
    inner.set_unreachable(true);
    for _ in 0..3 {
        assert!(has_both(&store).await);
        assert_eq!(store.assign("experiment", "ada", "second").await.unwrap(), "first");
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(store.assigned("experiment", "grace").await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.history("Feature", Page::default()).await.unwrap_err().kind(), ErrorKind::Unavailable);
}
