//! The connection that listens for notifications.

use std::time::Duration;

use feats::store::{Postgres, Store, WatchEvent};
use feats_servers::until;

use super::server;
use crate::writing::{name, publish};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_listener_is_replaced_and_no_change_is_missed() {
    let Some(server) = server() else { return };
    let url = server.database();
    let store = Postgres::open(&url).unwrap();
    publish(&store, "Pay").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let watching = tokio::spawn(async move { store.watch(&cursor, Duration::from_secs(50)).await });

    let listener = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()";
    let pid = || server.sql(name(&url), listener);
    until("the watcher listens", || !pid().is_empty());
    let first = pid();
    server.sql(name(&url), &format!("SELECT pg_terminate_backend({first})"));
    until("another connection listens", || !pid().is_empty() && pid() != first);
    assert!(!watching.is_finished(), "a lost connection is not a change");

    let other = Postgres::open(&url).unwrap();
    let published = publish(&other, "Pay").await.unwrap();
    let WatchEvent::Changes { entries, .. } = watching.await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(entries, [published]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_arrives_although_its_notification_is_lost() {
    let Some(server) = server() else { return };
    let url = server.database();
    let store = Postgres::open(&url).unwrap();
    publish(&store, "Pay").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let watching = tokio::spawn(async move { store.watch(&cursor, Duration::from_secs(50)).await });

    let listener = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()";
    until("the watcher listens", || !server.sql(name(&url), listener).is_empty());
    // An append that no transaction notifies of.
    let copy = "BEGIN; UPDATE feats_meta SET position = position + 1;
        INSERT INTO feats_revisions SELECT m.position, 'Fee', 1, r.id, r.hash, r.removed, r.bytes
            FROM feats_revisions AS r, feats_meta AS m;
        INSERT INTO feats_current SELECT 'Fee', 1, position FROM feats_meta; COMMIT";
    server.sql(name(&url), copy);
    let WatchEvent::Changes { entries, .. } = watching.await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(entries.iter().map(|entry| entry.feature.as_str()).collect::<Vec<_>>(), ["Fee"]);
}
