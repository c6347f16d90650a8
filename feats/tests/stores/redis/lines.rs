//! Connections: restarts, servers that do not respond, broken connections, runtimes that end.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Redis, Store, WatchEvent};
use feats_servers::{Link, Proxy, Redis as Server, available};
use tokio::time::{sleep, timeout};

use super::server;
use crate::writing::{publish, verified};

#[tokio::test]
async fn a_restart_between_two_uses_causes_no_error() {
    if !available() {
        return;
    }
    let server = Server::builder().appendonly().start();
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    server.restart();
    sleep(Duration::from_millis(1_100)).await;
    let next = publish(&store, "Feature").await.unwrap();
    store.counters().unwrap().add("kind", "key", &[("n".to_owned(), 1)], None).await.unwrap();
    assert_eq!(store.epoch().await.unwrap(), epoch);
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap")
    };
    assert_eq!(entries, [next]);
}

#[tokio::test]
async fn no_command_waits_behind_a_watcher() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let waiting = store.watch(&cursor, Duration::from_secs(30));
    let working = async {
        sleep(Duration::from_millis(100)).await;
        for n in 0..100 {
            store.records().unwrap().put("kind", &n.to_string(), b"", None).await.unwrap();
            store.history("Feature", feats::store::Page::default()).await.unwrap();
        }
        publish(&store, "Feature").await.unwrap()
    };
    let (watched, published) =
        timeout(Duration::from_secs(25), async { tokio::join!(waiting, working) }).await.unwrap();
    let WatchEvent::Changes { entries, .. } = watched.unwrap() else { panic!("a gap") };
    assert_eq!(entries, [published]);
}

#[tokio::test]
async fn a_cancelled_watch_leaves_no_pending_response() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let cursor = store.load().await.unwrap().cursor;
    for _ in 0..3 {
        let dropped = timeout(Duration::from_millis(50), store.watch(&cursor, Duration::from_secs(60))).await;
        assert!(dropped.is_err());
    }
    // Its connection is closed. The connections for commands and of this test are left.
    let connected = || server.command::<String>(&["CLIENT", "LIST"]).lines().count();
    while connected() > 2 {
        sleep(Duration::from_millis(5)).await;
    }
    store.watch(&cursor, Duration::from_millis(10)).await.unwrap();
}

#[tokio::test]
async fn an_unresponsive_server_is_a_timeout_and_is_used_again_later() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let first = publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    server.pause();
    for error in [
        store.load().await.map(drop).unwrap_err(),
        store.watch(&cursor, Duration::from_millis(100)).await.map(drop).unwrap_err(),
        publish(&store, "Feature").await.map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    }
    server.resume();
    let mut last = publish(&store, "Feature").await;
    while last.is_err() {
        sleep(Duration::from_millis(50)).await;
        last = publish(&store, "Feature").await;
    }
    let history = verified(&store, "Feature").await;
    assert_eq!((history.first(), history.last()), (Some(&first), last.as_ref().ok()));
}

#[tokio::test]
async fn a_broken_connection_is_reopened_once_for_each_failure() {
    let Some(server) = server() else { return };
    let port = server.port();
    let proxy = tokio::task::spawn_blocking(move || Proxy::to(port)).await.unwrap();
    let store = Redis::open(proxy.url()).unwrap();
    publish(&store, "Feature").await.unwrap();
    proxy.set(Link::Refuse);
    let before = proxy.connections().len();
    for _ in 0..5 {
        let error = store.versions().await.unwrap_err();
        assert!(error.is_unavailable(), "{error:?}");
    }
    assert!(proxy.connections().len() <= before + 5);
    proxy.set(Link::Pass);
    publish(&store, "Feature").await.unwrap();
    assert_eq!(verified(&store, "Feature").await.len(), 2);
}

#[test]
fn a_handle_outlives_its_runtime() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(publish(&store, "Feature")).unwrap();
        let unfinished = store.clone();
        runtime.spawn(async move { publish(&unfinished, "Feature").await });
        runtime.block_on(tokio::task::yield_now());
    }
}
