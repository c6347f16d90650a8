//! Single keys, fields and revisions that a Redis has lost: they are reported, and restored where possible.

use feats::model::{Declaration, Entry};
use feats::store::{Page, Redis, RevisionStamp, Store, contract};
use feats::{App, ErrorKind, RestoreOutcome};
use feats_servers::Redis as Server;

use super::server;
use crate::writing::{publish, revision, verified};

#[tokio::test]
async fn lost_revisions_are_reported() {
    let Some(server) = server() else { return };
    let lose = async |feature: &str, version: u64| {
        server.command::<i64>(&["XDEL", &format!("{{feats}}:history:{feature}"), &format!("{version}-0")]);
        let newest: Option<Vec<u8>> = server.command(&["HGET", "{feats}:current", feature]);
        if newest.is_some_and(|newest| newest.starts_with(format!("{version} ").as_bytes())) {
            server.command::<i64>(&["HDEL", "{feats}:current", feature]);
        }
    };
    contract::run_losses(|| Redis::open(server.url()).unwrap(), lose).await;
}

#[tokio::test]
async fn a_deleted_or_truncated_history_is_reported_and_its_newest_revision_is_restored() {
    let harms: [(&str, &[&str], &[u64]); 5] = [
        ("deleted", &["DEL", "{feats}:history:Fee"], &[1, 2]),
        ("emptied", &["XTRIM", "{feats}:history:Fee", "MAXLEN", "0"], &[1, 2]),
        ("trimmed", &["XTRIM", "{feats}:history:Fee", "MAXLEN", "1"], &[1, 2]),
        ("without its first", &["XDEL", "{feats}:history:Fee", "1-0"], &[1]),
        ("without its second", &["XDEL", "{feats}:history:Fee", "2-0"], &[2]),
    ];
    for (what, harm, lost) in harms {
        let Some(server) = server() else { return };
        let store = Redis::open(server.url()).unwrap();
        let mut written = Vec::new();
        for _ in 0..3 {
            written.push(publish(&store, "Fee").await.unwrap());
        }
        publish(&store, "Other").await.unwrap();
        server.command::<redis::Value>(harm);

        let expected = |written: &[Entry]| -> Vec<Entry> {
            let kept = |entry: &Entry| !lost.contains(&entry.version);
            let in_place =
                |entry: &Entry| if kept(entry) { entry.clone() } else { Entry::missing("Fee", entry.version) };
            written.iter().rev().map(in_place).collect()
        };
        assert_eq!(history(&store, "Fee").await, expected(&written), "{what}");
        let warnings = store.check().await.unwrap().join("\n");
        assert!(warnings.contains("the store has lost revisions from the history of \"Fee\""), "{what}: {warnings}");
        assert!(!warnings.contains("Other"), "{what}: {warnings}");
        let read = history(&store, "Fee").await[3 - lost[0] as usize].decode().unwrap_err();
        assert_eq!((read.kind(), read.feature()), (ErrorKind::Corrupt, Some("Fee")));
        assert!(read.message().contains("is missing: the store has lost it"), "{read}");

        written.push(publish(&store, "Fee").await.unwrap());
        assert_eq!(history(&store, "Fee").await, expected(&written), "{what}, after the next revision");
        let kept: usize = server.command(&["XLEN", "{feats}:history:Fee"]);
        assert_eq!(kept, 4 - lost.len(), "{what}: the former newest revision is in the history again");
    }
}

#[tokio::test]
async fn a_feature_that_current_has_lost_is_read_from_its_history() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    for _ in 0..2 {
        publish(&store, "Fee").await.unwrap();
    }
    let other = publish(&store, "Other").await.unwrap();
    let newest = history(&store, "Fee").await.remove(0);
    server.command::<i64>(&["HDEL", "{feats}:current", "Fee"]);
    let mut loaded = store.load().await.unwrap().entries;
    loaded.sort_by(|a, b| a.feature.cmp(&b.feature));
    assert_eq!(loaded, [newest, other]);
    let third = publish(&store, "Fee").await.unwrap();
    assert_eq!(verified(&store, "Fee").await.last(), Some(&third));
    assert!(store.load().await.unwrap().entries.contains(&third));

    server.command::<i64>(&["DEL", "{feats}:current"]);
    assert_eq!(store.load().await.unwrap().entries.len(), 2);
}

#[tokio::test]
async fn lost_versions_are_restored() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    for feature in ["Fee", "Fee", "Other"] {
        publish(&store, feature).await.unwrap();
    }
    for harm in [vec!["DEL", "{feats}:versions"], vec!["HDEL", "{feats}:versions", "Fee"]] {
        server.command::<i64>(&harm);
        assert_eq!(history(&store, "Fee").await.len(), 2, "the history is complete");
        let mut versions = store.versions().await.unwrap();
        versions.sort();
        assert_eq!(versions, [("Fee".to_owned(), 2), ("Other".to_owned(), 1)]);
        let stored: Option<u64> = server.command(&["HGET", "{feats}:versions", "Fee"]);
        assert_eq!(stored, Some(2));
    }
}

#[tokio::test]
async fn a_key_of_another_type_is_reported_and_affects_no_other_feature() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    publish(&store, "Fee").await.unwrap();
    let other = publish(&store, "Other").await.unwrap();
    server.command::<()>(&["SET", "{feats}:history:Fee", "something else"]);
    assert_eq!(store.history("Fee", Page::default()).await.unwrap_err().kind(), ErrorKind::Corrupt);
    let warnings = store.check().await.unwrap().join("\n");
    assert!(warnings.contains("\"Fee\"") && !warnings.contains("Other"), "{warnings}");
    assert_eq!(history(&store, "Other").await, [other]);
    assert_eq!(store.load().await.unwrap().entries.len(), 2);

    server.command::<()>(&["SET", "{feats}:versions", "something else"]);
    assert_eq!(history(&store, "Other").await.len(), 1);
}

