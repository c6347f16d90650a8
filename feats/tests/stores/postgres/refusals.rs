//! What a server refuses, and what is wrong with it: exact messages, and nothing is written.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Postgres, Store};

use super::server;
use crate::writing::{name, publish};

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
