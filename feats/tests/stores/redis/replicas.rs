//! Replicas: confirmation, failovers, and slots that move.

use std::time::Duration;

use feats::ErrorKind;
use feats::model::Entry;
use feats::store::{AppendOutcome, Cursor, Page, Redis, RevisionStamp, Store, WatchEvent};
use feats_servers::{Cluster, Redis as Server, Sentinel, available, until};
use tokio::time::{Instant, sleep};

use crate::writing::{publish, revision, verified};

/// The time within which a cluster or the sentinels must find a new master, on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn with_a_replica_an_append_is_done_when_the_replica_has_it() {
    if !available() {
        return;
    }
    let (master, replica) = (Server::start(), Server::start());
    replica.command::<()>(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]);
    until("the replica follows", || master.command::<i64>(&["WAIT", "1", "100"]) == 1);
    let store = Redis::open(master.url()).unwrap();
    let first = publish(&store, "Feature").await.unwrap();
    let there: Vec<(String, Vec<String>)> = replica.command(&["XRANGE", "{feats}:history:Feature", "-", "+"]);
    assert_eq!(there.len(), 1);

    replica.pause();
    let second = revision("Feature", Some(&first), 10);
    let message = "version 2 is written, but no replica confirmed it within 2s; a failover could lose it";
    // A retry fails too: the revision exists, but is not confirmed.
    for _ in 0..2 {
        let error = store.append(RevisionStamp::after(&first), &second).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Unconfirmed, message), "{error:?}");
    }
    assert_eq!(verified(&store, "Feature").await, [first.clone(), second.clone()]);
    replica.resume();
    until("the replica follows again", || master.command::<i64>(&["WAIT", "1", "100"]) == 1);
    let again = store.append(RevisionStamp::after(&first), &second).await.unwrap();
    assert_eq!(again, AppendOutcome::Conflict(Some(second)));
}

#[tokio::test]
async fn a_replica_is_read_only() {
    if !available() {
        return;
    }
    let (master, replica) = (Server::start(), Server::start());
    publish(&Redis::open(master.url()).unwrap(), "Feature").await.unwrap();
    replica.command::<()>(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]);
    until("the replica follows", || master.command::<i64>(&["WAIT", "1", "100"]) == 1);
    let store = Redis::open(replica.url()).unwrap();
    assert_eq!(store.load().await.unwrap().entries.len(), 1);
    let error = store.append(RevisionStamp::default(), &revision("Other", None, 10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error:?}");
    let message = "this server is a read-only replica; use the URL of its master, or redis+sentinel://";
    assert_eq!(error.message(), message);
}

#[tokio::test]
async fn acknowledged_revisions_survive_a_failover_of_sentinels() {
    if !available() {
        return;
    }
    let sentinel = Sentinel::start();
    let (store, watcher) = (Redis::open(sentinel.url()).unwrap(), Redis::open(sentinel.url()).unwrap());
    let mut follower = Follower::start(&watcher).await;
    let mut written = Vec::new();
    for _ in 0..5 {
        written.push(publish(&store, "Feature").await.unwrap());
    }
    follower.sees(written.last().unwrap()).await;
    sentinel.kill_master();
    // The promoted replica has no replica itself, so new revisions are written, but not confirmed.
    written.push(append_with_retry(&store, "Feature", &[ErrorKind::Unconfirmed]).await);
    follower.sees(written.last().unwrap()).await;
    assert_eq!(verified(&store, "Feature").await, written);

    sentinel.wait_for_failover();
    sentinel.restart_killed();
    written.push(append_with_retry(&store, "Feature", &[]).await);
    assert_eq!(verified(&Redis::open(sentinel.url()).unwrap(), "Feature").await, written);
}

