//! `feats flag import`.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use feats_servers::Redis;
use serde_json::{Value as Json, json};

use crate::harness::Shop;

/// Returns a flag of flipper-client, with some of its metadata.
fn item(name: &str, meta: &Json) -> Json {
    let mut item = json!({ "feature_name": name, "is_enabled": true, "meta": { "created_date": 1_514_764_800 } });
    if let (Some(all), Some(meta)) = (item["meta"].as_object_mut(), meta.as_object()) {
        all.extend(meta.clone());
    }
    item
}

fn share(value: f64) -> Json {
    let percentage = json!({ "type": "Percentage", "value": value });
    json!({ "bucketer": { "type": "ConsistentHashPercentageBucketer", "key_whitelist": ["user_id"], "percentage": percentage } })
}

fn conditions_and_share() -> Json {
    let mut meta = share(0.31);
    meta["conditions"] = json!([{ "plan": [{ "variable": "plan", "value": "pro", "operator": null }] }]);
    meta
}

/// Writes a file in the directory of the shop, and returns its path.
fn file(shop: &Shop, name: &str, text: &str) -> String {
    let path = shop.directory.path().join(name);
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn import<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&["flag", "import", "--from", "flipper"], rest].concat()
}

fn lines(items: &[Json]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

#[test]
fn a_file_of_flags_is_imported_once() {
    let shop = Shop::new();
    let both = lines(&[item("HALF", &share(0.5)), item("team/ünïcode 🎉", &conditions_and_share())]);
    let path = file(&shop, "flags.jsonl", &both);

    let dry_run = shop.ok(&import(&[&path, "--dry-run"]));
    assert!(
        dry_run.starts_with("HALF: would be created, the bucketer selects 51%\nteam/ünïcode 🎉: would be created\n"),
        "{dry_run}"
    );
    assert!(
        dry_run.contains("2 flags: 2 created, 0 updated, 0 unchanged, 1 with decisions; nothing was written"),
        "{dry_run}"
    );
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);

    let imported = shop.json(&import(&[&path]));
    assert_eq!([&imported["created"], &imported["dry_run"]], [&json!(2), &json!(false)]);
    assert_eq!(imported["flags"][0], json!({ "flag": "HALF", "outcome": "created", "share": 51.0, "decisions": [] }));
    assert_eq!(imported["flags"][1]["decisions"][0]["kind"], "bucketer_ignored");
    let shown = shop.ok(&["show", "HALF"]);
    assert!(shown.contains("version  1, just now by ada: Imported from Flipper"), "{shown}");

    // A second run writes nothing, and a changed original is taken over.
    assert_eq!(shop.json(&import(&[&path]))["unchanged"], 2);
    let changed = file(&shop, "changed.json", &Json::from(vec![item("HALF", &share(0.6))]).to_string());
    let updated = shop.json(&import(&[&changed]));
    assert_eq!([&updated["updated"], &updated["flags"][0]["share"]], [&json!(1), &json!(61.0)]);
    assert_eq!(shop.version("HALF"), 2);
}

#[test]
fn options_decide_about_bucketers_and_ramps() {
    let shop = Shop::new();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let mut ramp = share(0.0);
    ramp["bucketer"]["percentage"] = json!({
        "type": "LinearRampPercentage", "initial_value": 0, "final_value": 1, "ramp_duration": 1_000_000,
        "initial_time": now,
    });
    let path = file(&shop, "flags.jsonl", &lines(&[item("BOTH", &conditions_and_share()), item("RAMP", &ramp)]));
    let out = shop.ok(&import(&[&path, "--dry-run"]));
    assert!(out.contains("hint: --bucket-after-conditions ") && out.contains("hint: --ramps gradual "), "{out}");
    let out = shop.ok(&import(&[&path, "--bucket-after-conditions", "--ramps", "gradual"]));
    assert!(out.contains("BOTH: created, the bucketer selects 32%") && !out.contains("hint:"), "{out}");
}

#[test]
fn a_flag_that_was_changed_here_is_replaced_only_on_request() {
    let shop = Shop::new();
    let path = file(&shop, "flag.json", &item("HALF", &share(0.5)).to_string());
    shop.ok(&import(&[&path]));
    shop.ok(&["rollout", "HALF", "--otherwise", "enabled=60"]);
    shop.refuses(3, &import(&[&path]), &[&format!("{path}: "), "--replace"]);
    assert_eq!(shop.json(&import(&[&path, "--replace"]))["updated"], 1);
    assert_eq!(shop.json(&import(&[&path]))["unchanged"], 1);
}

