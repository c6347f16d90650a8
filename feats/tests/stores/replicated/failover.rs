//! Reads while the primary is unreachable.

use std::sync::Arc;
use std::time::Duration;

use feats::store::{Page, Replicated, RevisionStamp, Store, WatchEvent};
use feats::{App, ErrorKind};

use super::switched::Switched;
use crate::writing::{publish, revision};

fn pair() -> (Switched, Switched, Replicated) {
    let (primary, replica) = (Switched::default(), Switched::default());
    let store = Replicated::new(primary.clone(), [Arc::new(replica.clone()) as Arc<dyn Store>]);
    (primary, replica, store)
}

#[tokio::test]
async fn without_fail_over_every_read_needs_the_primary() {
    let (primary, _, store) = pair();
    publish(&store, "Feature").await.unwrap();
    primary.set_unreachable(true);
    assert_eq!(store.load().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.history("Feature", Page::default()).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_replica_serves_reads_while_the_primary_is_unreachable() {
    let (primary, replica, store) = pair();
    let store = store.failover_reads();
    let epoch = store.epoch().await.unwrap();
    let entry = publish(&store, "Feature").await.unwrap();
    let before = store.load().await.unwrap();

    primary.set_unreachable(true);
    assert_eq!(store.watch(&before.cursor, Duration::ZERO).await.unwrap(), WatchEvent::Gap);
    let loaded = store.load().await.unwrap();
    assert_eq!(loaded.entries, std::slice::from_ref(&entry));
    assert_ne!(loaded.cursor, before.cursor);
    assert_eq!(store.history("Feature", Page::default()).await.unwrap(), std::slice::from_ref(&entry));
    assert_eq!(store.versions().await.unwrap(), [("Feature".to_owned(), 1)]);
    assert_eq!(store.epoch().await.unwrap(), epoch, "the epoch is that of the primary");
    let other = publish(replica.memory(), "Other").await.unwrap();
    // The first watch asks the primary again.
    let watched = store.watch(&loaded.cursor, Duration::ZERO).await.unwrap();
    assert!(matches!(watched, WatchEvent::Changes { entries, .. } if entries == [other]));
    let warnings = store.check().await.unwrap();
    assert!(warnings[0].contains("nothing can be published"), "{warnings:?}");
    let next = revision("Feature", Some(&entry), 10);
    let error = store.append(RevisionStamp::after(&entry), &next).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_watch_of_a_replica_ends_with_a_gap_once_the_primary_responds_again() {
    let (primary, _, store) = pair();
    let store = store.failover_reads();
    publish(&store, "Feature").await.unwrap();
    primary.set_unreachable(true);
    let mut cursor = store.load().await.unwrap().cursor;
    for _ in 0..3 {
        let watched = store.watch(&cursor, Duration::from_secs(4)).await.unwrap();
        let WatchEvent::Changes { cursor: next, .. } = watched else { panic!("a gap") };
        cursor = next;
    }
    primary.set_unreachable(false);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(store.watch(&cursor, Duration::from_secs(4)).await.unwrap(), WatchEvent::Gap);
    let cursor = store.load().await.unwrap().cursor;
    assert!(cursor.0.starts_with("0!"), "{cursor:?}");
}

#[tokio::test]
async fn without_any_member_that_responds_the_error_is_that_of_the_primary() {
    let (primary, replica, store) = pair();
    let store = store.failover_reads();
    let cursor = store.load().await.unwrap().cursor;
    primary.set_unreachable(true);
    replica.set_unreachable(true);
    assert_eq!(store.load().await.unwrap_err().message(), "unreachable");
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(store.epoch().await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn an_app_that_starts_while_the_primary_is_unreachable_reads_from_a_replica() {
    let (primary, _, store) = pair();
    let start = |store: Replicated| {
        let declared = feats::model::Declaration::new("Payments", ["acme", "premium"]);
        App::builder().store(store).declare(declared).detached().start()
    };
    let app = start(store.clone()).await.unwrap();
    app.feature_named("Payments").unwrap().pin("premium").publish().await.unwrap();
    app.shutdown().await.unwrap();
    primary.set_unreachable(true);
    let app = start(store.failover_reads()).await.unwrap();
    assert!(app.status().is_live(), "{:?}", app.status());
    let payments = app.feature_named("Payments").unwrap();
    assert_eq!(payments.explain(&feats::attributes! {}).value(), "premium");
    assert_eq!(payments.pin("acme").publish().await.unwrap_err().kind(), ErrorKind::Unavailable);
    app.shutdown().await.unwrap();
}
