//! Gaps of a watcher after the stream was trimmed, emptied or restored from an older copy.

use std::time::Duration;

use feats::store::{Cursor, Redis, RevisionStamp, Store, WatchEvent};
use feats_servers::Redis as Server;

use super::server;
use crate::writing::{publish, revision};

const CHANGES: &str = "{feats}:changes";

#[tokio::test]
async fn a_watcher_that_is_too_far_behind_gets_a_gap() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    for _ in 0..3 {
        publish(&store, "Feature").await.unwrap();
    }
    server.command::<()>(&["XTRIM", CHANGES, "MAXLEN", "1"]);
    assert_eq!(look(&store, &cursor).await, WatchEvent::Gap);
    server.command::<()>(&["XTRIM", CHANGES, "MAXLEN", "0"]);
    assert_eq!(look(&store, &cursor).await, WatchEvent::Gap);
    assert_eq!(store.epoch().await.unwrap(), epoch, "trimming loses nothing");

    let cursor = store.load().await.unwrap().cursor;
    let next = publish(&store, "Feature").await.unwrap();
    assert_eq!(changes(look(&store, &cursor).await), [next]);
}

#[tokio::test]
async fn the_stream_of_changes_stays_short() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let mut last = None;
    for _ in 0..1_500 {
        let next = revision("Feature", last.as_ref(), 10);
        store.append(last.as_ref().map(RevisionStamp::after).unwrap_or_default(), &next).await.unwrap();
        last = Some(next);
    }
    let length: usize = server.command(&["XLEN", CHANGES]);
    assert!((1_024..1_300).contains(&length), "{length}");
}

#[tokio::test]
async fn a_server_that_was_emptied_has_a_new_epoch() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    // A waiting watcher is not woken, but compares again soon.
    let emptied = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.command::<()>(&["FLUSHALL"]);
    };
    let (watched, ()) = tokio::join!(store.watch(&cursor, Duration::from_secs(30)), emptied);
    assert_eq!(watched.unwrap(), WatchEvent::Gap);
    assert_ne!(store.epoch().await.unwrap(), epoch);

    let cursor = store.load().await.unwrap().cursor;
    server.command::<()>(&["FLUSHALL"]);
    publish(&store, "Feature").await.unwrap();
    assert_eq!(look(&store, &cursor).await, WatchEvent::Gap);
}

#[tokio::test]
async fn a_restored_server_begins_a_new_epoch_for_all_watchers() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let copy = Copy::of(&server);
    let bystander = store.load().await.unwrap().cursor;
    let lost = publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let epoch = store.epoch().await.unwrap();

    copy.put_back(&server);
    assert!(
        changes(look(&store, &bystander).await).is_empty(),
        "a watcher that has not seen the lost change has no gap yet"
    );
    assert_eq!(look(&store, &cursor).await, WatchEvent::Gap);
    assert_ne!(store.epoch().await.unwrap(), epoch);
    assert_eq!(look(&store, &bystander).await, WatchEvent::Gap, "now all watchers get a gap");
    assert_eq!(store.load().await.unwrap().entries[0].version, lost.version - 1);

    // The same, with new writes before a watcher compares.
    let lost = publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let epoch = store.epoch().await.unwrap();
    copy.put_back(&server);
    server.command::<()>(&["SET", "{feats}:epoch", &epoch]);
    let instead = publish(&store, "Feature").await.unwrap();
    publish(&store, "Other").await.unwrap();
    assert_eq!(instead.version, lost.version);
    assert_eq!(look(&store, &cursor).await, WatchEvent::Gap);
    assert_ne!(store.epoch().await.unwrap(), epoch);
}

#[tokio::test]
async fn a_waiting_watcher_detects_that_the_server_was_restored() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let copy = Copy::of(&server);
    publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    // The cursor was compared just now, so the next watch does not compare it again.
    let next = publish(&store, "Other").await.unwrap();
    let WatchEvent::Changes { entries, cursor } = store.watch(&cursor, Duration::from_secs(5)).await.unwrap() else {
        panic!("a gap");
    };
    assert_eq!(entries, [next]);
    let set_back = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        copy.put_back(&server);
        publish(&store, "Other").await.unwrap();
    };
    let (watched, ()) = tokio::join!(store.watch(&cursor, Duration::from_secs(30)), set_back);
    assert_eq!(watched.unwrap(), WatchEvent::Gap);
}

#[tokio::test]
async fn an_idle_watcher_costs_less_than_a_command_a_second() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let mut cursor = store.load().await.unwrap().cursor;
    let commands = || server.command::<String>(&["INFO", "stats"]);
    let count = |info: String| -> u64 {
        let line = info.lines().find_map(|line| line.strip_prefix("total_commands_processed:")).map(str::to_owned);
        line.unwrap().trim().parse().unwrap()
    };
    let before = count(commands());
    for _ in 0..2 {
        let WatchEvent::Changes { cursor: next, .. } = store.watch(&cursor, Duration::from_secs(5)).await.unwrap()
        else {
            panic!("a gap");
        };
        cursor = next;
    }
    let used = count(commands()) - before;
    assert!(used <= 12, "{used} commands in ten seconds");
}

/// A copy of all keys of a server.
struct Copy(Vec<(String, Vec<u8>)>);

impl Copy {
    fn of(server: &Server) -> Self {
        let keys: Vec<String> = server.command(&["KEYS", "*"]);
        Self(keys.into_iter().map(|key| (key.clone(), server.command(&["DUMP", &key]))).collect())
    }

    fn put_back(&self, server: &Server) {
        server.command::<()>(&["FLUSHALL"]);
        for (key, dump) in &self.0 {
            server.command::<()>(&[&b"RESTORE"[..], key.as_bytes(), b"0", dump]);
        }
    }
}

async fn look(store: &Redis, cursor: &Cursor) -> WatchEvent {
    store.watch(cursor, Duration::ZERO).await.unwrap()
}

fn changes(watched: WatchEvent) -> Vec<feats::model::Entry> {
    match watched {
        WatchEvent::Changes { entries, .. } => entries,
        WatchEvent::Gap => panic!("a gap"),
    }
}
