//! Single revisions that a Consul has lost: they are reported, and the rest still works.

use feats::model::Entry;
use feats::store::{Page, Store, contract};

use super::{server, store};
use crate::writing::{publish, verified};

#[tokio::test]
async fn lost_revisions_are_reported() {
    let Some(server) = server() else { return };
    let lose = async |feature: &str, version: u64| {
        server.request("DELETE", &format!("/v1/kv/losses/revisions/{feature}/{version:020}"), "");
    };
    contract::run_losses(|| store(server, "losses"), lose).await;
}

#[tokio::test]
async fn a_feature_without_its_stamp_is_read_from_its_revisions() {
    let Some(server) = server() else { return };
    let store = store(server, "stampless");
    for _ in 0..2 {
        publish(&store, "Fee").await.unwrap();
    }
    let newest = store.history("Fee", Page { before: None, limit: 1 }).await.unwrap().remove(0);
    server.request("DELETE", "/v1/kv/stampless/current/Fee", "");
    assert_eq!(store.load().await.unwrap().entries, [newest]);
    let third = publish(&store, "Fee").await.unwrap();
    assert_eq!(verified(&store, "Fee").await.last(), Some(&third));
    assert_eq!(store.versions().await.unwrap(), [("Fee".to_owned(), 3)], "the append has written the stamp");
}

#[tokio::test]
async fn a_damaged_revision_affects_no_other_feature() {
    let Some(server) = server() else { return };
    let store = store(server, "damaged");
    publish(&store, "Fee").await.unwrap();
    let other = publish(&store, "Other").await.unwrap();
    server.request("PUT", "/v1/kv/damaged/revisions/Fee/00000000000000000001", "something else");
    let loaded = store.load().await.unwrap().entries;
    let fee: Vec<&Entry> = loaded.iter().filter(|entry| entry.feature == "Fee").collect();
    assert!(fee.len() == 1 && fee[0].decode().is_err(), "{loaded:?}");
    assert!(loaded.contains(&other));
    assert!(store.history("Fee", Page::default()).await.unwrap()[0].decode().is_err());
}
