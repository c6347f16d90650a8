//! The write-ahead log: the file alone has all acknowledged revisions, and a lost log is detected.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use feats::model::Declaration;
use feats::store::{Sqlite, Store, WatchEvent};
use feats::{App, ErrorKind};
use sqlx::{Connection, query_scalar};

use super::child::{Publisher, Told, command};
use super::{beside, open, raw};
use crate::writing::{publish, verified};

#[tokio::test]
async fn a_copy_of_the_file_alone_has_every_acknowledged_revision() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let (one, other) = (open(&path), open(&path));
    let mut cursor = other.load().await.unwrap().cursor;
    for n in 0..20 {
        let writer = if n % 2 == 0 { &one } else { &other };
        publish(writer, ["One", "Two", "Three"][n % 3]).await.unwrap();
        writer.records().unwrap().put("kind", &n.to_string(), &[0; 5_000], None).await.unwrap();
        assert_eq!(versions_of_copy(&path).await, versions(&one).await, "after {} revisions", n + 1);
        let WatchEvent::Changes { cursor: next, .. } = one.watch(&cursor, Duration::ZERO).await.unwrap() else {
            panic!("a gap")
        };
        cursor = next;
    }
}

#[tokio::test]
async fn pages_that_a_reader_kept_in_the_log_are_moved_after_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let start = || {
        let store = Sqlite::open(&path).unwrap();
        App::builder().store(store).declare(Declaration::new("Payments", ["acme", "premium"])).detached().start()
    };
    let app = start().await.unwrap();
    let mut reader = raw(&path).await;
    let mut reading = reader.begin().await.unwrap();
    let _: i64 = query_scalar("SELECT count(*) FROM revisions").fetch_one(&mut *reading).await.unwrap();
    app.feature_named("Payments").unwrap().edit().otherwise("premium").publish().await.unwrap();
    assert_eq!(versions_of_copy(&path).await, [], "the reader needs the older pages");
    reading.rollback().await.unwrap();
    let begun = Instant::now();
    while versions_of_copy(&path).await != [("Payments".to_owned(), 1)] {
        assert!(begun.elapsed() < Duration::from_secs(20), "the pages stay in the log");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_log_stays_short_while_programs_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let programs = [Publisher::start(command(&path)), Publisher::start(command(&path))];
    let mut longest = 0;
    let mut acknowledged = BTreeMap::<String, u64>::new();
    let store = open(&path);
    for told in programs.into_iter().flat_map(|mut program| {
        let told: Vec<Told> = program.by_ref().take(100).collect();
        longest = longest.max(fs::metadata(beside(&path, "-wal")).map_or(0, |log| log.len()));
        told.into_iter().chain(program.kill())
    }) {
        if let Told::Published(feature, version) = told {
            let newest = acknowledged.entry(feature).or_default();
            *newest = version.max(*newest);
        }
    }
    assert!(longest < 8 << 20, "the log has {longest} bytes");
    // Without writers, a program that watches the file moves the last pages of the log.
    let cursor = store.load().await.unwrap().cursor;
    store.watch(&cursor, Duration::from_millis(20)).await.unwrap();
    let copied: BTreeMap<String, u64> = versions_of_copy(&path).await.into_iter().collect();
    for (feature, version) in &acknowledged {
        assert!(copied.get(feature).is_some_and(|copied| copied >= version), "{feature}: {copied:?}");
    }
}

