//! Opening checks only the path; everything else happens at the first use.

use std::fs;
use std::path::Path;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Sqlite, Store, WatchEvent};

use super::open;
use crate::writing::publish;

#[test]
fn an_invalid_path_is_rejected() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("");
    for (path, why) in [
        (Path::new(""), "the path is empty"),
        (Path::new("a\0b.db"), "NUL"),
        (Path::new(":memory:"), "feats::store::Memory"),
        (Path::new("sqlite:feats.db"), "use the path without the scheme"),
        (Path::new("sqlite://feats.db"), "use the path without the scheme"),
        (Path::new("file:feats.db?mode=memory"), "use the path without the scheme"),
        (Path::new("no-such-directory/"), "this is a directory"),
        (directory.path(), "this is a directory"),
        (&inside, "this is a directory"),
    ] {
        let error = Sqlite::open(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.message().contains(why), "{error}");
        assert_eq!(error.path(), Some(path));
    }
}

#[test]
fn a_mistyped_address_is_rejected_and_not_repeated() {
    for address in [
        "redis://admin:secret@h",
        "redis:/admin:secret@h",
        "redis:/secret@h",
        "redis:admin:secret@h",
        "rediss//admin:secret@h",
        "rediss//secret@h",
        "\"redis://admin:secret@h\"",
        "'redis:/secret@h'",
        " redis:/admin:secret@h",
        "REDIS:/admin:secret@h",
        "redis://ad%40min:secret@h",
        "redis://h?password=secret",
        "//admin:secret@h",
        "admin:secret@h",
        ":secret@h",
        "sqlite://admin:secret@h/feats.db",
        "postgres:/admin:secret@h",
    ] {
        let error = Sqlite::open(address).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Invalid, None), "{address}");
        assert!(error.message().contains("looks like the address of a server"), "{address}: {error}");
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains("secret"), "{shown}");
    }
    for path in
        ["/srv/me@home/feats.db", "feats@2.db", "C:\\me@home\\feats.db", "a:b.db", "./redis/feats.db", "x/y:z/@.db"]
    {
        Sqlite::open(path).expect(path);
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let path = Path::new(std::ffi::OsStr::from_bytes(b"\xff.db"));
    assert_eq!(Sqlite::open(path).unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn no_file_is_created_before_the_first_use() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    assert!(!path.exists());
    assert_eq!(store.load().await.unwrap().entries, []);
    assert!(path.exists());
}

#[tokio::test]
async fn a_missing_directory_is_named_and_can_be_created_later() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("later");
    let store = open(&inner.join("feats.db"));
    let error = store.load().await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    assert!(error.message().contains(inner.to_str().unwrap()), "{error}");
    fs::create_dir(&inner).unwrap();
    store.load().await.unwrap();
}

#[tokio::test]
async fn a_required_file_is_not_created() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let tool = open(&path).must_exist();
    for error in [tool.load().await.map(drop).unwrap_err(), publish(&tool, "Feature").await.map(drop).unwrap_err()] {
        assert!(error.is_unavailable(), "{error:?}");
        assert_eq!(error.message(), "there is no such file");
    }
    assert!(!path.exists());
    publish(&open(&path), "Feature").await.unwrap();
    assert_eq!(tool.load().await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn unusual_paths_are_valid() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["a?mode=memory", "a#b", "a%20b", "it's", "ä 🦀", ":memory:", "file:x", "-"] {
        let path = directory.path().join(name);
        publish(&open(&path), "Feature").await.unwrap();
        assert!(path.exists(), "{name}");
        assert_eq!(open(&path).load().await.unwrap().entries.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    fs::write(&path, "").unwrap();
    publish(&open(&path), "Feature").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_handles_create_one_file() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..5 {
        let path = directory.path().join(format!("{n}.db"));
        let first_uses = (0..16).map(|n| {
            let store = Sqlite::open(&path).unwrap();
            tokio::spawn(async move {
                let (epoch, entry) =
                    (store.epoch().await.unwrap(), publish(&store, &format!("Feature{n}")).await.unwrap());
                (epoch, entry.version)
            })
        });
        let mut seen = Vec::new();
        for first_use in first_uses.collect::<Vec<_>>() {
            seen.push(first_use.await.unwrap());
        }
        assert!(seen.iter().all(|other| *other == seen[0]), "{seen:?}");
        assert_eq!(open(&path).load().await.unwrap().entries.len(), 16);
    }
}

#[tokio::test]
async fn extreme_options_are_clamped() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = Sqlite::open(path).unwrap().busy_timeout(Duration::MAX).poll_every(Duration::ZERO);
    let shown = format!("{store:?}");
    assert!(shown.contains("busy: 3600s") && shown.contains("poll: 1ms"), "{shown}");
    let cursor = store.load().await.unwrap().cursor;
    let watched = store.watch(&cursor, Duration::from_millis(20)).await.unwrap();
    assert_eq!(watched, WatchEvent::Changes { entries: Vec::new(), cursor });
    // Within the limits, options are used as given.
    let store = store.busy_timeout(Duration::from_millis(7)).poll_every(Duration::from_secs(9));
    let shown = format!("{store:?}");
    assert!(shown.contains("busy: 7ms") && shown.contains("poll: 9s"), "{shown}");
}

#[test]
fn a_handle_outlives_its_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("feats.db"));
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(publish(&store, "Feature")).unwrap();
        let unfinished = store.clone();
        runtime.spawn(async move { publish(&unfinished, "Feature").await });
        runtime.block_on(tokio::task::yield_now());
    }
}
