//! Keys with data that feats did not write: only one feature is affected, or an error describes the problem.

use std::time::Duration;

use feats::ErrorKind;
use feats::model::{Entry, Hash};
use feats::store::{AppendOutcome, Page, Redis, RevisionStamp, Store, WatchEvent};
use feats_servers::Redis as Server;

use super::server;
use crate::writing::{publish, revision};

#[tokio::test]
async fn a_damaged_newest_revision_is_read_from_its_history() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    for feature in ["Damaged", "Other"] {
        publish(&store, feature).await.unwrap();
    }
    let before = newest(&store, "Damaged").await;
    for garbage in ["", "garbage", "1 abc 0 3\nid", "\u{0}\u{1}"] {
        server.command::<()>(&["HSET", "{feats}:current", "Damaged", garbage]);
        let loaded = load(&store).await;
        assert_eq!(loaded.len(), 2, "{garbage:?}");
        assert!(loaded.contains(&before), "{garbage:?}");
    }
    // A writer finds it there too, and replaces it.
    let next = revision("Damaged", Some(&before), 10);
    assert_eq!(store.append(RevisionStamp::after(&before), &next).await.unwrap(), AppendOutcome::Done);
    assert!(load(&store).await.contains(&next));
    server.command::<()>(&["HDEL", "{feats}:current", "Damaged"]);
    let late = revision("Damaged", Some(&before), 10);
    let conflict = store.append(RevisionStamp::after(&before), &late).await.unwrap();
    assert_eq!(conflict, AppendOutcome::Conflict(Some(next)));
}

#[tokio::test]
async fn a_revision_that_is_damaged_everywhere_affects_only_its_feature_and_can_be_replaced() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let other = publish(&store, "Other").await.unwrap();
    server.command::<()>(&["XADD", "{feats}:history:Damaged", "7-0", "revision", "{\"format\": 1, \"feat"]);
    server.command::<()>(&["HSET", "{feats}:current", "Damaged", "garbage"]);

    let loaded = load(&store).await;
    assert!(loaded.contains(&other));
    let harmed = loaded.into_iter().find(|entry| entry.feature == "Damaged").unwrap();
    assert_eq!((harmed.version, harmed.hash), (7, Hash::default()));
    assert_eq!(harmed.decode().unwrap_err().kind(), ErrorKind::Corrupt);
    let history = store.history("Damaged", Page::default()).await.unwrap();
    assert_eq!(history, std::slice::from_ref(&harmed));

    let next = revision("Damaged", Some(&harmed), 10);
    assert_eq!(
        store.append(RevisionStamp::default(), &revision("Damaged", None, 10)).await.unwrap(),
        AppendOutcome::Conflict(Some(harmed.clone()))
    );
    assert_eq!(store.append(RevisionStamp::after(&harmed), &next).await.unwrap(), AppendOutcome::Done);
    assert!(load(&store).await.contains(&next));
}

#[tokio::test]
async fn damaged_and_foreign_changes_do_not_stop_a_watcher() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    server.command::<()>(&["XADD", "{feats}:changes", "*", "note", "I was here"]);
    publish(&store, "Feature").await.unwrap();
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap(), WatchEvent::Gap);

    let cursor = store.load().await.unwrap().cursor;
    let last = publish(&store, "Feature").await.unwrap();
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap")
    };
    assert_eq!(entries, [last]);
}

#[tokio::test]
async fn a_change_without_its_revision_is_read_from_the_history() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let large = revision("Feature", None, 100_000);
    assert_eq!(store.append(RevisionStamp::default(), &large).await.unwrap(), AppendOutcome::Done);
    let fields: Vec<(String, Vec<String>)> = server.command(&["XRANGE", "{feats}:changes", "-", "+"]);
    assert!(!fields[0].1.contains(&"revision".to_owned()), "a large revision is in the stream of changes");
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap")
    };
    assert_eq!(entries, [large]);

    server.command::<()>(&["SET", "{feats}:history:Feature", "a key of another type"]);
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap")
    };
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].decode().unwrap_err().kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_key_of_another_type_is_an_error_and_nothing_is_written() {
    for key in ["current", "versions", "changes", "history:Feature"] {
        let Some(server) = server() else { return };
        let store = Redis::open(server.url()).unwrap();
        publish(&store, "Feature").await.unwrap();
        let next = {
            let first = newest(&store, "Feature").await;
            (RevisionStamp::after(&first), revision("Feature", Some(&first), 10))
        };
        let key = format!("{{feats}}:{key}");
        server.command::<()>(&["SET", &key, "something else"]);
        let before = everything(&server);
        let error = store.append(next.0, &next.1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{key}: {error:?}");
        let message = "a key of feats has another type; check for another program that uses the same prefix";
        assert_eq!(error.message(), message, "{key}");
        assert_eq!(everything(&server), before, "{key}");
    }
}

#[tokio::test]
async fn a_counter_that_is_not_a_number_is_an_error_and_nothing_is_added() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    server.command::<()>(&["HSET", "{feats}:counts:kind:key", "b", "many"]);
    let deltas = [("a".to_owned(), 1), ("b".to_owned(), 1)];
    let error = store.counters().unwrap().add("kind", "key", &deltas, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
    let counters: Vec<String> = server.command(&["HKEYS", "{feats}:counts:kind:key"]);
    assert_eq!(counters, ["b"]);
}

#[tokio::test]
async fn a_server_without_memory_is_an_error_and_nothing_is_written() {
    if !feats_servers::available() {
        return;
    }
    let server = Server::builder().max_memory("5mb").start();
    let store = Redis::open(server.url()).unwrap();
    let mut last = publish(&store, "Feature").await.unwrap();
    let error = loop {
        let next = revision("Feature", Some(&last), 200_000);
        match store.append(RevisionStamp::after(&last), &next).await {
            Ok(appended) => assert_eq!(appended, AppendOutcome::Done),
            Err(error) => break error,
        }
        last = next;
    };
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    let message = "Redis is out of memory, and nothing was written; raise maxmemory, and keep noeviction";
    assert_eq!(error.message(), message);
    assert_eq!(newest(&store, "Feature").await, last);
    assert_eq!(load(&store).await, [last.clone()]);
    server.command::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    let next = revision("Feature", Some(&last), 10);
    assert_eq!(store.append(RevisionStamp::after(&last), &next).await.unwrap(), AppendOutcome::Done);
}

async fn load(store: &Redis) -> Vec<Entry> {
    store.load().await.unwrap().entries
}

async fn newest(store: &Redis, feature: &str) -> Entry {
    store.history(feature, Page { before: None, limit: 1 }).await.unwrap().pop().unwrap()
}

/// Returns every key with its content.
fn everything(server: &Server) -> Vec<(String, Vec<u8>)> {
    let mut keys: Vec<String> = server.command(&["KEYS", "*"]);
    keys.sort();
    keys.into_iter().map(|key| (key.clone(), server.command(&["DUMP", &key]))).collect()
}
