//! What a server refuses, and what is wrong with it: exact messages, and nothing is written.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Postgres, Store};

use super::server;
use crate::writing::{name, publish};

#[test]
fn a_url_that_is_not_valid_is_refused_without_being_repeated() {
    for (url, why) in [
        ("s3cret", "does not start with postgres://"),
        ("mysql://u:s3cret@h/d", "does not start with postgres://"),
        ("postgres://u:s3cret@h", "the name of the database is missing"),
        ("postgres://u:s3/cret@h/d", "in a password, write %2F"),
        ("postgres://u:s3cret@h:port/d", "the port is not a number"),
        ("postgres://u:s3cret@/d", "the host name is missing"),
        ("postgres://u:s3cret@h/d?sslmode=prefer", "sslmode is disable or verify-full"),
        ("postgres://u:s3cret@h/d?password=s3cret", "the options are schema, prefix"),
        ("postgres://u:s3cret@h/d?prefix=a-b", "a prefix has 1 to 48"),
        ("postgres://u:s3cret@h/d?schema=%22", "a schema has 1 to 63"),
        ("postgres://u:s3cret@h/d?cert=c.pem", "cert and key require each other"),
        ("postgres://u:s3cret@localhost/d?ca=c.pem", "certificates require sslmode=verify-full"),
    ] {
        let error = Postgres::open(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(why) && !text.contains("s3cret") && !text.contains("cret@"), "{text}");
    }
    let store = Postgres::open("postgres://ada:s3cret@db/shop?schema=flags").unwrap();
    assert_eq!(format!("{store:?}"), "Postgres(postgres://db:5432/shop?schema=flags)");
}

#[tokio::test]
async fn a_read_only_server_can_be_read_but_not_written() {
    let Some(server) = server() else { return };
    let url = server.database();
    let store = Postgres::open(&url).unwrap();
    publish(&store, "Pay").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    server.sql(name(&url), &format!("ALTER DATABASE {} SET default_transaction_read_only = on", name(&url)));
    let message = "the server or the session is read-only; use the URL of the primary server";
    let store = Postgres::open(&url).unwrap();
    assert_eq!(store.load().await.unwrap().entries.len(), 1);
    store.watch(&cursor, Duration::from_millis(10)).await.unwrap();
    // The second one has no tables, and cannot create them.
    for store in [store, Postgres::open(&url).unwrap().prefix("other_")] {
        let error = publish(&store, "Pay").await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::ReadOnly, message));
    }
}