/// If the newest revision is lost everywhere, an app that knows it retains it, reports this, and puts it back.
#[tokio::test]
async fn a_newest_revision_that_is_lost_everywhere_is_retained_and_put_back() {
    let Some(server) = server() else { return };
    let start = async || {
        let store = Redis::open(server.url()).unwrap();
        let declaration = Declaration::new("Payments", ["acme", "premium"]);
        App::builder().store(store).declare(declaration).detached().start().await.unwrap()
    };
    let app = start().await;
    for choice in ["acme", "premium"] {
        app.feature_named("Payments").unwrap().edit().otherwise(choice).publish().await.unwrap();
    }
    server.command::<i64>(&["DEL", "{feats}:history:Payments"]);
    server.command::<i64>(&["HDEL", "{feats}:current", "Payments"]);
    app.refresh().await.unwrap();
    let decision = || app.feature_named("Payments").unwrap().explain(&feats::attributes! {}).value().to_string();
    let held = app.status().retained;
    assert_eq!((held[0].feature.as_str(), held[0].version, held[0].stored), ("Payments", 2, 0));
    assert_eq!(decision(), "premium");
    let lost = app.feature_named("Payments").unwrap().history().await.unwrap_err();
    assert!(lost.message().contains("version 2 is missing"), "{lost}");
    assert!(warned(&app, "\"Payments\" (2 of 2)"), "{:?}", app.status());

    let restored = app.restore_retained().author("ada").publish().await.unwrap();
    assert!(matches!(restored.features[0].outcome, RestoreOutcome::Restored(1)), "{restored:?}");
    app.refresh().await.unwrap();
    assert_eq!((app.status().retained.len(), decision()), (0, "premium".to_owned()));
    assert!(!warned(&app, "Payments"), "{:?}", app.status());
    assert!(!warned(&start().await, "Payments"));
}

#[tokio::test]
async fn a_writer_whose_reply_was_lost_finds_its_revision_although_the_history_was_deleted() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let first = publish(&store, "Fee").await.unwrap();
    let second = revision("Fee", Some(&first), 10);
    store.append(RevisionStamp::after(&first), &second).await.unwrap();
    server.command::<i64>(&["DEL", "{feats}:history:Fee"]);
    let again = store.append(RevisionStamp::after(&first), &second).await.unwrap();
    assert_eq!(again, feats::store::AppendOutcome::Conflict(Some(second.clone())));
    assert_eq!(store.history("Fee", Page { before: None, limit: 1 }).await.unwrap(), [second]);
}

#[tokio::test]
async fn settings_that_can_lose_data_are_reported_until_they_are_fixed() {
    let Some(server) = server() else { return };
    let store = Redis::open(server.url()).unwrap();
    let app = App::builder().store(store.clone()).detached().start().await.unwrap();
    assert!(warned(&app, "saves nothing to its disk"), "{:?}", app.status());
    server.command::<()>(&["CONFIG", "SET", "appendonly", "yes"]);
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    for (policy, what) in [("allkeys-lru", "including revisions"), ("volatile-ttl", "counts of uses")] {
        server.command::<()>(&["CONFIG", "SET", "maxmemory-policy", policy]);
        app.refresh().await.unwrap();
        assert!(warned(&app, policy) && warned(&app, what), "{:?}", app.status());
        assert_eq!(app.status().warnings.len(), 1, "one for each cause: {:?}", app.status());
    }
    server.command::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    app.refresh().await.unwrap();
    assert_eq!(app.status().warnings, [""; 0]);
    server.command::<()>(&["CONFIG", "SET", "appendonly", "no"]);
    server.command::<()>(&["CONFIG", "SET", "save", "3600 1"]);
    assert_eq!(store.check().await.unwrap(), [""; 0], "a server with save points has persistence");
}

#[tokio::test]
async fn a_setting_of_any_master_of_a_cluster_is_reported() {
    if !feats_servers::available() {
        return;
    }
    let cluster = feats_servers::Cluster::start();
    let store = Redis::open(cluster.url()).unwrap();
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    for node in cluster.nodes() {
        node.command::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"]);
        let warnings = store.check().await.unwrap();
        node.command::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
        let is_master =
            node.command::<Vec<redis::Value>>(&["ROLE"]).first() == Some(&redis::Value::BulkString(b"master".to_vec()));
        assert_eq!(warnings.iter().any(|warning| warning.contains("allkeys-lfu")), is_master, "{warnings:?}");
    }
}

#[tokio::test]
async fn checks_that_the_user_is_not_permitted_are_skipped() {
    if !feats_servers::available() {
        return;
    }
    let server = Server::builder().acl_user("feats", "pw", "~* +@all -config -info -hlen").start();
    let store = Redis::open(server.url_of("feats", "pw")).unwrap();
    publish(&Redis::open(server.url()).unwrap(), "Fee").await.unwrap();
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    assert_eq!(store.versions().await.unwrap(), [("Fee".to_owned(), 1)]);
}

fn warned(app: &App, words: &str) -> bool {
    app.status().warnings.iter().any(|warning| warning.contains(words))
}

async fn history(store: &Redis, feature: &str) -> Vec<Entry> {
    store.history(feature, Page::default()).await.unwrap()
}
