//! What can happen to a file.

mod access;
mod child;
mod crash;
mod damage;
mod opening;
mod replaced;

use std::path::{Path, PathBuf};
use std::time::Duration;

use feats::Timestamp;
use feats::model::{Entry, FORMAT, Hash, Header};
use feats::store::{Appended, Expected, Page, Sqlite, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

/// A handle that does not wait long for locks.
fn open(path: &Path) -> Sqlite {
    Sqlite::open(path).unwrap().busy_timeout(Duration::from_millis(300)).poll_every(Duration::from_millis(5))
}

/// A connection that knows nothing of feats.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

async fn execute(path: &Path, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&mut raw(path).await).await.unwrap();
}

/// Closes a handle. Its threads end a little later; whoever is last then takes the log along.
async fn close(store: Sqlite, path: &Path) {
    drop(store);
    while beside(path, "-wal").exists() {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let mut last = raw(path).await;
        sqlx::raw_sql("SELECT 1 FROM sqlite_schema").execute(&mut last).await.unwrap();
        last.close().await.unwrap();
    }
}

/// A file that SQLite keeps beside the database.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The revision after `current`, with a state of about so many bytes.
fn revision(feature: &str, current: Option<&Entry>, bytes: usize) -> Entry {
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version: current.map_or(1, |entry| entry.version + 1),
        id: format!("{:016x}", fastrand::u64(..)),
        previous: current.map_or(Hash::default(), |entry| entry.hash),
        author: "test".to_owned(),
        comment: String::new(),
        time: Timestamp::now(),
    };
    Entry::write(&header, Some(&"x".repeat(bytes))).unwrap()
}

/// Appends a revision after the newest one; there is no other writer.
async fn publish(store: &Sqlite, feature: &str) -> feats::Result<Entry> {
    let current = store.history(feature, Page { before: None, limit: 1 }).await?.pop();
    let entry = revision(feature, current.as_ref(), 100);
    let expected = current.as_ref().map(Expected::after).unwrap_or_default();
    assert_eq!(store.append(expected, &entry).await?, Appended::Done);
    Ok(entry)
}

/// The whole history, oldest first: numbers without holes, hashes that hold.
async fn verified(store: &Sqlite, feature: &str) -> Vec<Entry> {
    let mut entries = store.history(feature, Page { before: None, limit: usize::MAX }).await.unwrap();
    entries.reverse();
    let mut previous = Hash::default();
    for (entry, version) in entries.iter().zip(1..) {
        let revision = entry.read().unwrap();
        assert_eq!((revision.version(), revision.previous()), (version, previous), "{feature}");
        previous = entry.hash;
    }
    entries
}
