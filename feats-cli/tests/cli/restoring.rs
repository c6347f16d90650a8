//! A store that was emptied under a running program, and what its fallback file puts back.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use feats::{App, AppBuilder};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::harness::{Shop, block_on, features};

/// A program of the shop that remembers, and runs.
fn running(shop: &Shop) -> App {
    let app = App::builder().store(shop.store()).program("shop", "1.4.2").fallback_file(file(shop));
    block_on(features().into_iter().fold(app, AppBuilder::declare).detached().start()).expect("started")
}

fn file(shop: &Shop) -> PathBuf {
    shop.directory.path().join("last.jsonl")
}

fn until(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Everything but the tables is gone, as for a running program that keeps its connections.
fn empty(shop: &Shop) {
    block_on(async {
        let path = shop.path();
        let mut connection = SqliteConnection::connect(path.to_str().expect("UTF-8")).await.expect("a connection");
        let delete = "BEGIN; DELETE FROM revisions; DELETE FROM current; COMMIT";
        sqlx::raw_sql(delete).execute(&mut connection).await.expect("emptied");
        connection.close().await.expect("closed");
    });
}

/// A shop whose store was emptied, and the program that goes on by what it had.
fn emptied() -> (Shop, App) {
    let shop = Shop::new();
    let app = running(&shop);
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "aperture=5,acme=95", "--by", "UserId"]);
    shop.ok(&["pin", "PaymentProcessor", "premium"]);
    shop.ok(&["pin", "ImageProcessing", "disabled"]);
    let remembered = || fs::read_to_string(file(&shop)).unwrap_or_default();
    until("it is remembered", || remembered().contains("premium") && remembered().contains("disabled"));
    empty(&shop);
    until("it is noticed", || app.status().retained.len() == 2);
    (shop, app)
}

#[test]
fn what_an_emptied_store_has_lost_is_put_back_by_consent() {
    let (shop, app) = emptied();
    let last = file(&shop);
    let restore = ["restore", last.to_str().expect("UTF-8")];
    shop.refuses(5, &restore, &["puts back 2 features", "--yes", "--dry-run"]);
    let dry = shop.ok(&[&restore[..], &["--dry-run"]].concat());
    assert!(dry.contains("would be put back as version 1"), "{dry}");
    assert_eq!(shop.version("PaymentProcessor"), 0, "a dry run writes nothing");

    let restored = shop.json(&[&restore[..], &["--yes"]].concat());
    let put_back = |at: usize| {
        let row = &restored["features"][at];
        (row["feature"].clone(), row["outcome"].clone(), row["from"].clone(), row["version"].clone())
    };
    assert_eq!(put_back(0), (json!("ImageProcessing"), json!("put_back"), json!(1), json!(1)));
    assert_eq!(put_back(1), (json!("PaymentProcessor"), json!("put_back"), json!(2), json!(1)));
    let version = &shop.json(&["history", "PaymentProcessor"])["versions"][0];
    assert!(version["comment"].as_str().is_some_and(|it| it.starts_with("restored from version 2 of ")), "{version}");
    assert_eq!((&version["author"], &version["state"]["pinned"]), (&json!("ada"), &json!("premium")));
    assert_eq!(version["state"]["otherwise"]["rollout"]["weights"], json!({ "aperture": 5, "acme": 95 }));
    until("the program has it from the store again", || app.status().retained.is_empty());

    let again = shop.ok(&restore);
    assert!(again.contains("stands already") && !again.contains("put back"), "{again}");
    assert_eq!(shop.version("PaymentProcessor"), 1);
    block_on(app.shutdown()).expect("stopped");
}

#[test]
fn a_list_says_that_a_running_program_decides_by_what_the_store_has_lost() {
    let (shop, app) = emptied();
    let listed = || shop.ok(&["list"]);
    until("the program has reported it", || {
        listed().contains("versions decide for 2 features that the store has lost")
    });
    assert_eq!(shop.json(&["list"])["retaining"][0]["held"], json!(2));
    let last = file(&shop);
    shop.ok(&["restore", last.to_str().expect("UTF-8"), "--yes"]);
    block_on(app.shutdown()).expect("stopped");
    assert!(!listed().contains("has lost"), "{}", listed());
}

#[test]
fn what_was_written_since_is_left_alone_and_what_fails_stops_no_other() {
    let (shop, app) = emptied();
    block_on(app.shutdown()).expect("stopped");
    shop.ok(&["pin", "PaymentProcessor", "acme"]);
    let last = file(&shop);
    let text = fs::read_to_string(&last).expect("read");
    fs::write(&last, text + "half a line").expect("written");
    let restore = ["restore", last.to_str().expect("UTF-8"), "--yes"];
    let done = shop.run(&restore).exits(1);
    for said in ["version 1 was written since", "put back as version 1", "1 damaged lines"] {
        assert!(done.out.contains(said), "{}", done.out);
    }
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], "acme");
    shop.run(&[&restore[..], &["--overwrite"]].concat()).exits(1);
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], "premium");
    shop.refuses(7, &["restore", "no such file"], &["fallback file cannot be read"]);
}

#[test]
fn status_tells_the_life_of_the_store_and_who_holds_over() {
    let (shop, app) = emptied();
    let holds = || {
        let running = &shop.json(&["status"])["programs"][0]["running"];
        running.as_array().is_some_and(|running| running.iter().any(|instance| instance["held"] == 2))
    };
    until("the program says so", holds);
    assert_eq!(shop.json(&["status"])["epoch"].as_str(), app.status().epoch.as_deref());
    let told = shop.ok(&["status"]);
    assert!(told.contains("Held over") && told.contains("shop 1.4.2: 2 features"), "{told}");
    block_on(app.shutdown()).expect("stopped");
}
