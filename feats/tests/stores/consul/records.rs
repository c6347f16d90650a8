//! Records in Consul.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::Store;

use super::{everything, server, store};

#[tokio::test]
async fn a_later_put_deletes_expired_records() {
    let Some(server) = server() else { return };
    for n in 0..3 {
        // The first put of a handle deletes what it finds.
        let store = store(server, "expired");
        store.records().unwrap().put("kind", &format!("key{n}"), b"x", Some(Duration::ZERO)).await.unwrap();
    }
    store(server, "expired").records().unwrap().put("kind", "kept", b"x", None).await.unwrap();
    let keys: Vec<String> = everything(server, "expired/").into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["expired/records/kind/kept"]);
}

#[tokio::test]
async fn a_record_above_the_limit_of_consul_is_an_error_and_nothing_is_written() {
    let Some(server) = server() else { return };
    let store = store(server, "large-record");
    let error = store.records().unwrap().put("kind", "key", &random(512 << 10), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
    assert!(error.message().contains("Consul accepts values of up to 524288; nothing was written"), "{error}");
    assert_eq!(everything(server, "large-record/"), []);
    store.records().unwrap().put("kind", "key", &random((512 << 10) - 100), None).await.unwrap();
    assert_eq!(store.records().unwrap().list("kind").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_that_feats_did_not_write_is_not_a_record() {
    let Some(server) = server() else { return };
    let store = store(server, "foreign-record");
    server.request("PUT", "/v1/kv/foreign-record/records/kind/other", "something else");
    store.records().unwrap().put("kind", "key", b"x", None).await.unwrap();
    assert_eq!(store.records().unwrap().list("kind").await.unwrap().len(), 1);
}

/// Returns bytes that cannot be compressed.
fn random(length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect()
}
