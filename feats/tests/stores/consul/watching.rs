//! Watching and writing under load, and through an outage.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{AppendOutcome, Consul, RevisionStamp, Store, WatchEvent};

use super::{server, store};
use crate::writing::{publish, revision};

#[tokio::test]
async fn a_watcher_that_is_too_far_behind_gets_a_gap() {
    let Some(server) = server() else { return };
    let store = store(server, "behind");
    let mut last = publish(&store, "Fee").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    for _ in 0..256 {
        let next = revision("Fee", Some(&last), 10);
        store.append(RevisionStamp::after(&last), &next).await.unwrap();
        last = next;
    }
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap(), WatchEvent::Gap);
    assert_eq!(store.epoch().await.unwrap(), epoch, "nothing is lost");
    assert_eq!(store.load().await.unwrap().entries, [last]);
}

#[tokio::test]
async fn changes_to_many_features_arrive_in_their_order() {
    let Some(server) = server() else { return };
    let store = store(server, "many");
    let cursor = store.load().await.unwrap().cursor;
    let mut written = Vec::new();
    for n in 0..100 {
        written.push(publish(&store, &format!("Feature {n}")).await.unwrap());
    }
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::from_secs(5)).await.unwrap() else {
        panic!("a gap");
    };
    assert_eq!(entries, written);
    assert_eq!(store.load().await.unwrap().entries.len(), 100);
}

#[tokio::test]
async fn appends_to_different_features_at_the_same_moment_all_succeed() {
    let Some(server) = server() else { return };
    let store = store(server, "crowd");
    let writers: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { publish(&store, &format!("Feature{n}")).await.unwrap() })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.versions().await.unwrap().len(), 16);
}

#[tokio::test]
async fn a_store_continues_after_a_restart_of_a_durable_agent() {
    if !feats_servers::Consul::available() {
        return;
    }
    let server = feats_servers::Consul::builder().durable().start();
    let store = Consul::open(server.url()).unwrap();
    let first = publish(&store, "Fee").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    server.kill();
    let next = revision("Fee", Some(&first), 10);
    let error = store.append(RevisionStamp::after(&first), &next).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    server.restart();
    assert_eq!(store.epoch().await.unwrap(), epoch);
    assert_eq!(store.append(RevisionStamp::after(&first), &next).await.unwrap(), AppendOutcome::Done);
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a gap");
    };
    assert_eq!(entries, [next]);
}

#[test]
fn a_handle_continues_on_another_runtime() {
    let Some(server) = server() else { return };
    let store = store(server, "runtimes");
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            publish(&store, "Fee").await.unwrap();
            store.load().await.unwrap();
        });
    }
}

#[tokio::test]
async fn after_an_index_that_went_backwards_a_watcher_does_not_wait_for_the_old_one() {
    let Some(server) = server() else { return };
    publish(&store(server, "backwards"), "Fee").await.unwrap();
    let cursor = store(server, "backwards").load().await.unwrap().cursor;
    let (_, head) = server.request("GET", "/v1/kv/backwards/head", "");
    let (port, asked) = answer_with_indexes(head, &["90", "7", "8", "8"]);
    let watched = Consul::open(format!("consul://127.0.0.1:{port}")).unwrap().base_key("backwards");
    // The fifth request gets no answer.
    watched.watch(&cursor, Duration::from_secs(60)).await.unwrap_err();
    let asked: Vec<String> = asked.iter().collect();
    assert_eq!(asked, ["", "90", "", "8"]);
}

/// Starts a server that gives the same body to one request for each index, and then ends. Returns its port, and the indexes after
/// which the requests ask.
fn answer_with_indexes(body: String, indexes: &'static [&'static str]) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for index in indexes {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let lines = stream.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
            let first = Vec::from_iter(lines).swap_remove(0);
            let after = first.split(['?', '&', ' ']).find_map(|part| part.strip_prefix("index="));
            asked.send(after.unwrap_or_default().to_owned()).unwrap();
            let length = body.len();
            let headers = format!("X-Consul-Index: {index}\r\nContent-Length: {length}\r\nConnection: close");
            stream.get_mut().write_all(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}").as_bytes()).unwrap();
        }
    });
    (port, receiver)
}
