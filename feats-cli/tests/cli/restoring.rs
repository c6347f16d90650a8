//! `feats restore` after the store was emptied under a running program.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use feats::{App, AppBuilder};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Shop, block_on, features};

/// Starts a program of the shop with a fallback file.
fn start_program(shop: &Shop) -> App {
    let app = App::builder().store(shop.store()).program("shop", "1.4.2").fallback_file(fallback_file(shop));
    block_on(features().into_iter().fold(app, AppBuilder::declare).detached().start()).expect("started")
}

fn fallback_file(shop: &Shop) -> PathBuf {
    shop.directory.path().join("last.jsonl")
}

fn wait_until(what: &str, is_reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_reached() {
        assert!(start.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Deletes everything but the tables, so that a running program keeps its connections.
fn empty(shop: &Shop) {
    block_on(async {
        let path = shop.path();
        let mut connection = SqliteConnection::connect(path.to_str().expect("UTF-8")).await.expect("a connection");
        let delete = "BEGIN; DELETE FROM revisions; DELETE FROM current; COMMIT";
        sqlx::raw_sql(delete).execute(&mut connection).await.expect("emptied");
        connection.close().await.expect("closed");
    });
}

/// Creates a shop whose store was emptied, and a running program that retains its versions.
fn emptied_shop() -> (Shop, App) {
    let shop = Shop::new();
    let app = start_program(&shop);
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "aperture=5,acme=95", "--by", "UserId"]);
    shop.ok(&["pin", "PaymentProcessor", "premium"]);
    shop.ok(&["pin", "ImageProcessing", "disabled"]);
    let saved = || fs::read_to_string(fallback_file(&shop)).unwrap_or_default();
    wait_until("the fallback file has both versions", || saved().contains("premium") && saved().contains("disabled"));
    empty(&shop);
    wait_until("the program retains both versions", || app.status().retained.len() == 2);
    (shop, app)
}

#[test]
fn lost_versions_are_restored_after_confirmation() {
    let (shop, app) = emptied_shop();
    let last = fallback_file(&shop);
    let restore = ["restore", last.to_str().expect("UTF-8")];
    shop.refuses(5, &restore, &["would restore 2 features", "--yes", "--dry-run"]);
    let dry = shop.ok(&[&restore[..], &["--dry-run"]].concat());
    assert!(dry.contains("would be restored as version 1"), "{dry}");
    assert_eq!(shop.version("PaymentProcessor"), 0, "a dry run writes nothing");

    let restored = shop.json(&[&restore[..], &["--yes"]].concat());
    let row = |index: usize| {
        let row = &restored["features"][index];
        (row["feature"].clone(), row["outcome"].clone(), row["from"].clone(), row["version"].clone())
    };
    assert_eq!(row(0), (json!("ImageProcessing"), json!("restored"), json!(1), json!(1)));
    assert_eq!(row(1), (json!("PaymentProcessor"), json!("restored"), json!(2), json!(1)));
    let version = &shop.json(&["history", "PaymentProcessor"])["versions"][0];
    assert!(
        version["comment"].as_str().is_some_and(|comment| comment.starts_with("restored from version 2 of ")),
        "{version}"
    );
    assert_eq!((&version["author"], &version["state"]["pinned"]), (&json!("ada"), &json!("premium")));
    assert_eq!(version["state"]["otherwise"]["rollout"]["weights"], json!({ "aperture": 5, "acme": 95 }));
    wait_until("the program retains nothing", || app.status().retained.is_empty());

    let again = shop.ok(&restore);
    assert!(again.contains("up to date") && !again.contains("restored as"), "{again}");
    assert_eq!(shop.version("PaymentProcessor"), 1);
    block_on(app.shutdown()).expect("stopped");
}

#[test]
fn list_warns_of_versions_that_running_programs_retain() {
    let (shop, app) = emptied_shop();
    let listed = || shop.ok(&["list"]);
    wait_until("the program has reported the retained versions", || {
        listed().contains("retains versions of 2 features that the store has lost")
    });
    assert_eq!(shop.json(&["list"])["retaining"][0]["retained"], json!(2));
    let last = fallback_file(&shop);
    shop.ok(&["restore", last.to_str().expect("UTF-8"), "--yes"]);
    block_on(app.shutdown()).expect("stopped");
    assert!(!listed().contains("has lost"), "{}", listed());
}

#[test]
fn newer_versions_are_skipped_and_damaged_lines_do_not_stop_the_others() {
    let (shop, app) = emptied_shop();
    block_on(app.shutdown()).expect("stopped");
    shop.ok(&["pin", "PaymentProcessor", "acme"]);
    let last = fallback_file(&shop);
    let text = fs::read_to_string(&last).expect("read");
    fs::write(&last, text + "half a line").expect("written");
    let restore = ["restore", last.to_str().expect("UTF-8"), "--yes"];
    let done = shop.run(&restore).exits(1);
    for message in
        ["version 1 was published after the loss", "restored as version 1", "skipped 1 damaged line of the file"]
    {
        assert!(done.out.contains(message), "{}", done.out);
    }
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], "acme");
    shop.run(&[&restore[..], &["--overwrite"]].concat()).exits(1);
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], "premium");
    shop.refuses(7, &["restore", "no such file"], &["fallback file cannot be read"]);
}

#[test]
fn status_shows_the_epoch_and_the_retained_versions() {
    let (shop, app) = emptied_shop();
    let is_reported = || {
        let running = &shop.json(&["status"])["programs"][0]["running"];
        running.as_array().is_some_and(|running| running.iter().any(|instance| instance["retained"] == 2))
    };
    wait_until("the program has reported the retained versions", is_reported);
    assert_eq!(shop.json(&["status"])["epoch"].as_str(), app.status().epoch.as_deref());
    let status = shop.ok(&["status"]);
    assert!(status.contains("Retained: ") && status.contains("shop 1.4.2: 2 features"), "{status}");
    block_on(app.shutdown()).expect("stopped");
}
