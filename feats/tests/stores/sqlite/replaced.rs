//! A file that is replaced, restored, emptied or removed under a running program.

use std::fs;
use std::path::Path;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{AppendOutcome, Cursor, RevisionStamp, Sqlite, Store, WatchEvent, contract};
use sqlx::{query, query_scalar};

use super::{beside, close, execute, open, raw};
use crate::writing::{publish, revision, verified};

#[tokio::test]
async fn a_file_that_was_emptied_or_restored_has_a_new_epoch() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("feats.db"), directory.path().join("copy.db"));
    let set_back = async || put_in_place(&copy, &path);
    contract::run_epoch_changes(|| open(&path), async || backup(&path, &copy).await, set_back).await;
    let path = directory.path().join("emptied.db");
    let empty = async || execute(&path, "BEGIN; DELETE FROM revisions; DELETE FROM current; COMMIT").await;
    contract::run_epoch_changes(|| open(&path), async || (), empty).await;
}

#[tokio::test]
async fn a_replaced_file_is_a_gap_and_then_used() {
    let directory = tempfile::tempdir().unwrap();
    let (path, other) = (directory.path().join("feats.db"), directory.path().join("other.db"));
    let store = open(&path);
    publish(&store, "Old").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let epoch = store.epoch().await.unwrap();
    let new = open(&other);
    publish(&new, "New").await.unwrap();
    close(new, &other).await;

    let replace = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        put_in_place(&other, &path);
    };
    let (watched, ()) = tokio::join!(store.watch(&cursor, Duration::from_secs(10)), replace);
    assert_eq!(watched.unwrap(), WatchEvent::Gap);

    let there = store.load().await.unwrap();
    assert_eq!(there.entries.iter().map(|entry| entry.feature.as_str()).collect::<Vec<_>>(), ["New"]);
    assert_ne!(store.epoch().await.unwrap(), epoch);
    publish(&store, "New").await.unwrap();
    assert_eq!(open(&path).versions().await.unwrap(), [("New".to_owned(), 2)]);
}

#[tokio::test]
async fn a_file_restored_from_a_copy_is_a_gap_even_after_new_writes() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("feats.db"), directory.path().join("copy.db"));
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let before = store.load().await.unwrap().cursor;
    backup(&path, &copy).await;
    for _ in 0..2 {
        publish(&store, "Feature").await.unwrap();
    }
    let after = store.load().await.unwrap().cursor;
    let (other, epoch) = (open(&path), store.epoch().await.unwrap());

    put_in_place(&copy, &path);
    assert_eq!(store.epoch().await.unwrap(), epoch, "the loss is not detected yet");
    assert_eq!(watch(&store, &after).await, WatchEvent::Gap);
    let another = store.epoch().await.unwrap();
    assert_ne!(another, epoch);
    assert_eq!(watch(&other, &after).await, WatchEvent::Gap);
    assert_eq!(other.epoch().await.unwrap(), another, "one loss begins one epoch");
    for n in 0..3 {
        let written = publish(&store, "Feature").await.unwrap();
        assert_eq!(written.version, n + 2);
        assert_eq!(watch(&store, &after).await, WatchEvent::Gap, "with {} revisions", n + 2);
    }
    assert_eq!(watch(&store, &before).await, WatchEvent::Gap, "it is of another epoch");
    assert_eq!(store.epoch().await.unwrap(), another);
}

#[tokio::test]
async fn an_emptied_store_is_a_gap() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let (cursor, epoch) = (store.load().await.unwrap().cursor, store.epoch().await.unwrap());
    execute(&path, "BEGIN; DELETE FROM revisions; DELETE FROM current; COMMIT").await;
    assert_eq!(watch(&store, &cursor).await, WatchEvent::Gap);
    assert_ne!(store.epoch().await.unwrap(), epoch);
    assert_eq!(store.load().await.unwrap().entries, []);
}

