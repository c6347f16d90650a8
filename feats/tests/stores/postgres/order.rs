//! The order of commits.

use std::io::Write;
use std::process::{Child, Stdio};
use std::time::Duration;

use feats::model::Entry;
use feats::store::{Postgres, Store, WatchEvent};
use feats_servers::until;

use super::server;
use crate::writing::{name, publish, revision};

/// Another writer takes a position first and commits last.
#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_misses_no_revision_of_a_transaction_that_commits_late() {
    let Some(server) = server() else { return };
    let url = server.database();
    let store = Postgres::open(&url).unwrap();
    publish(&store, "First").await.unwrap();
    let cursor = store.load().await.unwrap().cursor;

    let late = revision("Late", None, 10);
    let mut open = server.psql(name(&url)).stdin(Stdio::piped()).spawn().unwrap();
    send(&mut open, &insert(&late));
    let taken =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()";
    until("the transaction has its position", || server.sql(name(&url), taken) == "1");

    let other = Postgres::open(&url).unwrap();
    let second = tokio::spawn(async move { publish(&other, "Second").await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    until("the second writer waits for the position", || server.sql(name(&url), waits) == "1");
    let nothing = WatchEvent::Changes { entries: Vec::new(), cursor: cursor.clone() };
    assert_eq!(store.watch(&cursor, Duration::ZERO).await.unwrap(), nothing);

    send(&mut open, "COMMIT;\n");
    drop(open.stdin.take());
    assert!(open.wait().unwrap().success());
    let second = second.await.unwrap().unwrap();
    let WatchEvent::Changes { entries, .. } = store.watch(&cursor, Duration::ZERO).await.unwrap() else {
        panic!("a valid cursor was a gap")
    };
    assert_eq!(entries, [late, second]);
}

fn send(psql: &mut Child, statements: &str) {
    psql.stdin.as_mut().unwrap().write_all(statements.as_bytes()).unwrap();
}

/// Returns the statements of an append, without its commit.
fn insert(entry: &Entry) -> String {
    let Entry { feature, version, id, hash, bytes, .. } = entry;
    let bytes: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "BEGIN; UPDATE feats_meta SET position = position + 1;
         INSERT INTO feats_revisions SELECT position, '{feature}', {version}, '{id}', '\\x{hash}', 0, '\\x{bytes}' FROM feats_meta;
         INSERT INTO feats_current SELECT '{feature}', {version}, position FROM feats_meta;\n"
    )
}
