//! Watching and writing under load, and through an outage.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{AppendOutcome, Consul, RevisionStamp, Store, WatchEvent};

use super::{server, store};
use crate::writing::{publish, revision};

#[tokio::test]
async fn a_watcher_that_is_too_far_behind_gets_a_gap() {
    let Some(server) = server() else { return };
    let store = store(server, "behind");
    let mut last = publish(&store, "Fee").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    for _ in 0..256 {
        let next = revision("Fee", Some(&last), 10);
        store.append(RevisionStamp::after(&last), &next).await.unwrap();
        last = next;
    }
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap(), WatchEvent::Gap);
    assert_eq!(store.epoch().await.unwrap(), epoch, "nothing is lost");
    assert_eq!(store.load().await.unwrap().entries, [last]);
}

#[tokio::test]
async fn changes_to_many_features_arrive_in_their_order() {
    let Some(server) = server() else { return };
    let store = store(server, "many");
    let cursor = store.load().await.unwrap().cursor;
    let mut written = Vec::new();
    for n in 0..100 {
        written.push(publish(&store, &format!("Feature {n}")).await.unwrap());
    }
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::from_secs(5)).await.unwrap() else {
        panic!("a gap");
    };
    assert_eq!(entries, written);
    assert_eq!(store.load().await.unwrap().entries.len(), 100);
}

#[tokio::test]
async fn appends_to_different_features_at_the_same_moment_all_succeed() {
    let Some(server) = server() else { return };
    let store = store(server, "crowd");
    let writers: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { publish(&store, &format!("Feature{n}")).await.unwrap() })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.versions().await.unwrap().len(), 16);
}

#[tokio::test]
async fn a_store_continues_after_a_restart_of_a_durable_agent() {
    if !feats_servers::Consul::available() {
        return;
    }
    let server = feats_servers::Consul::builder().durable().start();
    let store = Consul::open(server.url()).unwrap();
    let first = publish(&store, "Fee").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    server.kill();
    let next = revision("Fee", Some(&first), 10);
    let error = store.append(RevisionStamp::after(&first), &next).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    server.restart();
    assert_eq!(store.epoch().await.unwrap(), epoch);
    assert_eq!(store.append(RevisionStamp::after(&first), &next).await.unwrap(), AppendOutcome::Done);
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap");
    };
    assert_eq!(entries, [next]);
}

#[test]
fn a_handle_continues_on_another_runtime() {
    let Some(server) = server() else { return };
    let store = store(server, "runtimes");
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            publish(&store, "Fee").await.unwrap();
            store.load().await.unwrap();
        });
    }
}
