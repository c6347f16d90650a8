//! The commands for features, used on flags.

use feats::App;
use feats::attributes;
use feats::flags::Condition;
use serde_json::json;

use crate::harness::{Shop, block_on, features};

fn shop_with_flags() -> (Shop, App) {
    let shop = Shop::new();
    let app = shop.start_program("1.4.2", features());
    block_on(async {
        let flags = app.flags().author("grace");
        let adults = Condition::new().check("age__gte", 18).check("plan", "pro");
        flags.create("SEARCH").enabled().condition(adults).await?;
        flags.create_variants("THEME", [("light", json!(1)), ("dark", json!(2))]).enabled().await
    })
    .expect("flags");
    (shop, app)
}

#[test]
fn show_lists_the_variants_of_a_flag_and_the_attributes_that_it_uses() {
    let (shop, _app) = shop_with_flags();
    let shown = shop.ok(&["show", "THEME"]);
    assert!(shown.contains("Variants\n  disabled  default\n  dark      2\n  light     1\n"), "{shown}");
    let shown = shop.ok(&["show", "SEARCH"]);
    assert!(shown.contains("Attributes in use\n  age   an integer\n  plan  text\n"), "{shown}");
}

#[test]
fn explain_takes_any_attribute_of_a_flag() {
    let (shop, app) = shop_with_flags();
    let decision = |set: &[&str]| {
        let set = set.iter().flat_map(|value| ["--set", value]);
        let arguments: Vec<&str> = ["explain", "SEARCH"].into_iter().chain(set).collect();
        shop.json(&arguments)["decisions"][0].clone()
    };
    assert_eq!(decision(&["age=17"])["value"], "disabled");
    assert_eq!(decision(&["age=18", "user_id=42"])["value"], "enabled");
    assert_eq!(decision(&["age=18"])["missing"], json!(["plan"]));
    block_on(async { app.flags().get("THEME").disable().await }).expect("disabled");
    assert!(shop.ok(&["explain", "THEME"]).contains("the flag is disabled"));
    shop.refuses(3, &["explain", "SEARCH", "--set", "age=old"], &["\"old\" is not valid for age"]);
    shop.refuses(3, &["explain", "--set", "no_such_attribute=1"], &["no segment named \"no_such_attribute\""]);
}

#[test]
fn units_of_an_untyped_attribute_have_the_type_that_they_are_written_as() {
    let (shop, app) = shop_with_flags();
    shop.ok(&["otherwise", "SEARCH", "--use", "off"]);
    shop.ok(&["override", "add", "SEARCH", "user_id=42", "--use", "on"]);
    shop.ok(&["rule", "add", "SEARCH", "testers", "--when", "is_tester = true", "--use", "on"]);
    block_on(app.refresh()).expect("read");
    let search = app.flags().get("SEARCH");
    assert!(search.is_enabled(&attributes! { "user_id" => 42 }));
    assert!(!search.is_enabled(&attributes! { "user_id" => "42" }));
    assert!(search.is_enabled(&attributes! { "is_tester" => true }));
}

#[test]
fn a_flag_is_pinned_on_and_off() {
    let (shop, app) = shop_with_flags();
    let search = app.flags().get("SEARCH");
    for (pin, expected) in [("off", false), ("on", true)] {
        shop.ok(&["pin", "SEARCH", pin]);
        block_on(app.refresh()).expect("read");
        assert_eq!(search.is_enabled(&attributes! {}), expected);
    }
    shop.refuses(3, &["pin", "THEME", "on"], &["available: disabled, dark, light"]);
}

#[test]
fn of_a_destroyed_flag_only_the_history_is_left() {
    let (shop, _app) = shop_with_flags();
    shop.ok(&["remove", "SEARCH"]);
    for arguments in [&["explain", "SEARCH"][..], &["pin", "SEARCH", "on"], &["otherwise", "SEARCH", "--use", "off"]] {
        shop.refuses(7, arguments, &["no feature named \"SEARCH\"", "it was destroyed; `feats history SEARCH`"]);
    }
    assert!(shop.ok(&["history", "SEARCH"]).contains("(destroyed)"));
    assert_eq!(shop.run(&["diff", "SEARCH"]).exits(1).out.lines().nth(1), Some("- Flag: enabled."));
    assert!(shop.ok(&["rollback", "SEARCH", "--to", "1"]).ends_with("undo: feats flag destroy SEARCH\n"));
    assert!(shop.ok(&["explain", "SEARCH", "--set", "age=18"]).contains("enabled"));
}

