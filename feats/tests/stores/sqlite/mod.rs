//! Faults of a file.

mod access;
mod child;
mod crash;
mod damage;
mod log;
mod losses;
mod modes;
mod opening;
mod replaced;

use std::path::{Path, PathBuf};
use std::time::Duration;

use feats::store::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

/// Opens a handle with a short wait for locks.
fn open(path: &Path) -> Sqlite {
    Sqlite::open(path).unwrap().busy_timeout(Duration::from_millis(300)).poll_every(Duration::from_millis(5))
}

/// Opens a plain connection without feats.
async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

async fn execute(path: &Path, sql: &'static str) {
    sqlx::raw_sql(sql).execute(&mut raw(path).await).await.unwrap();
}

/// Closes a handle. Its threads end a little later, and the last connection removes the log.
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
