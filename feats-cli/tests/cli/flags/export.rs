//! `feats flag export`.

use std::fs;

use feats_servers::Redis;
use serde_json::{Value as Json, json};

use super::shop;
use crate::harness::Shop;

/// The flag `HALF` as flipper-client writes it.
const HALF: &str = r#"{"feature_name": "HALF", "is_enabled": true, "meta": {"client_data": {"a": "\u00fc", "b": 1.0}, "created_date": 1514764800, "conditions": [], "bucketer": {"type": "ConsistentHashPercentageBucketer", "percentage": {"type": "Percentage", "value": 0.5}, "key_whitelist": ["user_id"]}}}"#;

/// Returns a shop with the flag `HALF`, imported from flipper-client, and `CHECKOUT`.
fn shop_with_half() -> Shop {
    let shop = shop();
    let path = shop.directory.path().join("half.json");
    fs::write(&path, HALF).expect("written");
    shop.ok(&["flag", "import", "--from", "flipper", path.to_str().expect("UTF-8")]);
    shop
}

fn export<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&["flag", "export", "--to", "flipper"], rest].concat()
}

#[test]
fn an_imported_flag_is_exported_as_it_was() {
    let shop = shop_with_half();
    let done = shop.run(&export(&["HALF"])).exits(0);
    assert_eq!((done.out.as_str(), done.err.as_str()), (&*format!("{HALF}\n"), "1 flag exported\n"));
    let all = shop.ok(&export(&[]));
    let names: Vec<Json> =
        all.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON")["feature_name"].clone()).collect();
    assert_eq!(names, ["CHECKOUT", "HALF"]);
}

#[test]
fn what_flipper_cannot_express_is_listed() {
    let shop = shop_with_half();
    shop.ok(&["flag", "percentage", "HALF", "51.5"]);
    shop.ok(&["flag", "create", "THEME", "--variants", "light=1", "dark=2"]);
    let done = shop.run(&export(&[])).exits(1);
    assert_eq!(done.out.lines().count(), 2);
    assert!(done.err.contains("HALF: exported with differences\n  51.5% is not a whole number of"), "{}", done.err);
    assert!(done.err.contains("THEME: left out\n  Flipper has no variants"), "{}", done.err);
    assert!(done.err.ends_with("2 flags exported, 1 left out\n"), "{}", done.err);
    shop.refuses(7, &export(&["HALV"]), &["did you mean \"HALF\"?"]);
}

#[test]
fn a_file_that_differs_is_overwritten_only_on_request() {
    let shop = shop_with_half();
    let path = shop.directory.path().join("flags.jsonl");
    let file = path.to_str().expect("UTF-8");
    let exported = shop.json(&export(&["HALF", "--output", file]));
    assert_eq!([&exported["exported"], &exported["place"]], [&json!(1), &json!(file)]);
    assert_eq!(fs::read_to_string(&path).expect("a file"), format!("{HALF}\n"));
    shop.ok(&export(&["HALF", "--output", file]));
    shop.refuses(3, &export(&["--output", file]), &["the file exists and differs; --replace overwrites it"]);
    shop.ok(&export(&["--output", file, "--replace"]));
    assert_eq!(fs::read_to_string(&path).expect("a file").lines().count(), 2);
}

#[test]
fn keys_of_a_redis_that_differ_are_overwritten_only_on_request() {
    if !feats_servers::available() {
        return;
    }
    let (shop, redis) = (shop_with_half(), Redis::start());
    let address = format!("{}/features", redis.url());
    redis.command::<()>(&["SET", "features/HALF", "another"]);
    shop.refuses(3, &export(&["--output", &address]), &["features/HALF: the key exists and differs"]);
    assert_eq!(redis.command::<i64>(&["DBSIZE"]), 1, "nothing is written");
    shop.ok(&export(&["--output", &address, "--replace"]));
    assert_eq!(redis.command::<String>(&["GET", "features/HALF"]), HALF);
    assert_eq!(redis.command::<i64>(&["EXISTS", "features/CHECKOUT"]), 1);
    // A second run changes nothing.
    shop.ok(&export(&["--output", &address]));
}
