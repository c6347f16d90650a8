//! Stores that are missing, foreign, damaged, newer, locked or read-only.

use std::fs;

use feats::model::Header;
use feats::store::Store;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Done, Shop, append_unchecked, block_on, feats, features, publish_catalog};

fn run_on(path: &str, arguments: &[&str]) -> Done {
    let mut command = feats();
    command.args(arguments).args(["--store", path]);
    Done::run(command)
}

async fn connect(shop: &Shop) -> SqliteConnection {
    SqliteConnection::connect(shop.path().to_str().expect("UTF-8")).await.expect("a connection")
}

#[test]
fn a_missing_file_is_not_created() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("feats.db");
    let path = path.to_str().expect("UTF-8");
    for arguments in [&["list"][..], &["stale"], &["pin", "PaymentProcessor", "acme"], &["status", "--json"]] {
        let done = run_on(path, arguments).exits(6);
        assert!(done.err.contains("there is no such file"), "{}", done.err);
        assert_eq!(done.out, "");
    }
    assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 0);
}

#[test]
fn unsupported_stores_are_refused_by_name() {
    for path in ["mongodb://ada:secret@localhost", "memcached://ada:secret@localhost/feats"] {
        let done = run_on(path, &["list"]).exits(2);
        assert!(done.err.contains("use sqlite:PATH, redis://HOST"), "{}", done.err);
        assert!(!done.err.contains("secret"), "{}", done.err);
    }
    let shop = Shop::new();
    let url = format!("sqlite:{}", shop.path().display());
    assert!(run_on(&url, &["list"]).exits(0).out.contains("PaymentProcessor"));
}

#[test]
fn commands_work_on_redis() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::builder().password("s3cret").start();
    let url = format!("{}?prefix=shop", server.url());
    assert!(run_on(&url, &["list"]).exits(0).out.contains("no features yet: no program has published"));
    publish_catalog(feats::store::Redis::open(&url).expect("a URL"), "1.4.2", features());
    run_on(&url, &["pin", "PaymentProcessor", "premium", "--author", "ada"]).exits(0);
    let history = run_on(&url, &["history", "PaymentProcessor"]).exits(0);
    assert!(history.out.contains("ada") && !history.out.contains("s3cret"), "{}", history.out);
    let shown = run_on(&url, &["show", "PaymentProcessor"]).exits(0).out;
    assert!(shown.contains("premium") && !shown.contains("s3cret"), "{shown}");

    run_on(&url, &["unpin", "PaymentProcessor", "--author", "ada"]).exits(0);
    server.command::<i64>(&["DEL", "{shop}:history:PaymentProcessor"]);
    let history = run_on(&url, &["history", "PaymentProcessor"]).exits(0).out;
    assert!(history.contains("version 1 is missing: the store has lost it") && history.contains("ada"), "{history}");

    let status = run_on(&url, &["status"]).exits(0).out;
    let gap = "the store has lost revisions from the history of \"PaymentProcessor\" (2 of 2)";
    assert!(status.contains("Redis saves nothing to its disk") && status.contains(gap), "{status}");

    let wrong = url.replace("s3cret", "wr0ng");
    let done = run_on(&wrong, &["list"]).exits(6);
    assert!(done.err.contains("Redis rejected the user or password"), "{}", done.err);
    let done = run_on("redis://:wr0ng@", &["list"]).exits(3);
    assert!(done.err.contains("the host name is missing"), "{}", done.err);
    let done = run_on("redis://:wr0ng@127.0.0.1:1", &["list"]).exits(6);
    assert!(done.err.contains("127.0.0.1:1 refused the connection"), "{}", done.err);
    for done in [run_on(&wrong, &["list", "--json"]), run_on("redis://:wr0ng@", &["list"])] {
        assert!(!done.err.contains("wr0ng"), "{}", done.err);
    }
}

#[test]
fn a_file_that_is_not_a_store_is_not_changed() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("notes.txt");
    fs::write(&path, "these are notes, long enough to have a header of a database\n".repeat(50)).expect("written");
    let before = fs::read(&path).expect("read");
    let path = path.to_str().expect("UTF-8");
    assert!(run_on(path, &["list"]).exits(6).err.contains("not a SQLite database"));
    assert_eq!(fs::read(path).expect("read"), before);
    assert!(run_on(directory.path().to_str().expect("UTF-8"), &["list"]).exits(3).err.contains("this is a directory"));
}

#[test]
fn a_store_without_programs_has_a_hint() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("feats.db");
    let store = feats::store::Sqlite::open(&path).expect("a path");
    block_on(async {
        store.epoch().await.expect("a store is made");
        store.close().await;
    });
    let path = path.to_str().expect("UTF-8");
    assert!(run_on(path, &["list"]).exits(0).out.contains("no features yet: no program has published"));
    assert!(run_on(path, &["show", "X"]).exits(7).err.contains("start a program that uses this store"));
}