#[test]
fn all_problems_are_listed_and_nothing_is_written() {
    let shop = Shop::new();
    let mut no_date = item("NO_DATE", &json!({}));
    no_date["meta"].as_object_mut().expect("an object").remove("created_date");
    let items = [
        item("GOOD", &json!({})),
        no_date,
        item("BUCKETER", &json!({ "bucketer": { "type": "ConsistentHashPercentageBucketr" } })),
        item("PERCENTAGE", &json!({ "bucketer": { "type": "PercentageBucketer", "percentage": { "type": "Sine" } } })),
        item("PaymentProcessor", &json!({})),
        json!("a flag"),
    ];
    let path = file(&shop, "flags.jsonl", &format!("{}{{\n", lines(&items)));
    let messages = [
        format!("{path}:2: meta.created_date"),
        format!("{path}:3: meta.bucketer.type"),
        format!("{path}:4: meta.bucketer.percentage.type"),
        format!("{path}:5: "),
        format!("{path}:6: "),
        format!("{path}:7: "),
        "did you mean \"ConsistentHashPercentageBucketer\"?".to_owned(),
    ];
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    shop.refuses(3, &import(&[&path]), &messages);
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);
}

#[test]
fn problems_past_the_first_hundred_are_counted() {
    let shop = Shop::new();
    let path = file(&shop, "flags.jsonl", &format!("{{}}\n{}", "1\n".repeat(250)));
    let done = shop.refuses(3, &import(&[&path]), &[&format!("{path}:90: ")]);
    assert!(done.err.lines().count() < 105, "{}", done.err);
}

#[test]
fn a_flag_that_occurs_twice_is_refused() {
    let shop = Shop::new();
    let path = file(&shop, "flags.jsonl", &lines(&[item("HALF", &share(0.5)), item("HALF", &share(0.6))]));
    shop.refuses(3, &import(&[&path]), &[&format!("{path}:2: the flag \"HALF\" is also in {path}:1")]);
}

#[test]
fn a_source_without_flags_is_refused() {
    let shop = Shop::new();
    let empty = file(&shop, "empty.json", "[]");
    shop.refuses(7, &import(&[&empty]), &["there are no flags in the file"]);
    shop.refuses(3, &import(&["no-such-file.json"]), &["the file cannot be read"]);
    shop.refuses(2, &["flag", "import", "--from", "flippr", &empty], &["flipper, flypper"]);
    shop.refuses(2, &import(&["redi://:secret@h"]), &["a source is not valid"]);
}

#[test]
fn flags_are_read_from_a_redis_that_has_other_keys_too() {
    if !feats_servers::available() {
        return;
    }
    let (shop, redis) = (Shop::new(), Redis::builder().password("secret-word").start());
    let set = |key: &str, value: &Json| redis.command::<()>(&["SET", key, &value.to_string()]);
    set("features/HALF", &item("HALF", &share(0.5)));
    set("features/team/a", &item("team/a", &json!({})));
    set("features2/OTHER", &json!("no flag"));
    let address = format!("{}/features", redis.url());
    assert_eq!(shop.json(&import(&[&redis.url(), "--dry-run"]))["created"], 2);

    redis.command::<i64>(&["RPUSH", "features/LIST", "1"]);
    redis.command::<()>(&[&b"SET"[..], b"features/BINARY", b"\xff\xfe"]);
    redis.command::<()>(&["SET", "features/TEXT", "not JSON"]);
    set("features/RENAMED", &item("NAME", &json!({})));
    let done = shop.refuses(
        3,
        &import(&[&address]),
        &[
            "features/BINARY: the value is not UTF-8",
            "features/LIST: the key has another type than text",
            "features/RENAMED: the key has the name \"RENAMED\", and the flag \"NAME\"",
            "features/TEXT: ",
        ],
    );
    assert!(!done.err.contains("secret-word"), "{}", done.err);
    let nothing =
        shop.refuses(7, &import(&[&format!("{}/1/flags", redis.url())]), &["there are no flags of flipper-client"]);
    assert!(nothing.err.contains("/1?prefix=flags") && !nothing.err.contains("secret-word"), "{}", nothing.err);
    let wrong = address.replace("secret-word", "wrong-word");
    let done = shop.refuses(3, &import(&[&wrong]), &["Redis rejected the user or password"]);
    assert!(!done.err.contains("wrong-word"), "{}", done.err);
}
