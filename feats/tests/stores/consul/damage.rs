//! Values at the head that this version of feats did not write, and limits: each is an error, and nothing is written.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{RevisionStamp, Store};

use super::{everything, server, store};
use crate::writing::{publish, revision};

#[tokio::test]
async fn a_head_that_feats_did_not_write_is_an_error_and_nothing_is_written() {
    let Some(server) = server() else { return };
    for (base, head, kind, message) in [
        (
            "foreign-head",
            "something else",
            ErrorKind::Corrupt,
            "the key \"foreign-head/head\" has a value that feats did not write; \
             check for another program that uses the same base key",
        ),
        (
            "newer-head",
            r#"{"format":2,"everything":"else"}"#,
            ErrorKind::Unsupported,
            "the keys have format 2, from a newer version of feats; this version supports up to 1",
        ),
    ] {
        let store = store(server, base);
        let cursor = store.load().await.unwrap().cursor;
        server.request("PUT", &format!("/v1/kv/{base}/head"), head);
        let before = everything(server, base);
        for error in [
            store.load().await.map(drop).unwrap_err(),
            store.epoch().await.map(drop).unwrap_err(),
            store.watch(&cursor, Duration::ZERO).await.map(drop).unwrap_err(),
            store.append(RevisionStamp::default(), &revision("Fee", None, 10)).await.map(drop).unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.message()), (kind, message), "{error:?}");
            assert_eq!(error.store(), Some(store.name().as_str()));
        }
        assert_eq!(everything(server, base), before);
    }
}

#[tokio::test]
async fn a_revision_above_the_limit_of_consul_is_an_error_and_nothing_is_written() {
    let Some(server) = server() else { return };
    let store = store(server, "large");
    let first = publish(&store, "Fee").await.unwrap();
    let before = everything(server, "large/");
    let mut large = revision("Fee", Some(&first), 10);
    // These cannot be compressed.
    large.bytes = std::iter::repeat_with(|| fastrand::u8(..)).take(600 << 10).collect();
    let error = store.append(RevisionStamp::after(&first), &large).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
    let message = "and Consul accepts transactions of up to 524288; nothing was written";
    assert!(error.message().contains(message), "{error}");
    assert_eq!(error.feature(), Some("Fee"));
    assert_eq!(everything(server, "large/"), before);

    large.bytes.truncate(340 << 10);
    store.append(RevisionStamp::after(&first), &large).await.unwrap();
    assert_eq!(store.load().await.unwrap().entries, [large]);
}

#[tokio::test]
async fn a_base_key_may_have_odd_characters() {
    let Some(server) = server() else { return };
    for base in ["ödd/a b", "50%25/?&#", "a+b=c;d", "..a/b.."] {
        let store = store(server, base);
        let cursor = store.load().await.unwrap().cursor;
        let first = publish(&store, "Fee").await.unwrap();
        store.watch(&cursor, Duration::ZERO).await.unwrap();
        assert_eq!(store.load().await.unwrap().entries, [first], "{base}");
        store.records().unwrap().put("kind", "key", b"x", None).await.unwrap();
        assert_eq!(store.records().unwrap().list("kind").await.unwrap().len(), 1);
        let name = store.name();
        assert_eq!(feats::store::Consul::open(&name).unwrap().name(), name);
    }
}