#[test]
fn a_newer_database_is_not_changed() {
    let shop = Shop::new();
    block_on(async {
        let mut connection = connect(&shop).await;
        sqlx::raw_sql("PRAGMA user_version = 99").execute(&mut connection).await.expect("set");
        connection.close().await.expect("closed");
    });
    for arguments in [&["list"][..], &["pin", "PaymentProcessor", "acme"]] {
        let done = shop.run(arguments).exits(6);
        assert!(done.err.contains("schema version 99, from a newer version of feats"), "{}", done.err);
    }
}

#[test]
fn a_revision_of_a_newer_version_is_quarantined_alone() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium"]);
    append_unchecked(&shop.store(), "PaymentProcessor", |header| Header { format: 99, ..header }, &json!({}));
    let newer = "version 2 has format 99, written by a newer version of feats";
    assert!(shop.ok(&["show", "PaymentProcessor"]).contains(newer));
    assert!(shop.ok(&["list"]).contains("quarantined: version 2 can't be used"));
    assert!(shop.ok(&["status"]).contains(newer));
    let history = shop.json(&["history", "PaymentProcessor"]);
    assert!(history["versions"][0]["error"].as_str().is_some_and(|error| error.contains("format 99")), "{history}");
    assert_eq!(history["versions"][1]["state"]["pinned"], "premium");
    shop.refuses(6, &["diff", "PaymentProcessor"], &["format 99"]);
    shop.refuses(6, &["export"], &["cannot be read"]);
    shop.refuses(
        3,
        &["otherwise", "PaymentProcessor", "--use", "acme"],
        &["quarantined in this program and cannot be edited", "roll back"],
    );
    shop.ok(&["rollback", "PaymentProcessor", "--to", "1"]);
    assert_eq!(shop.version("PaymentProcessor"), 3);
}

#[test]
fn an_unusable_state_is_shown_with_its_problems() {
    let shop = Shop::new();
    append_unchecked(&shop.store(), "PaymentProcessor", |header| header, &json!({ "otherwise": { "static": "gone" } }));
    let shown = shop.ok(&["show", "PaymentProcessor"]);
    assert!(shown.contains("Quarantined: version 1 can't be used"), "{shown}");
    assert!(shown.contains("otherwise.static: unknown implementation \"gone\""), "{shown}");
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["quarantine"]["problems"].as_array().map(Vec::len), Some(1));
    assert_eq!(shop.json(&["status"])["quarantined"]["PaymentProcessor"]["version"], 1);
}

#[test]
fn undeclared_features_are_listed() {
    let shop = Shop::new();
    append_unchecked(&shop.store(), "Forgotten", |header| header, &json!({}));
    for command in ["list", "status"] {
        assert_eq!(shop.json(&[command])["undeclared"], json!({ "Forgotten": 1 }));
        assert!(shop.ok(&[command]).contains("Forgotten"));
    }
    assert!(shop.run(&["export"]).exits(0).err.contains("Forgotten is not exported"));
}

#[test]
fn an_incompatible_choice_needs_confirmation() {
    let shop = Shop::new();
    let older = shop.start_program("1.4.2", features());
    let mut newer = features();
    newer[0] = feats::model::Declaration::new("PaymentProcessor", ["acme", "premium", "aperture", "stellar"]);
    shop.publish_catalog("1.5.0", newer);
    let pin = ["pin", "PaymentProcessor", "stellar"];
    shop.refuses(5, &pin, &["shop 1.4.2", "does not know \"stellar\"", "--allow-incompatible"]);
    shop.ok(&[&pin[..], &["--allow-incompatible"]].concat());
    block_on(older.shutdown()).expect("it ends");
}

#[test]
fn a_locked_database_is_reported_after_a_timeout() {
    let shop = Shop::new();
    block_on(async {
        let mut connection = connect(&shop).await;
        let lock = connection.begin_with("BEGIN IMMEDIATE").await.expect("a lock");
        let done = shop.run(&["pin", "PaymentProcessor", "acme"]).exits(6);
        assert!(done.err.contains("the database was locked by another program"), "{}", done.err);
        assert!(shop.ok(&["list"]).contains("PaymentProcessor"), "readers do not wait");
        lock.rollback().await.expect("unlocked");
    });
    assert_eq!(shop.version("PaymentProcessor"), 0);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_can_be_read() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let shop = Shop::new();
    let binary = shop.directory.path().join("feats");
    fs::copy(env!("CARGO_BIN_EXE_feats"), &binary).expect("copied");
    let set_mode = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    set_mode(&shop.path(), 0o444).expect("set");
    set_mode(shop.directory.path(), 0o555).expect("set");
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&binary);
        command.args(arguments).env("FEATS_STORE", shop.path()).current_dir("/");
        if is_root {
            // Root can write to read-only files.
            command.uid(65_534).gid(65_534);
        }
        Done::run(command)
    };
    assert!(run(&["list"]).exits(0).out.contains("PaymentProcessor"));
    let done = run(&["pin", "PaymentProcessor", "acme"]).exits(6);
    assert!(done.err.contains("check the permissions of the file and of its directory"), "{}", done.err);
    set_mode(shop.directory.path(), 0o755).expect("set");
}
