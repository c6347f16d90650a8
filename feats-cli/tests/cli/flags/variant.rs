//! `feats flag variant`.

use serde_json::json;

use super::{decision, shop, state};

#[test]
fn variants_are_added_changed_and_removed() {
    let shop = shop();
    shop.ok(&["flag", "variant", "CHECKOUT", "light", "\"#fff\""]);
    assert_eq!(decision(&shop, "CHECKOUT", &[]), "light");
    shop.ok(&["flag", "variant", "CHECKOUT", "dark", "{\"color\": \"#000\"}"]);
    shop.ok(&["flag", "variant", "CHECKOUT", "light", "1"]);
    assert_eq!(state(&shop, "CHECKOUT")["values"], json!({ "dark": { "color": "#000" }, "light": 1 }));
    shop.ok(&["flag", "variant", "CHECKOUT", "dark", "--remove"]);
    assert_eq!(state(&shop, "CHECKOUT")["values"], json!({ "light": 1 }));
}

#[test]
fn a_variant_that_is_served_or_missing_is_not_removed() {
    let shop = shop();
    shop.ok(&["flag", "variant", "CHECKOUT", "light", "1"]);
    let remove = |variant: &'static str| ["flag", "variant", "CHECKOUT", variant, "--remove"];
    shop.refuses(3, &remove("light"), &["values.light: this is the only variant of the flag"]);
    shop.ok(&["flag", "variant", "CHECKOUT", "dark", "2"]);
    let messages =
        ["otherwise.static: unknown implementation \"light\"", "hint: serve another variant in these places first"];
    shop.refuses(3, &remove("light"), &messages);
    shop.refuses(3, &remove("drak"), &["the flag has no variant \"drak\"; did you mean \"dark\"?"]);
}

#[test]
fn a_value_is_json_and_a_name_is_not_reserved() {
    let shop = shop();
    let set = |variant: &'static str, value: &'static str| ["flag", "variant", "CHECKOUT", variant, value];
    shop.refuses(3, &set("dark", "black"), &["value: \"black\" is not valid JSON", "write text as '\"black\"'"]);
    shop.refuses(3, &set("disabled", "1"), &["values.disabled: an implementation has this name"]);
    shop.refuses(2, &["flag", "variant", "CHECKOUT", "dark"], &["<JSON>"]);
    shop.refuses(2, &["flag", "variant", "CHECKOUT", "dark", "1", "--remove"], &["cannot be used with"]);
}
