//! `feats flag create`.

use serde_json::json;

use super::{decision, state};
use crate::harness::Shop;

#[test]
fn a_flag_is_created_by_one_write_with_all_its_settings() {
    let shop = Shop::new();
    let created = shop.json(&[
        "flag",
        "create",
        "HORSES",
        "--enabled",
        "--data",
        r#"{"team": "barn"}"#,
        "--condition",
        "is_admin = true and horses > 9000",
        "--condition",
        "country in CA, US",
        "--missing",
        "fail",
        "--by",
        "tenant,user_id",
        "--percentage",
        "25%",
        "-m",
        "a start",
    ]);
    assert_eq!((&created["version"], &created["undo"][0]), (&json!(1), &json!("feats flag destroy HORSES")));
    let state = state(&shop, "HORSES");
    assert_eq!(state["flag"]["client_data"], json!({ "team": "barn" }));
    assert_eq!((&state["flag"]["enabled"], &state["flag"]["created_by"]), (&json!(true), &json!("ada")));
    let gate = &state["rules"][0]["select"]["gate"];
    assert_eq!((&gate["missing"], gate["conditions"].as_array().map(Vec::len)), (&json!("fail"), Some(2)));
    let rollout = &state["otherwise"]["rollout"];
    assert_eq!(
        (&rollout["by"], &rollout["weights"]),
        (&json!(["tenant", "user_id"]), &json!({ "enabled": 25, "disabled": 75 }))
    );
    assert_eq!(shop.json(&["history", "HORSES"])["versions"][0]["comment"], "a start");
    for (country, served) in [("CA", "enabled"), ("FR", "disabled")] {
        let country = format!("country={country}");
        assert_eq!(decision(&shop, "HORSES", &["is_admin=true", "horses=9001", &country]), served);
    }
}

#[test]
fn the_first_variant_is_served_and_gets_the_remaining_share() {
    let shop = Shop::new();
    shop.ok(&["flag", "create", "THEME", "--enabled", "--variants", "light=\"#fff\"", "dark={\"color\": \"#000\"}"]);
    assert_eq!(decision(&shop, "THEME", &[]), "light");
    assert_eq!(state(&shop, "THEME")["values"]["dark"], json!({ "color": "#000" }));
    let weighted =
        ["flag", "create", "SIZE", "--variants", "small=1", "large=2", "--by", "user_id", "--weights", "large=10"];
    assert_eq!(shop.json(&weighted)["notes"], json!(["remainder: small 90%"]));
}

#[test]
fn a_dry_run_creates_nothing() {
    let shop = Shop::new();
    let out = shop.ok(&["flag", "create", "CHECKOUT", "--enabled", "--dry-run"]);
    assert_eq!(
        out,
        "CHECKOUT: not published (dry run on version 0)\n+ Flag: enabled.\n+ Everyone else: serve enabled.\n  everyone else: 100% \
         move from disabled to enabled\n"
    );
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);
}

#[test]
fn all_problems_of_the_settings_are_listed_at_once() {
    let shop = Shop::new();
    let typed =
        ["--condition", "a >", "--condition", "b", "--data", "{", "--variants", "x", "--by", "", "--weights", "x"];
    let error = shop.refuses(3, &[&["flag", "create", "BAD", "--json"], &typed[..]].concat(), &[]).error();
    let problems = error["problems"].as_array().expect("problems");
    let paths: Vec<_> = problems.iter().map(|problem| problem["path"].as_str().expect("a path")).collect();
    assert_eq!(paths, ["--variants", "--condition", "--condition", "--by", "--weights", "--data"]);
    // What only publishing can check is listed at once, too.
    let typed = ["--condition", "a matches [", "--data", "[]", "--by", "a", "--percentage", "101"];
    let messages = ["flag.client_data: ", "percentage: ", ".matches: "];
    shop.refuses(3, &[&["flag", "create", "BAD"], &typed[..]].concat(), &messages);
    assert_eq!(shop.json(&["flag", "list"])["total"], 0);
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let shop = super::shop();
    let create = |name: &'static str| ["flag", "create", name];
    let messages = ["there is a flag named \"CHECKOUT\" already", "hint: `feats flag show CHECKOUT` shows it"];
    shop.refuses(3, &create("CHECKOUT"), &messages);
    shop.ok(&["flag", "archive", "CHECKOUT"]);
    shop.refuses(3, &create("CHECKOUT"), &["it is archived", "hint: `feats flag restore CHECKOUT` restores it"]);
    let messages = ["is a feature that a program declares in code", "hint: `feats show PaymentProcessor` shows it"];
    let error = shop.refuses(3, &create("PaymentProcessor"), &messages);
    assert_eq!(error.out, "");
    assert_eq!(shop.refuses(3, &["flag", "create", "CHECKOUT", "--json"], &[]).error()["kind"], "already_exists");
    shop.refuses(3, &create("line\nbreak"), &["control characters"]);
    shop.refuses(2, &create("redis://localhost"), &["not the address of a store"]);
}

#[test]
fn the_name_of_a_destroyed_flag_is_free() {
    let shop = super::shop();
    shop.ok(&["flag", "destroy", "CHECKOUT", "--yes"]);
    let again = shop.json(&["flag", "create", "CHECKOUT"]);
    assert_eq!((&again["version"], &again["undo"][0]), (&json!(3), &json!("feats flag destroy CHECKOUT")));
}
