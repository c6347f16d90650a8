//! `feats flag data`.

use serde_json::json;

use super::shop;

#[test]
fn client_data_is_merged_and_printed_as_json() {
    let shop = shop();
    assert_eq!(shop.ok(&["flag", "data", "CHECKOUT"]), "{}\n");
    shop.ok(&["flag", "data", "CHECKOUT", r#"{"ttl": 60, "team": "cart", "old": 1}"#]);
    let out = shop.ok(&["flag", "data", "CHECKOUT", r#"{"ttl": 30, "old": null}"#, "--remove", "team"]);
    assert!(out.contains("- Client data \"ttl\": 60.\n+ Client data \"ttl\": 30."), "{out}");
    assert_eq!(shop.version("CHECKOUT"), 3);
    assert_eq!(shop.ok(&["flag", "data", "CHECKOUT"]), "{\n  \"ttl\": 30\n}\n");
    let shown = shop.ok(&["flag", "show", "CHECKOUT"]);
    assert!(shown.contains("Client data\n  {\n    \"ttl\": 30\n  }\n") && shown.matches("ttl").count() == 1, "{shown}");
    let expected = json!({ "flag": "CHECKOUT", "version": 3, "client_data": { "ttl": 30 } });
    assert_eq!(shop.json(&["flag", "data", "CHECKOUT"]), expected);
    shop.ok(&["flag", "data", "CHECKOUT", "--remove", "ttl"]);
    assert_eq!(shop.ok(&["flag", "data", "CHECKOUT"]), "{}\n");
}

#[test]
fn data_that_is_not_an_object_is_refused() {
    let shop = shop();
    let huge = format!("{{\"a\": \"{}\"}}", "x".repeat(70_000));
    for (data, message) in [
        ("[1]", "client data must be a JSON object"),
        ("ttl", "data: \"ttl\" is not valid JSON"),
        (r#"{"a": 1, "a": 2}"#, "duplicate key \"a\""),
        ("", "data: \"\" is not valid JSON"),
        (&huge, "client data can have at most 65536 bytes"),
    ] {
        shop.refuses(3, &["flag", "data", "CHECKOUT", data], &[message]);
    }
}

/// Client data is any text of other programs.
#[test]
fn client_data_cannot_disturb_the_terminal() {
    let shop = shop();
    shop.ok(&["flag", "data", "CHECKOUT", "{\"a\": \"\\u001b[31m\\u202e\\u009b\"}"]);
    for arguments in [&["flag", "data", "CHECKOUT"][..], &["flag", "show", "CHECKOUT"], &["show", "CHECKOUT"]] {
        let out = shop.ok(arguments);
        assert!(out.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{out:?}");
    }
}
