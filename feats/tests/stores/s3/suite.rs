//! The contract suite, and losses.

use std::collections::BTreeMap;

use feats::store::contract;

use super::{bucket, keys, open, server};
use crate::writing::{publish, verified};

#[tokio::test]
async fn a_bucket_passes_the_suite() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    contract::run(move |place| open(server, &bucket, place)).await;
}

#[tokio::test]
async fn a_bucket_can_keep_versions_of_its_objects() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let status = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    assert_eq!(server.request("PUT", &format!("/{bucket}?versioning"), status).0, 200);
    let store = open(server, &bucket, "feats");
    for version in 1..=3 {
        publish(&store, "Pay").await.unwrap();
        assert_eq!(verified(&store, "Pay").await.len(), version);
    }
}

#[tokio::test]
async fn a_bucket_that_was_emptied_or_set_back_begins_a_new_epoch() {
    let Some(server) = server() else { return };
    let emptied = bucket(server);
    let empty = async || {
        for key in keys(server, &emptied, "") {
            server.request("DELETE", &format!("/{emptied}/{key}"), "");
        }
    };
    contract::run_epoch_changes(|| open(server, &emptied, "feats"), async || (), empty).await;

    let set_back = bucket(server);
    let copy = std::sync::Mutex::new(BTreeMap::new());
    let save = async || {
        for key in keys(server, &set_back, "") {
            let (_, content) = server.request("GET", &format!("/{set_back}/{key}"), "");
            copy.lock().unwrap().insert(key, content);
        }
    };
    let restore = async || {
        for key in keys(server, &set_back, "") {
            server.request("DELETE", &format!("/{set_back}/{key}"), "");
        }
        for (key, content) in copy.lock().unwrap().iter() {
            server.request("PUT", &format!("/{set_back}/{key}"), content);
        }
    };
    contract::run_epoch_changes(|| open(server, &set_back, "feats"), save, restore).await;
}

#[tokio::test]
async fn lost_revisions_are_reported() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let lose = async |feature: &str, version: u64| {
        for key in keys(server, &bucket, &format!("feats/revisions/{feature}/{version:020}-")) {
            server.request("DELETE", &format!("/{bucket}/{key}"), "");
        }
    };
    contract::run_losses(|| open(server, &bucket, "feats"), lose).await;
}
