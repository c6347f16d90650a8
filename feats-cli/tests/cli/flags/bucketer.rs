//! `feats flag bucketer` and `feats flag percentage`.

use feats::flags::flipper;
use serde_json::{Value as Json, json};

use super::{decision, shop, state};
use crate::harness::{Shop, block_on, features};

fn rollout(shop: &Shop, flag: &str) -> Json {
    state(shop, flag)["otherwise"]["rollout"].clone()
}

#[test]
fn options_that_are_left_out_keep_their_values() {
    let shop = shop();
    let bucketer = |options: &[&str]| shop.ok(&[&["flag", "bucketer", "CHECKOUT"], options].concat());
    bucketer(&["--by", "user_id", "--percentage", "5"]);
    bucketer(&["--percentage", "20"]);
    assert_eq!(rollout(&shop, "CHECKOUT")["by"], "user_id");
    bucketer(&["--by", "tenant, user_id", "--allow-reshuffle"]);
    let changed = rollout(&shop, "CHECKOUT");
    assert_eq!((&changed["by"], &changed["weights"]["enabled"]), (&json!(["tenant", "user_id"]), &json!(20)));
    bucketer(&["--by-all", "--allow-reshuffle"]);
    assert_eq!(rollout(&shop, "CHECKOUT")["by"], json!([]));
    bucketer(&["--random", "--allow-reshuffle"]);
    bucketer(&["--percentage", "0.1"]);
    let changed = rollout(&shop, "CHECKOUT");
    assert_eq!((&changed["by"], &changed["weights"]["enabled"]), (&json!("random"), &json!(0.1)));
    bucketer(&["--none"]);
    assert_eq!(state(&shop, "CHECKOUT")["otherwise"], json!({ "static": "enabled" }));
}

#[test]
fn a_percentage_that_grows_keeps_its_users() {
    let shop = shop();
    shop.ok(&["flag", "bucketer", "CHECKOUT", "--by", "user_id", "--percentage", "30"]);
    let users: Vec<String> = (0..12).map(|user| format!("user_id={user}")).collect();
    let enabled = |user: &&String| decision(&shop, "CHECKOUT", &[user]) == "enabled";
    let before: Vec<_> = users.iter().filter(enabled).collect();
    let out = shop.ok(&["flag", "percentage", "CHECKOUT", "60%"]);
    assert!(out.contains("everyone else: 30% move from disabled to enabled"), "{out}");
    assert!(before.iter().all(enabled));
}

#[test]
fn other_attributes_need_a_confirmation() {
    let shop = shop();
    shop.ok(&["flag", "bucketer", "CHECKOUT", "--by", "user_id", "--percentage", "50"]);
    let tenant = ["flag", "bucketer", "CHECKOUT", "--by", "tenant"];
    shop.refuses(5, &tenant, &["reassigns every unit at random", "confirm with --allow-reshuffle"]);
    shop.ok(&[&tenant[..], &["--allow-reshuffle"]].concat());
}

#[test]
fn a_ramp_has_two_percentages_a_duration_and_a_start() {
    let shop = shop();
    let ramp = ["flag", "bucketer", "CHECKOUT", "--by", "user_id", "--ramp", "20..80%", "--over", "1h 30m"];
    shop.ok(&[&ramp[..], &["--starts-at", "2999-12-01T09:00:00Z"]].concat());
    let planned = rollout(&shop, "CHECKOUT");
    assert_eq!((&planned["weights"]["enabled"], &planned["ramp"]["duration"]), (&json!(80), &json!("1h 30m")));
    assert_eq!(planned["ramp"]["start"], "2999-12-01T09:00:00Z");
    assert!(shop.ok(&["flag", "show", "CHECKOUT"]).contains("currently enabled 20%"));
    let other = ["flag", "bucketer", "CHECKOUT", "--by", "tenant", "--allow-reshuffle"];
    shop.refuses(3, &other, &["--ramp: a ramp is in progress"]);
    shop.ok(&["flag", "percentage", "CHECKOUT", "20"]);
    assert_eq!(rollout(&shop, "CHECKOUT")["ramp"], json!(null));
}

