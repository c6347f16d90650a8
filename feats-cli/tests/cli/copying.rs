//! `feats copy` between stores, and `feats doctor`.

use std::process::Stdio;
use std::time::Duration;

use feats::store::{Assignments as _, Counters as _, Page, Sqlite, Store};
use serde_json::{Value as Json, json};

use crate::harness::{Done, Shop, append_unchecked, block_on, feats};

fn run(arguments: &[&str]) -> Done {
    let mut command = feats();
    command.args(arguments);
    Done::run(command)
}

fn parsed(done: &Done) -> Json {
    serde_json::from_str(&done.out).expect("JSON")
}

/// Fills a shop with revisions, assignments and counters.
fn fill(shop: &Shop) {
    for implementation in ["acme", "premium", "aperture"] {
        shop.ok(&["pin", "PaymentProcessor", implementation]);
    }
    shop.ok(&["flag", "create", "NEW_CHECKOUT", "--enabled"]);
    let store = shop.store();
    block_on(async {
        store.assign("PaymentProcessor\u{1f}seed", "ada", "acme").await.expect("written");
        store.add("uses", "day", &[("acme".to_owned(), 7)], Some(Duration::from_secs(3_600))).await.expect("written");
        store.close().await;
    });
}

#[test]
fn a_copy_has_all_versions_and_a_second_run_has_nothing_to_do() {
    let shop = Shop::new();
    fill(&shop);
    let from = shop.path().display().to_string();
    let to = shop.directory.path().join("copy.db");
    let to = to.to_str().expect("UTF-8");
    let copy = ["copy", "--from", &from, "--to", to, "--json"];
    let dry_run = parsed(&run(&[&copy[..], &["--dry-run"]].concat()).exits(0));
    assert_eq!((&dry_run["revisions"]["copied"], &dry_run["assignments"]["copied"]), (&json!(4), &json!(1)));
    assert!(!std::path::Path::new(to).exists(), "a dry run creates no file");

    let first = parsed(&run(&copy).exits(0));
    assert_eq!((&first["revisions"], &first["verified"]), (&json!({ "copied": 4, "present": 0 }), &json!(4)));
    assert_eq!((&first["assignments"]["copied"], &first["counters"]["copied"]), (&json!(1), &json!(1)));
    let again = parsed(&run(&copy).exits(0));
    assert_eq!(again["revisions"], json!({ "copied": 0, "present": 4 }));
    let target = Sqlite::open(to).expect("a path");
    block_on(async {
        let history = target.history("PaymentProcessor", Page::default()).await.expect("read");
        assert_eq!(history, shop.store().history("PaymentProcessor", Page::default()).await.expect("read"));
        assert_eq!(target.assigned("PaymentProcessor\u{1f}seed", "ada").await.expect("read").as_deref(), Some("acme"));
        assert_eq!(target.read("uses", "day").await.expect("read"), [("acme".to_owned(), 7)]);
        target.close().await;
    });

    append_unchecked(&target, "PaymentProcessor", |header| header, &json!({}));
    let done = run(&copy[..5]).exits(3);
    let expected = "PaymentProcessor: the target has version 4, and the source only version 3";
    assert!(done.err.contains(expected) && done.err.contains("nothing was written"), "{}", done.err);
    let done = run(&["copy", "--from", &from, "--to", &format!("sqlite:{from}")]).exits(2);
    assert!(done.err.contains("the source and the target are the same store"), "{}", done.err);
}

#[test]
fn a_copy_that_was_killed_continues() {
    if !feats_servers::available() {
        return;
    }
    let shop = Shop::new();
    for version in 0..300 {
        append_unchecked(&shop.store(), "layout", |header| header, &json!({ "pinned": version.to_string() }));
    }
    let server = feats_servers::Redis::start();
    let (from, to) = (shop.path().display().to_string(), server.url());
    let copied = || server.command::<i64>(&["XLEN", "{feats}:history:layout"]);
    // Slow enough to be killed in the middle.
    let proxy = feats_servers::Proxy::to(server.port());
    proxy.set(feats_servers::Link::Slow { delay: Duration::from_millis(2), resets: 0.0 });
    let slow = format!("redis://127.0.0.1:{}", proxy.port());
    let mut command = feats();
    command.args(["copy", "--from", &from, "--to", &slow]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().expect("it starts");
    feats_servers::until("some revisions are copied", || copied() > 5);
    process.kill().expect("killed");
    process.wait().expect("ended");
    let before = copied();
    assert!(before < 300, "{before}");

    let done = parsed(&run(&["copy", "--from", &from, "--to", &to, "--json"]).exits(0));
    assert_eq!(done["revisions"], json!({ "copied": 300 - before, "present": before }));
    assert_eq!(done["verified"], 300);
    let back = shop.directory.path().join("back.db");
    let back = back.to_str().expect("UTF-8");
    run(&["copy", "--from", &to, "--to", back]).exits(0);
    let all = Page { before: None, limit: 1_000 };
    let (source, back) = (shop.store(), Sqlite::open(back).expect("a path"));
    block_on(async {
        let history = back.history("layout", all).await.expect("read");
        assert!(history == source.history("layout", all).await.expect("read"), "the histories differ");
        back.close().await;
        source.close().await;
    });
}

#[test]
fn a_doctor_examines_a_store() {
    let shop = Shop::new();
    let done = parsed(&shop.run(&["doctor", "--json"]).exits(0));
    assert_eq!(done["result"], "ok");
    let checks: Vec<_> = done["findings"].as_array().expect("a list").iter().map(|found| &found["check"]).collect();
    for check in ["reachability", "preconditions", "data", "latency", "capabilities"] {
        assert!(checks.contains(&&json!(check)), "{done}");
    }
    let done = run(&["doctor", "none.db"]).exits(6);
    assert!(done.out.contains("there is no such file") && done.out.contains("cannot be used"), "{}", done.out);
    assert!(run(&["doctor"]).exits(2).err.contains("no store given"));
    let done = run(&["doctor", "redis://:s3cret@127.0.0.1:1"]).exits(6);
    assert!(done.out.contains("refused the connection") && !done.out.contains("s3cret"), "{}", done.out);
}

#[test]
fn a_doctor_warns_of_a_redis_that_can_lose_data_and_lists_missing_rights() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::start();
    let done = run(&["doctor", &server.url()]).exits(1);
    for text in ["Redis 7", "the server's clock is", "set appendonly yes", "usable, with warnings"] {
        assert!(done.out.contains(text), "{}", done.out);
    }
    let rights = [
        "ACL",
        "SETUSER",
        "reader",
        "on",
        ">s3cret",
        "~{feats}:*",
        "+@read",
        "+ping",
        "+info",
        "+time",
        "+acl",
        "+script",
        "+evalsha",
        "+eval",
        "+set",
    ];
    server.command::<String>(&rights);
    let done = run(&["doctor", &server.url_of("reader", "s3cret")]).exits(6);
    let missing = done.out.lines().filter(|line| line.contains("missing: ")).count();
    assert!(missing >= 3 && done.out.contains("'hset'") && !done.out.contains("s3cret"), "{}", done.out);
}
