//! The keys of other programs in a Redis.

use std::collections::BTreeSet;

use feats::store::{PlainKeys, PlainValue, Redis};
use feats_servers::Cluster;

/// Checks that every key is found and read, and nothing else.
async fn check(keys: &PlainKeys, count: usize) {
    let expected: BTreeSet<Vec<u8>> = (0..count).map(|n| format!("features[a]*/flag {n}").into_bytes()).collect();
    for key in &expected {
        assert!(keys.create(key, b"first").await.expect("written"));
        assert!(!keys.create(key, b"second").await.expect("not written"));
    }
    keys.set(b"featuresa/flag", b"of another prefix").await.expect("written");

    let found = keys.starting_with(b"features[a]*/").await.expect("read");
    assert_eq!(found.len(), expected.len());
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), expected);
    let values = keys.values(&found, 5).await.expect("read");
    assert!(values.len() == found.len() && values.iter().all(|value| *value == PlainValue::Text(b"first".to_vec())));
    assert_eq!(keys.values(&found[..1], 4).await.expect("read"), [PlainValue::TooLong]);
    assert_eq!(keys.values(&[b"absent".to_vec()], 4).await.expect("read"), [PlainValue::Absent]);
}

#[tokio::test]
async fn plain_keys_are_found_by_prefix_and_read_in_batches() {
    let Some(server) = super::server() else { return };
    let keys = Redis::open(server.url()).expect("a URL").plain_keys();
    check(&keys, 2_500).await;

    for n in 0..2_500 {
        let _: i64 = server.command(&["ZADD", "history", "1", &format!("flag {n}")]);
    }
    assert_eq!(keys.members(b"history").await.expect("read").len(), 2_500);
    assert_eq!(keys.members(b"absent").await.expect("read"), Vec::<Vec<u8>>::new());
    let both = [b"history".to_vec(), b"featuresa/flag".to_vec()];
    let values = keys.values(&both, 100).await.expect("read");
    assert_eq!(values, [PlainValue::NotText, PlainValue::Text(b"of another prefix".to_vec())]);
    assert!(keys.members(b"featuresa/flag").await.is_err());
}

#[tokio::test]
async fn plain_keys_of_a_cluster_are_found_on_every_master() {
    if feats_servers::available() {
        check(&Redis::open(Cluster::shared().url()).expect("a URL").plain_keys(), 200).await;
    }
}