#[tokio::test]
async fn a_log_that_is_removed_replaced_or_cut_loses_no_acknowledged_revision() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 6] = [
        ("the log is removed", |path| fs::remove_file(beside(path, "-wal")).unwrap()),
        ("its index is removed", |path| fs::remove_file(beside(path, "-shm")).unwrap()),
        ("both are removed", |path| {
            fs::remove_file(beside(path, "-wal")).unwrap();
            fs::remove_file(beside(path, "-shm")).unwrap();
        }),
        ("the log is replaced by an empty one", |path| {
            fs::remove_file(beside(path, "-wal")).unwrap();
            fs::write(beside(path, "-wal"), "").unwrap();
        }),
        ("the log is replaced by garbage", |path| {
            fs::remove_file(beside(path, "-wal")).unwrap();
            fs::write(beside(path, "-wal"), "garbage".repeat(10_000)).unwrap();
        }),
        ("the log is cut", |path| {
            fs::File::options().write(true).open(beside(path, "-wal")).unwrap().set_len(0).unwrap();
        }),
    ];
    for (what, harm) in harms {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("feats.db");
        let store = open(&path);
        let mut acknowledged = vec![publish(&store, "Feature").await.unwrap()];
        let cursor = store.load().await.unwrap().cursor;
        store.watch(&cursor, Duration::ZERO).await.unwrap();
        let epoch = store.epoch().await.unwrap();
        for _ in 0..3 {
            harm(&path);
            acknowledged.push(publish(&store, "Feature").await.unwrap());
        }
        for handle in [&store, &open(&path), &Sqlite::open(copy(&path)).unwrap()] {
            assert_eq!(verified(handle, "Feature").await, acknowledged, "{what}");
            assert_eq!(handle.epoch().await.unwrap(), epoch, "{what}");
        }
        let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
            panic!("a gap, although nothing is lost: {what}")
        };
        assert_eq!(entries.last(), acknowledged.last(), "{what}");
        let sound: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut raw(&path).await).await.unwrap();
        assert_eq!(sound, "ok", "{what}");
    }
}

/// Pages that are only in a log that is removed during a read are lost. Later appends are not acknowledged until they are
/// durable again.
#[tokio::test]
async fn the_removal_of_a_log_with_unmoved_pages_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let mut reader = raw(&path).await;
    let mut reading = reader.begin().await.unwrap();
    let _: i64 = query_scalar("SELECT count(*) FROM revisions").fetch_one(&mut *reading).await.unwrap();
    publish(&store, "Feature").await.unwrap();
    fs::remove_file(beside(&path, "-wal")).unwrap();
    let mut errors = Vec::new();
    for _ in 0..3 {
        match publish(&store, "Feature").await {
            Ok(entry) => {
                let newest = store.versions().await.unwrap();
                assert_eq!(newest, [("Feature".to_owned(), entry.version)]);
            }
            Err(error) => errors.push(error.kind()),
        }
    }
    let told =
        errors.iter().all(|kind| matches!(kind, ErrorKind::Unavailable | ErrorKind::Corrupt | ErrorKind::Timeout));
    assert!(told, "{errors:?}");
    drop(reading);
    drop(reader);
}

#[tokio::test]
async fn a_renamed_directory_is_detected_before_a_write_is_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let (here, elsewhere) = (directory.path().join("here"), directory.path().join("elsewhere"));
    fs::create_dir(&here).unwrap();
    let path = here.join("feats.db");
    let store = open(&path);
    let first = publish(&store, "Feature").await.unwrap();
    fs::rename(&here, &elsewhere).unwrap();
    let error = publish(&store, "Feature").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.message().contains("the file is gone"), "{error}");
    fs::rename(&elsewhere, &here).unwrap();
    let second = publish(&store, "Feature").await.unwrap();
    assert_eq!(verified(&store, "Feature").await, [first, second]);
}

#[tokio::test]
async fn a_symbolic_link_is_the_same_store() {
    let directory = tempfile::tempdir().unwrap();
    let (real, link) = (directory.path().join("real.db"), directory.path().join("link.db"));
    #[cfg(unix)]
    std::os::unix::fs::symlink("real.db", &link).unwrap();
    let store = open(&link);
    publish(&store, "Feature").await.unwrap();
    assert!(real.exists() && beside(&real, "-wal").exists());
    fs::remove_file(beside(&real, "-wal")).unwrap();
    publish(&store, "Feature").await.unwrap();
    assert_eq!(verified(&open(&real), "Feature").await.len(), 2);
}

async fn versions(store: &Sqlite) -> Vec<(String, u64)> {
    let mut versions = store.versions().await.unwrap();
    versions.sort();
    versions
}

async fn versions_of_copy(path: &Path) -> Vec<(String, u64)> {
    let copy = copy(path);
    let found = versions(&Sqlite::open(&copy).unwrap()).await;
    fs::remove_dir_all(copy.parent().unwrap()).unwrap();
    found
}

/// Copies the database file alone.
fn copy(path: &Path) -> PathBuf {
    let directory = path.parent().unwrap().join(format!("copy-{:x}", fastrand::u64(..)));
    fs::create_dir(&directory).unwrap();
    let copy = directory.join("feats.db");
    fs::copy(path, &copy).unwrap();
    copy
}
