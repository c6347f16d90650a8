//! Pages of histories: only those that no append can change are kept.

use feats::model::Entry;
use feats::store::{Cached, Page, Store};

use crate::observed::Observed;
use crate::writing::publish;

async fn with_versions(count: usize) -> (Observed, Cached) {
    let inner = Observed::default();
    for _ in 0..count {
        publish(&inner.memory(), "Feature").await.unwrap();
    }
    (inner.clone(), Cached::new(inner))
}

async fn page(store: &Cached, before: Option<u64>, limit: usize) -> Vec<Entry> {
    store.history("Feature", Page { before, limit }).await.unwrap()
}

#[tokio::test]
async fn a_page_that_no_append_can_change_is_read_once() {
    let (inner, store) = with_versions(10).await;
    for (before, limit) in [(8, 3), (3, 100), (11, 10)] {
        let calls = inner.calls("history");
        let first = page(&store, Some(before), limit).await;
        publish(&inner.memory(), "Feature").await.unwrap();
        for _ in 0..3 {
            assert_eq!(page(&store.clone(), Some(before), limit).await, first);
        }
        assert_eq!(inner.calls("history"), calls + 1, "before {before}");
    }
}

#[tokio::test]
async fn the_newest_page_is_read_every_time() {
    let (inner, store) = with_versions(2).await;
    for (before, limit) in [(None, 1), (None, 100), (Some(100), 2), (Some(4), 100)] {
        let calls = inner.calls("history");
        for _ in 0..3 {
            page(&store, before, limit).await;
        }
        assert_eq!(inner.calls("history"), calls + 3, "before {before:?}");
    }
    let entry = publish(&inner.memory(), "Feature").await.unwrap();
    assert_eq!(page(&store, Some(4), 100).await[0], entry);
}

#[tokio::test]
async fn pages_of_other_features_and_limits_are_separate() {
    let (_, store) = with_versions(5).await;
    assert_eq!(page(&store, Some(5), 2).await.len(), 2);
    assert_eq!(page(&store, Some(5), 3).await.len(), 3);
    assert_eq!(store.history("Other", Page { before: Some(5), limit: 2 }).await.unwrap(), []);
}