#[test]
fn a_flag_is_not_rolled_back_to_before_its_creation() {
    let (shop, _app) = shop_with_flags();
    shop.refuses(3, &["rollback", "SEARCH", "--to", "0"], &["`feats flag destroy SEARCH` removes it"]);
}

/// The name of a flag is any text; only a name that is not found is taken for a store.
#[test]
fn a_flag_with_the_name_of_an_address_does_not_hide_the_others() {
    let (shop, app) = shop_with_flags();
    block_on(async { app.flags().create("redis://localhost").await }).expect("created");
    assert!(shop.ok(&["list"]).contains("redis://localhost"));
    assert!(shop.ok(&["show", "redis://localhost"]).contains("disabled"));
    shop.refuses(2, &["show", "redis://other"], &["expected the name of a feature"]);
}

#[test]
fn a_document_creates_the_flags_that_another_store_does_not_have() {
    let (shop, _app) = shop_with_flags();
    let file = shop.directory.path().join("flags.json");
    std::fs::write(&file, shop.ok(&["export"])).expect("written");
    let (other, file) = (Shop::new(), file.to_str().expect("UTF-8"));
    let out = other.ok(&["import", file, "--dry-run"]);
    assert!(out.contains("SEARCH: not published (dry run on version 0)"), "{out}");
    assert_eq!(other.json(&["flag", "list"])["total"], 0);
    let imported = other.json(&["import", file]);
    assert_eq!(imported["changed"][0]["undo"][0], "feats flag destroy SEARCH");
    let state = |shop: &Shop, flag| shop.json(&["flag", "show", flag])["state"].clone();
    for flag in ["SEARCH", "THEME"] {
        assert_eq!(state(&other, flag), state(&shop, flag));
    }
    assert_eq!(other.json(&["import", file])["unchanged"], json!(["SEARCH", "THEME"]));
    other.ok(&["flag", "destroy", "SEARCH", "--yes"]);
    other.ok(&["import", file, "--feature", "SEARCH"]);
    assert_eq!(state(&other, "SEARCH"), state(&shop, "SEARCH"));
}

#[test]
fn an_archived_flag_changes_only_once_it_is_restored() {
    let (shop, _app) = shop_with_flags();
    shop.ok(&["flag", "archive", "SEARCH"]);
    for arguments in [
        &["pin", "SEARCH", "on"][..],
        &["unpin", "SEARCH"],
        &["otherwise", "SEARCH", "--use", "off"],
        &["override", "add", "SEARCH", "user_id=1", "--use", "on"],
        &["rollout", "SEARCH", "--otherwise", "enabled=5", "--by", "user_id"],
        &["rule", "remove", "SEARCH", "conditions"],
    ] {
        shop.refuses(3, arguments, &["this flag is archived", "hint: `feats flag restore SEARCH` restores it"]);
    }
    shop.ok(&["rollback", "SEARCH", "--to", "1"]);
}

#[test]
fn the_rule_with_the_conditions_of_a_flag_has_no_shares() {
    let (shop, _app) = shop_with_flags();
    let rollout = ["rollout", "SEARCH", "--rule", "conditions", "enabled=5", "--by", "user_id"];
    shop.refuses(3, &rollout, &["this rule has the conditions of the flag, and no shares", "`feats flag bucketer`"]);
}

#[test]
fn explain_of_all_features_takes_the_attributes_that_a_flag_uses() {
    let (shop, _app) = shop_with_flags();
    shop.ok(&["rollout", "SEARCH", "--otherwise", "enabled=100", "--by", "user_id"]);
    assert!(shop.ok(&["explain", "--set", "user_id=42"]).contains("SEARCH"));
    shop.refuses(3, &["explain", "--set", "user_idd=42"], &["did you mean \"user_id\"?"]);
}
