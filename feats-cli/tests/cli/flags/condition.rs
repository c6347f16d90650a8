//! `feats flag condition`.

use serde_json::json;

use super::{decision, shop, state};

#[test]
fn conditions_are_added_replaced_and_removed() {
    let shop = shop();
    let decide = |set: &[&str]| decision(&shop, "CHECKOUT", set);
    shop.ok(&["flag", "condition", "add", "CHECKOUT", "is_admin = true and horses > 9000", "plan in pro, team"]);
    assert_eq!(shop.version("CHECKOUT"), 2);
    assert_eq!((decide(&["horses=9000"]), decide(&["horses=9001"])), (json!("disabled"), json!("enabled")));
    assert_eq!(decide(&["horses=9001", "plan=free"]), "disabled");
    shop.ok(&["flag", "condition", "set", "CHECKOUT", "plan = pro", "--missing", "fail"]);
    assert_eq!((decide(&["horses=1", "plan=pro"]), decide(&[])), (json!("enabled"), json!("disabled")));
    shop.ok(&["flag", "condition", "set", "CHECKOUT", "--missing", "skip"]);
    assert_eq!((decide(&["plan=free"]), decide(&[])), (json!("disabled"), json!("enabled")));
    shop.ok(&["flag", "condition", "clear", "CHECKOUT"]);
    assert_eq!(state(&shop, "CHECKOUT")["rules"], json!([]));
    assert_eq!(shop.ok(&["flag", "condition", "clear", "CHECKOUT"]), "CHECKOUT: unchanged since version 5\n");
}

#[test]
fn values_have_the_type_that_the_flag_compares_the_attribute_with() {
    let shop = shop();
    shop.ok(&["flag", "condition", "add", "CHECKOUT", "zip = \"00501\"", "age = 18", "member = true"]);
    shop.ok(&["flag", "condition", "add", "CHECKOUT", "zip != 501"]);
    let conditions = state(&shop, "CHECKOUT")["rules"][0]["select"]["gate"]["conditions"].clone();
    let expected = json!([
        { "all": [{ "segment": "zip", "eq": "00501" }] },
        { "all": [{ "segment": "age", "eq": 18 }] },
        { "all": [{ "segment": "member", "eq": true }] },
        { "all": [{ "segment": "zip", "ne": "501" }] },
    ]);
    assert_eq!(conditions, expected);
}

#[test]
fn every_invalid_condition_is_reported_and_none_is_added() {
    let shop = shop();
    let add = ["flag", "condition", "add", "CHECKOUT", "plan == pro", "horses >", "age = 18"];
    shop.refuses(3, &add, &["did you mean \"=\"?", "has nothing after \">\"", "2 problems"]);
    shop.refuses(2, &["flag", "condition", "add", "CHECKOUT"], &["<CONDITION>"]);
    shop.refuses(2, &["flag", "condition", "set", "CHECKOUT", "--missing", "ignore"], &["skip, fail"]);
}