#[tokio::test]
async fn acknowledged_revisions_survive_the_master_of_a_slot() {
    if !available() {
        return;
    }
    let cluster = Cluster::start();
    let (store, watcher) = (Redis::open(cluster.url()).unwrap(), Redis::open(cluster.url()).unwrap());
    let mut follower = Follower::start(&watcher).await;
    let mut written = Vec::new();
    for _ in 0..5 {
        written.push(publish(&store, "Feature").await.unwrap());
    }
    let units: Vec<_> = (0..200).map(|n| (format!("unit {n}"), "choice".to_owned())).collect();
    let assigned = store.assignments().unwrap().assign_many("experiment", &units).await.unwrap();
    assert!(assigned.iter().all(|assigned| assigned.choice == "choice" && assigned.first) && assigned.len() == 200);
    follower.sees(written.last().unwrap()).await;
    let killed = cluster.kill_master_of("{feats}:changes");
    written.push(append_with_retry(&store, "Feature", &[ErrorKind::Unconfirmed]).await);
    follower.sees(written.last().unwrap()).await;
    assert_eq!(verified(&store, "Feature").await, written);
    killed.restart();
    cluster.wait_until_whole();
    written.push(append_with_retry(&store, "Feature", &[]).await);
    assert_eq!(verified(&Redis::open(cluster.url()).unwrap(), "Feature").await, written);
    assert_eq!(store.assignments().unwrap().assign_many("experiment", &units).await.unwrap().len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_and_writers_follow_a_slot_that_moves() {
    if !available() {
        return;
    }
    let cluster = Cluster::start();
    let (store, watcher) = (Redis::open(cluster.url()).unwrap(), Redis::open(cluster.url()).unwrap());
    let mut follower = Follower::start(&watcher).await;
    let writing = tokio::spawn(async move {
        let mut written = Vec::new();
        for _ in 0..300 {
            written.push(append_with_retry(&store, "Feature", &[]).await);
            written.push(append_with_retry(&store, &format!("New{}", written.len()), &[]).await);
            store.assignments().unwrap().assign("experiment", &written.len().to_string(), "choice").await.unwrap();
            sleep(Duration::from_millis(2)).await;
        }
        (store, written)
    });
    let moving = tokio::task::spawn_blocking(move || {
        for _ in 0..3 {
            cluster.migrate_slot_of("{feats}:changes");
            std::thread::sleep(Duration::from_millis(100));
        }
        cluster
    });
    let (store, written) = writing.await.unwrap();
    let _cluster = moving.await.unwrap();
    follower.sees(written.last().unwrap()).await;
    let of_feature: Vec<Entry> = written.into_iter().filter(|entry| entry.feature == "Feature").collect();
    assert_eq!(verified(&store, "Feature").await, of_feature);
}

/// A follower of a store. Like a program, it loads all states after an error or a gap.
struct Follower<'a> {
    store: &'a Redis,
    cursor: Option<Cursor>,
}

impl<'a> Follower<'a> {
    async fn start(store: &'a Redis) -> Self {
        Self { store, cursor: Some(store.load().await.unwrap().cursor) }
    }

    async fn sees(&mut self, entry: &Entry) {
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < TIMEOUT, "version {} was not seen", entry.version);
            let seen = match &self.cursor {
                Some(cursor) => match self.store.watch(cursor, Duration::from_secs(5)).await {
                    Ok(WatchEvent::Changes { entries, cursor }) => Some((entries, cursor)),
                    Ok(WatchEvent::Gap) | Err(_) => None,
                },
                None => self.store.load().await.ok().map(|loaded| (loaded.entries, loaded.cursor)),
            };
            let Some((entries, cursor)) = seen else {
                self.cursor = None;
                sleep(Duration::from_millis(20)).await;
                continue;
            };
            self.cursor = Some(cursor);
            if entries.contains(entry) {
                return;
            }
        }
    }
}

/// Appends a revision, with retries until it is acknowledged or written with one of these errors.
async fn append_with_retry(store: &Redis, feature: &str, enough: &[ErrorKind]) -> Entry {
    let start = Instant::now();
    let mut mine: Option<Entry> = None;
    loop {
        match attempt(store, feature, &mut mine).await {
            Ok(entry) => return entry,
            Err(error) if enough.contains(&error.kind()) => return mine.expect("what was appended"),
            Err(error) => assert!(start.elapsed() < TIMEOUT, "{error:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Appends once: a revision with an unknown outcome, or a new one.
async fn attempt(store: &Redis, feature: &str, mine: &mut Option<Entry>) -> feats::Result<Entry> {
    let newest = |version: u64| Page { before: Some(version), limit: 1 };
    let before = match &*mine {
        Some(entry) => store.history(feature, newest(entry.version)).await?.pop(),
        None => store.history(feature, newest(u64::MAX)).await?.pop(),
    };
    let entry = mine.get_or_insert_with(|| revision(feature, before.as_ref(), 100)).clone();
    match store.append(before.as_ref().map(RevisionStamp::after).unwrap_or_default(), &entry).await? {
        AppendOutcome::Done => Ok(entry),
        AppendOutcome::Conflict(Some(standing)) if standing == entry => Ok(entry),
        AppendOutcome::Conflict(standing) => panic!("{standing:?} stands in place of {entry:?}"),
    }
}
