//! What a bucket refuses, and what is wrong with it.

use feats::ErrorKind;
use feats::store::{S3, Store};

use super::{bucket, keys, open, server};
use crate::writing::publish;

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_named_as_the_cause() {
    let Some(server) = server() else { return };
    let store = open(server, "no-such-bucket", "feats");
    for error in [store.load().await.unwrap_err(), publish(&store, "Pay").await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.message(), "there is no bucket with this name; create it first");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_head_of_something_else_is_refused_and_stays() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    server.request("PUT", &format!("/{bucket}/feats/head.json"), "{\"title\": \"a page\"}");
    let store = open(server, &bucket, "feats");
    let error = publish(&store, "Pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("head.json is not of feats"), "{error}");
    assert_eq!(keys(server, &bucket, ""), ["feats/head.json"]);
}

#[tokio::test]
async fn a_server_that_is_away_is_an_outage() {
    if !feats_servers::Moto::available() {
        return;
    }
    let server = feats_servers::Moto::start();
    let bucket = bucket(&server);
    let store = open(&server, &bucket, "feats");
    publish(&store, "Pay").await.unwrap();
    server.kill();
    let error = store.load().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
}

#[test]
fn debug_shows_no_secret() {
    let store = S3::open("s3://shop?endpoint=https://s3.example.com").unwrap().credentials("key", "s3cret");
    assert_eq!(format!("{store:?}"), "S3(s3://shop/feats?endpoint=https://s3.example.com)");
}