#[tokio::test]
async fn a_removed_file_is_unavailable_until_it_is_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let (path, aside) = (directory.path().join("feats.db"), directory.path().join("aside.db"));
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;
    backup(&path, &aside).await;
    for part in [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")] {
        fs::remove_file(part).unwrap();
    }
    for _ in 0..2 {
        for error in [
            store.load().await.map(drop).unwrap_err(),
            store.watch(&cursor, Duration::from_secs(10)).await.map(drop).unwrap_err(),
            publish(&store, "Feature").await.map(drop).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(error.message().contains("the file is gone"), "{error}");
        }
        assert!(!path.exists(), "an empty store must not replace it");
    }
    put_in_place(&aside, &path);
    assert_eq!(publish(&store, "Feature").await.unwrap().version, 2);
}

/// Like `cp`: the file is the same, with other content.
#[tokio::test]
async fn a_file_overwritten_by_an_older_copy_is_detected_before_a_write_is_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("feats.db"), directory.path().join("copy.db"));
    let (store, watcher) = (open(&path), open(&path));
    publish(&store, "Feature").await.unwrap();
    backup(&path, &copy).await;
    for _ in 0..40 {
        publish(&store, "Feature").await.unwrap();
    }
    let newest = store.load().await.unwrap();
    let other = watcher.load().await.unwrap().cursor;
    assert!(matches!(watch(&watcher, &other).await, WatchEvent::Changes { .. }));
    let epoch = store.epoch().await.unwrap();

    fs::copy(&copy, &path).unwrap();
    let next = revision("Feature", Some(&newest.entries[0]), 100);
    let appended = store.append(RevisionStamp::after(&newest.entries[0]), &next).await.unwrap();
    let AppendOutcome::Conflict(Some(newest)) = appended else { panic!("{appended:?}") };
    assert_eq!(newest.version, 1, "the newest version in the copy");
    assert_eq!(watch(&watcher, &other).await, WatchEvent::Gap);
    assert_ne!(watcher.epoch().await.unwrap(), epoch);
    assert_eq!(publish(&store, "Feature").await.unwrap().version, 2);
    assert_eq!(verified(&open(&path), "Feature").await.len(), 2);
    let sound: String = query_scalar("PRAGMA integrity_check").fetch_one(&mut raw(&path).await).await.unwrap();
    assert_eq!(sound, "ok");
}

#[tokio::test]
async fn no_write_is_acknowledged_in_a_truncated_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    for _ in 0..50 {
        publish(&store, "Feature").await.unwrap();
    }
    let newest = store.load().await.unwrap().entries.remove(0);
    for length in [0, 100, 4_096, 20_000] {
        fs::File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
        let next = revision("Feature", Some(&newest), 100);
        let appended = store.append(RevisionStamp::after(&newest), &next).await;
        assert!(!matches!(appended, Ok(AppendOutcome::Done)), "truncated to {length} bytes");
    }
}

#[tokio::test]
async fn a_file_truncated_to_nothing_causes_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    for _ in 0..50 {
        publish(&store, "Feature").await.unwrap();
    }
    let cursor = store.load().await.unwrap().cursor;
    fs::File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    let mut errors = 0;
    for _ in 0..3 {
        for error in [
            store.load().await.err(),
            store.watch(&cursor, Duration::ZERO).await.err(),
            store.records().unwrap().put("kind", "key", b"", None).await.err(),
        ] {
            let Some(kind) = error.map(|error| error.kind()) else { continue };
            assert!(matches!(kind, ErrorKind::Corrupt | ErrorKind::Unavailable | ErrorKind::Timeout), "{kind:?}");
            errors += 1;
        }
    }
    assert!(errors > 0, "no error reports that the file is truncated");
}

async fn watch(store: &Sqlite, cursor: &Cursor) -> WatchEvent {
    store.watch(cursor, Duration::ZERO).await.unwrap()
}

async fn backup(path: &Path, copy: &Path) {
    query("VACUUM INTO ?").bind(copy.to_str().unwrap()).execute(&mut raw(path).await).await.unwrap();
}

/// Replaces the file as the docs advise: removes the files beside it first, then renames.
fn put_in_place(new: &Path, path: &Path) {
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(beside(path, suffix));
        let _ = fs::remove_file(beside(new, suffix));
    }
    fs::rename(new, path).unwrap();
}
