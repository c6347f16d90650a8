//! A Consul that was emptied or restored from an older copy.

use std::time::Duration;

use feats::store::{Store, WatchEvent, contract};

use super::{everything, server, store};
use crate::writing::publish;

#[tokio::test]
async fn a_restored_copy_begins_a_new_epoch() {
    let Some(server) = server() else { return };
    let copy = std::sync::Mutex::new(Vec::new());
    let keep = async || *copy.lock().unwrap() = everything(server, "restored/");
    let lose = async || put_back(server, "restored/", &copy.lock().unwrap());
    contract::run_epoch_changes(|| store(server, "restored"), keep, lose).await;
}

#[tokio::test]
async fn an_emptied_store_begins_a_new_epoch() {
    let Some(server) = server() else { return };
    let lose = async || put_back(server, "emptied/", &[]);
    contract::run_epoch_changes(|| store(server, "emptied"), async || {}, lose).await;
}

#[tokio::test]
async fn a_copy_that_was_written_since_begins_a_new_epoch_for_all_watchers() {
    let Some(server) = server() else { return };
    let store = store(server, "rewritten");
    publish(&store, "Fee").await.unwrap();
    let bystander = store.load().await.unwrap().cursor;
    let copy = everything(server, "rewritten/");
    publish(&store, "Fee").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    put_back(server, "rewritten/", &copy);
    let instead = publish(&store, "Fee").await.unwrap();
    publish(&store, "Other").await.unwrap();
    let WatchEvent::Changes { entries, .. } = store.watch(&bystander, Duration::ZERO).await.unwrap() else {
        panic!("a watcher that has not seen the lost change has no gap yet");
    };
    assert_eq!(entries[0], instead);
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap(), WatchEvent::Gap);
    assert_ne!(store.epoch().await.unwrap(), epoch);
    assert_eq!(store.watch(&bystander, Duration::ZERO).await.unwrap(), WatchEvent::Gap);
}

#[tokio::test]
async fn a_waiting_watcher_detects_that_the_keys_were_deleted() {
    let Some(server) = server() else { return };
    let store = store(server, "deleted");
    publish(&store, "Fee").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let emptied = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        put_back(server, "deleted/", &[]);
    };
    let (watched, ()) = tokio::join!(store.watch(&cursor, Duration::from_secs(30)), emptied);
    assert_eq!(watched.unwrap(), WatchEvent::Gap);
}

/// Replaces all keys with a prefix by a copy.
fn put_back(server: &feats_servers::Consul, prefix: &str, copy: &[(String, String)]) {
    server.request("DELETE", &format!("/v1/kv/{prefix}?recurse"), "");
    for pairs in copy.chunks(64) {
        let set = |(key, value): &(String, String)| serde_json::json!({ "KV": { "Verb": "set", "Key": key, "Value": value } });
        let operations: Vec<serde_json::Value> = pairs.iter().map(set).collect();
        let (status, body) = server.request("PUT", "/v1/txn", &serde_json::to_string(&operations).unwrap());
        assert_eq!(status, 200, "{body}");
    }
}
