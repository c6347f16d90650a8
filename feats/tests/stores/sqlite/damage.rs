//! Files that are not a store: damaged ones, those of other programs, those of newer versions.

use std::fs;
use std::path::Path;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{Cursor, RevisionStamp, Sqlite, Store, WatchEvent};

use super::{close, execute, open};
use crate::writing::{publish, revision};

#[tokio::test]
async fn a_file_that_is_not_a_database_is_corrupt_and_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    for content in ["just a note".repeat(1000).into_bytes(), (0..100_000).map(|n| (n % 251) as u8).collect()] {
        fs::write(&path, &content).unwrap();
        refused(&open(&path), "not a SQLite database").await;
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[tokio::test]
async fn the_database_of_another_program_is_rejected_and_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in [
        ("tables", "CREATE TABLE revisions (a); INSERT INTO revisions VALUES (1)"),
        ("version", "PRAGMA user_version = 1"),
        ("application", "PRAGMA application_id = 7"),
    ] {
        let path = directory.path().join(name);
        execute(&path, sql).await;
        let content = fs::read(&path).unwrap();
        refused(&open(&path), "the database of another program").await;
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
    }
}

#[tokio::test]
async fn a_database_with_a_newer_schema_is_rejected_and_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Feature").await.unwrap();
    execute(&path, "PRAGMA user_version = 99").await;
    close(store, &path).await;
    let content = fs::read(&path).unwrap();
    refused(&open(&path), "schema version 99, from a newer version of feats").await;
    assert_eq!(fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn tables_that_were_changed_by_hand_are_corrupt() {
    for sql in [
        "DROP TABLE current",
        "DROP TABLE revisions",
        "DELETE FROM meta",
        "DELETE FROM revisions",
        "ALTER TABLE revisions DROP COLUMN removed",
        "UPDATE current SET seq = 1000",
        "PRAGMA ignore_check_constraints = ON; UPDATE revisions SET hash = x'00'",
        "PRAGMA ignore_check_constraints = ON; UPDATE revisions SET version = -1",
        "UPDATE revisions SET id = CAST(x'ff' AS TEXT)",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("feats.db");
        let store = open(&path);
        publish(&store, "Feature").await.unwrap();
        execute(&path, sql).await;
        for store in [store, open(&path)] {
            let error = store.load().await.expect_err(sql);
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{sql}: {error}");
        }
    }
}

#[tokio::test]
async fn damaged_pages_are_detected_without_a_panic() {
    let directory = tempfile::tempdir().unwrap();
    let sound = directory.path().join("sound.db");
    let store = open(&sound);
    for n in 0..30 {
        publish(&store, &format!("Feature{}", n % 10)).await.unwrap();
    }
    store.records().unwrap().put("kind", "key", &[7; 10_000], None).await.unwrap();
    close(store, &sound).await;
    let sound = fs::read(&sound).unwrap();

    let mut random = fastrand::Rng::with_seed(7);
    let mut found = 0;
    for n in 0..60 {
        let mut content = sound.clone();
        if n % 3 == 0 {
            content.truncate(random.usize(1..sound.len()));
        } else {
            let at = random.usize(..sound.len() - 64);
            content[at..at + 64].fill_with(|| random.u8(..));
        }
        let path = directory.path().join(format!("damaged{n}.db"));
        fs::write(&path, content).unwrap();
        found += usize::from(use_everything(&open(&path), &path).await > 0);
    }
    assert!(found > 20, "damage was found in {found} of 60 files");
}

/// Checks that every result is valid or a proper error. Returns the number of errors.
async fn use_everything(store: &Sqlite, path: &Path) -> usize {
    let start = Cursor::default();
    let entry = revision("Feature0", None, 10);
    let mut errors = Vec::new();
    match store.load().await {
        Ok(loaded) => errors.extend(loaded.entries.iter().filter_map(|entry| entry.decode().err())),
        Err(error) => errors.push(error),
    }
    errors.extend(store.watch(&start, Duration::ZERO).await.err());
    errors.extend(store.versions().await.err());
    errors.extend(store.append(RevisionStamp::default(), &entry).await.err());
    errors.extend(store.records().unwrap().list("kind").await.err());
    errors.extend(store.records().unwrap().put("kind", "key", b"", None).await.err());
    errors.extend(store.counters().unwrap().add("kind", "key", &[("n".to_owned(), 1)], None).await.err());
    errors.extend(store.assignments().unwrap().assign("experiment", "unit", "choice").await.err());
    for error in &errors {
        let told = error.kind() == ErrorKind::Corrupt && (error.path() == Some(path) || error.feature().is_some());
        assert!(told, "{}: {error:?}", path.display());
    }
    errors.len()
}

/// Checks that every use fails with an error that names the reason and the path.
async fn refused(store: &Sqlite, why: &str) {
    let entry = revision("Feature", None, 10);
    let errors = [
        store.load().await.map(drop).unwrap_err(),
        store.append(RevisionStamp::default(), &entry).await.map(drop).unwrap_err(),
        store.watch(&Cursor::default(), Duration::ZERO).await.map(|_: WatchEvent| ()).unwrap_err(),
        store.records().unwrap().put("kind", "key", b"", None).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(error.store(), Some(store.name().as_str()));
        assert!(error.path().is_some());
    }
}
