//! Objects: their names and bytes, unnamed ones, and those of other programs.

use std::time::Duration;

use feats::store::{Page, Store, WatchEvent};
use feats_servers::{Link, Proxy};

use super::{bucket, keys, open, server};
use crate::writing::{publish, verified};

#[tokio::test]
async fn a_revision_is_an_object_with_its_bytes() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let store = open(server, &bucket, "team/shop");
    let entry = publish(&store, "Pay/é").await.unwrap();

    let key = format!("team/shop/revisions/Pay~2f~c3~a9/{:020}-{}", 1, entry.hash);
    assert_eq!(keys(server, &bucket, ""), ["team/shop/head.json".to_owned(), key.clone()]);
    let (_, bytes) = server.request("GET", &format!("/{bucket}/{key}"), "");
    assert!(bytes.as_bytes().ends_with(&entry.bytes), "{bytes}");
}

#[tokio::test]
async fn an_object_of_an_interrupted_append_is_ignored() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let store = open(server, &bucket, "feats");
    for _ in 0..3 {
        publish(&store, "Pay").await.unwrap();
    }
    // One beside version 2, and one that no head ever named.
    for version in [2, 4] {
        let key = format!("/{bucket}/feats/revisions/Pay/{version:020}-{}", "ab".repeat(32));
        assert_eq!(server.request("PUT", &key, "{\"left\": \"over\"}").0, 200);
    }
    assert_eq!(verified(&store, "Pay").await.len(), 3);
    let page = store.history("Pay", Page { before: Some(3), limit: 1 }).await.unwrap();
    assert!(page.len() == 1 && page[0].version == 2 && page[0].decode().is_ok(), "{page:?}");
    publish(&store, "Pay").await.unwrap();
    assert_eq!(verified(&store, "Pay").await.len(), 4);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn objects_of_other_programs_are_reported_and_ignored() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let store = open(server, &bucket, "feats");
    publish(&store, "Pay").await.unwrap();
    for key in ["feats/notes.txt", "feats/revisions/Pay/readme", "feats-other/x"] {
        server.request("PUT", &format!("/{bucket}/{key}"), "hello");
    }
    let warnings = store.check().await.unwrap();
    let expected = "objects of other programs are under the prefix, and ignored: \"feats/notes.txt\", \"feats/revisions/Pay/readme\"";
    assert_eq!(warnings, [expected]);
    assert_eq!(verified(&store, "Pay").await.len(), 1);
}

#[tokio::test]
async fn an_idle_watcher_sends_one_request_for_each_poll() {
    let Some(server) = server() else { return };
    let line = Proxy::to(server.port());
    let bucket = bucket(server);
    let direct = open(server, &bucket, "feats");
    publish(&direct, "Pay").await.unwrap();
    let url = format!("s3://{bucket}?endpoint=http://127.0.0.1:{}", line.port());
    let poll = Duration::from_millis(200);
    let store = feats::store::S3::open(url).unwrap().credentials("key", "s3cret").poll_every(poll);
    let cursor = store.load().await.unwrap().cursor;

    let (before, start) = (line.requests(), std::time::Instant::now());
    // Short waits send no more requests than long ones.
    for wait in [1, 50, 50, 900, 50, 50] {
        let event = store.watch(&cursor, Duration::from_millis(wait)).await.unwrap();
        assert_eq!(event, WatchEvent::Changes { entries: Vec::new(), cursor: cursor.clone() });
    }
    let sent = line.requests() - before;
    let polls = (start.elapsed().as_millis() / poll.as_millis()) as usize + 1;
    assert!((1..=polls).contains(&sent), "{sent} requests, {polls} polls");
}

#[tokio::test]
async fn a_load_continues_where_the_last_one_was_interrupted() {
    const FEATURES: usize = 150;
    let Some(server) = server() else { return };
    let line = Proxy::to(server.port());
    let bucket = bucket(server);
    let direct = open(server, &bucket, "feats");
    for feature in 0..FEATURES {
        publish(&direct, &format!("Feature{feature}")).await.unwrap();
    }
    let url = format!("s3://{bucket}?endpoint=http://127.0.0.1:{}", line.port());
    let store = feats::store::S3::open(url).unwrap().credentials("key", "s3cret");

    line.set(Link::Slow { delay: Duration::from_millis(50), resets: 0.0 });
    let most_are_sent = async {
        while line.requests() < 100 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        loaded = store.load() => panic!("it was not interrupted: {loaded:?}"),
        () = most_are_sent => {}
    }
    line.set(Link::Pass);
    let before = line.requests();
    let mut loaded = store.load().await.unwrap();
    // Of 100 requests, at most 64 were not answered.
    let sent = line.requests() - before;
    assert!(sent <= FEATURES - 36 + 2, "{sent} requests");
    loaded.entries.sort_by(|a, b| a.feature.cmp(&b.feature));
    let mut expected = direct.load().await.unwrap();
    expected.entries.sort_by(|a, b| a.feature.cmp(&b.feature));
    assert_eq!(loaded, expected);

    // Nothing is kept after a load: objects that were deleted since are missing.
    let deleted = keys(server, &bucket, "feats/revisions/Feature7/");
    assert_eq!(server.request("DELETE", &format!("/{bucket}/{}", deleted[0]), "").0, 204);
    assert_eq!(store.load().await.unwrap().entries.len(), FEATURES - 1);
}

#[tokio::test]
async fn the_objects_are_listed_once_within_the_interval() {
    let Some(server) = server() else { return };
    let bucket = bucket(server);
    let store = open(server, &bucket, "feats").check_every(Duration::from_secs(3_600));
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    server.request("PUT", &format!("/{bucket}/feats/notes.txt"), "hello");
    assert_eq!(store.check().await.unwrap(), [""; 0], "the last warnings");
    assert_eq!(store.check_every(Duration::ZERO).check().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_append_whose_reply_is_lost_is_found_in_the_head() {
    let Some(server) = server() else { return };
    let line = Proxy::to(server.port());
    let bucket = bucket(server);
    let url = format!("s3://{bucket}?endpoint=http://127.0.0.1:{}", line.port());
    let store = feats::store::S3::open(url).unwrap().credentials("key", "s3cret");
    publish(&store, "Pay").await.unwrap();
    // Replies get lost after ever more bytes; the server has received the request.
    for after in [0, 200, 300, 400, 600, 900] {
        let current = verified(&store, "Pay").await.pop();
        let entry = crate::writing::revision("Pay", current.as_ref(), 10);
        line.set(Link::Cut { after });
        let expected = feats::store::RevisionStamp::after(current.as_ref().unwrap());
        let first = store.append(expected, &entry).await;
        line.set(Link::Pass);
        match store.append(expected, &entry).await.unwrap() {
            feats::store::AppendOutcome::Done => assert!(first.is_err(), "acknowledged and lost"),
            feats::store::AppendOutcome::Conflict(newest) => assert_eq!(newest, Some(entry), "{after}"),
        }
        let ids: std::collections::BTreeSet<String> = verified(&store, "Pay").await.into_iter().map(|e| e.id).collect();
        assert_eq!(ids.len() as u64, current.unwrap().version + 1);
    }
}