#[test]
fn variants_have_weights_and_no_percentage() {
    let shop = Shop::new();
    shop.ok(&["flag", "create", "THEME", "--enabled", "--variants", "light=1", "dark=2"]);
    let weights = ["flag", "bucketer", "THEME", "--by", "user_id", "--weights", "dark=10"];
    assert_eq!(shop.json(&weights)["notes"], json!(["remainder: light 90%"]));
    shop.ok(&["flag", "bucketer", "THEME", "--weights", "dark=20"]);
    assert_eq!(rollout(&shop, "THEME")["weights"], json!({ "dark": 20, "light": 80 }));
    for share in [&["--percentage", "5"][..], &["--ramp", "5..10", "--over", "3h"]] {
        shop.refuses(
            3,
            &[&["flag", "bucketer", "THEME"], share].concat(),
            &["--weights: a flag with variants has shares"],
        );
    }
    let messages = ["otherwise: a flag with variants has weights", "hint: `feats flag bucketer --help`"];
    shop.refuses(3, &["flag", "percentage", "THEME", "5"], &messages);
    let wrong = ["flag", "bucketer", "THEME", "--weights", "drak=20,light=80"];
    shop.refuses(3, &wrong, &["unknown implementation \"drak\"; did you mean \"dark\"?"]);
}

#[test]
fn invalid_settings_are_named() {
    let shop = shop();
    let bucketer = |options: &[&'static str]| [&["flag", "bucketer", "CHECKOUT"], options].concat();
    for (code, options, message) in [
        (3, &["--percentage", "5"][..], "--by: a bucketer needs the attributes whose values are the units"),
        (3, &["--by", "", "--percentage", "5"], "--by: an attribute is missing; all attributes are --by-all"),
        (3, &["--by", "a,,b", "--percentage", "5"], "--by: \"a,,b\""),
        (3, &["--by", "a", "--percentage", "much"], "--percentage: \"much\" is not a percentage"),
        (3, &["--by", "a", "--percentage", "NaN"], "from 0 to 100, with at most four decimals"),
        (3, &["--by", "a", "--percentage", "0.12345"], "from 0 to 100, with at most four decimals"),
        (3, &["--by", "a", "--ramp", "20-80", "--over", "3h"], "write FROM..TO, such as 20..80"),
        (3, &["--by", "a", "--ramp", "20..101", "--over", "3h"], "ramp.to: a percentage is from 0 to 100"),
        (3, &["--by", "a", "--ramp", "20..80", "--over", "3x"], "--over: \"3x\" is not a duration"),
        (3, &["--by", "a", "--ramp", "20..80", "--over", "3h", "--starts-at", "now"], "--starts-at: \"now\""),
        (2, &["--by", "a", "--ramp", "20..80"], "--over <DURATION>"),
        (2, &["--by", "a", "--over", "3h"], "--ramp <FROM..TO>"),
        (2, &["--by", "a", "--random"], "cannot be used with"),
        (2, &["--none", "--percentage", "5"], "cannot be used with"),
        (2, &[], "--percentage <PERCENT>"),
    ] {
        shop.refuses(code, &bucketer(options), &[message]);
    }
    shop.refuses(
        3,
        &["flag", "percentage", "CHECKOUT", "5"],
        &["the flag has no bucketer", "`feats flag bucketer --help`"],
    );
    shop.refuses(3, &["flag", "percentage", "CHECKOUT", "-5"], &["from 0 to 100"]);
}

/// Users keep the buckets of the system that the flag comes from, as long as the attributes are the same.
#[test]
fn an_imported_flag_grows_in_the_buckets_of_its_system() {
    let shop = Shop::new();
    let app = shop.start_program("1.4.2", features());
    let item = flipper::Item::from_json(
        r#"{"feature_name": "HOMEPAGE", "is_enabled": true, "meta": {"client_data": {}, "created_date": 1514764800, "conditions": [],
            "bucketer": {"type": "ConsistentHashPercentageBucketer", "key_whitelist": ["user_id"],
                         "percentage": {"type": "Percentage", "value": 0.5}}}}"#,
    );
    block_on(async { app.flags().import(item?).await }).expect("imported");
    let flipper = json!({ "function": "flipper", "buckets": 100 });
    let out = shop.ok(&["flag", "percentage", "HOMEPAGE", "60"]);
    assert!(out.contains("everyone else: 9% move from disabled to enabled"), "{out}");
    shop.ok(&["flag", "bucketer", "HOMEPAGE", "--ramp", "60..70", "--over", "3h"]);
    shop.ok(&["flag", "bucketer", "HOMEPAGE", "--by", "user_id", "--percentage", "61"]);
    assert_eq!(rollout(&shop, "HOMEPAGE")["bucketing"], flipper);
    assert!(shop.ok(&["flag", "show", "HOMEPAGE"]).contains("Flipper"));
    assert_eq!(decision(&shop, "HOMEPAGE", &["user_id=1"]), "enabled");
    shop.refuses(5, &["flag", "bucketer", "HOMEPAGE", "--by", "tenant"], &["reassigns every unit at random"]);
    shop.ok(&["flag", "bucketer", "HOMEPAGE", "--by", "tenant", "--allow-reshuffle"]);
    assert_eq!(rollout(&shop, "HOMEPAGE")["bucketing"], json!(null));
}
