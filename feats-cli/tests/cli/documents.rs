//! Export and import.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::harness::{Done, Shop};

/// Creates a shop with states of every kind.
fn busy_shop() -> Shop {
    let shop = Shop::new();
    shop.ok(&["rule", "add", "PaymentProcessor", "Norway", "--when", "Country = NO", "--use", "premium"]);
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "aperture=5,acme=95", "--by", "UserId"]);
    shop.ok(&["pin", "ImageProcessing", "disabled"]);
    shop
}

fn write(shop: &Shop, name: &str, text: &str) -> String {
    let path = shop.directory.path().join(name);
    fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

fn states(shop: &Shop) -> Vec<Json> {
    ["PaymentProcessor", "ImageProcessing"].map(|feature| shop.json(&["show", feature])["state"].clone()).into()
}

#[test]
fn an_import_restores_exported_seeds_and_slots() {
    let from = busy_shop();
    for format in [&["export"][..], &["export", "--yaml"]] {
        let to = Shop::new();
        let file = write(&to, if format.len() == 1 { "all.json" } else { "all.yaml" }, &from.ok(format));
        let output = to.ok(&["import", &file]);
        assert!(output.contains("PaymentProcessor: published version 1"), "{output}");
        assert_eq!(states(&to), states(&from));
        // A second import changes nothing and adds no version.
        let again = to.json(&["import", &file]);
        assert_eq!(again, json!({ "changed": [], "unchanged": ["ImageProcessing", "PaymentProcessor"] }));
        assert_eq!(to.version("PaymentProcessor"), 1);
    }
}

#[test]
fn a_single_feature_can_be_exported_and_imported() {
    let from = busy_shop();
    let one: Json = serde_json::from_str(&from.ok(&["export", "ImageProcessing"])).expect("JSON");
    assert_eq!(
        one["features"].as_object().map(|it| it.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["ImageProcessing".to_owned()])
    );
    assert_eq!(from.ok(&["export", "ImageProcessing", "--json"]), from.ok(&["export", "ImageProcessing"]));
    let to = Shop::new();
    let all = write(&to, "all.json", &from.ok(&["export"]));
    to.ok(&["import", &all, "--feature", "ImageProcessing"]);
    assert_eq!((to.version("ImageProcessing"), to.version("PaymentProcessor")), (1, 0));
    to.refuses(3, &["import", &all, "--feature", "ImageProcesing"], &["did you mean \"ImageProcessing\"?"]);
}

#[test]
fn a_single_state_is_imported_from_json_or_yaml() {
    let shop = Shop::new();
    let yaml = "rules:\n- name: Norway\n  when: {segment: Country, in: [NO, SE]}\n  select: {static: premium}\n";
    let file = write(&shop, "state.yaml", yaml);
    shop.ok(&["import", &file, "--feature", "PaymentProcessor", "-m", "Nordic"]);
    let norway = shop.json(&["explain", "PaymentProcessor", "--set", "Country=NO"]);
    assert_eq!(norway["decisions"][0]["value"], "premium");
    let file = write(&shop, "state.json", r#"{"pinned": "acme"}"#);
    let output = shop.ok(&["import", &file, "--feature", "PaymentProcessor"]);
    assert!(
        output.contains("undo: feats unpin PaymentProcessor\nundo: feats rollback PaymentProcessor --to 1"),
        "{output}"
    );
    shop.refuses(3, &["import", &file], &["features: required field field is required", "--feature"]);
}

#[test]
fn a_dash_imports_standard_input() {
    let shop = Shop::new();
    let mut command = shop.command(&["import", "-", "--feature", "ConfirmText"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    child.stdin.take().expect("a pipe").write_all(b"otherwise: {static: save}").expect("written");
    Done::from(child.wait_with_output().expect("it ends")).exits(0);
    assert_eq!(shop.json(&["explain", "ConfirmText"])["decisions"][0]["value"], "save");
}

#[test]
fn one_invalid_state_prevents_the_whole_import() {
    let shop = Shop::new();
    let document = json!({ "format": 1, "features": {
        "ConfirmText": { "state": { "otherwise": { "static": "save" } } },
        "ImageProcessing": { "state": { "otherwise": { "static": "disabledd" } } },
        "PaymentProcessor": { "state": { "rules": [
            { "name": "a", "when": { "segment": "Contry", "in": ["CA"] }, "select": { "static": "acme" } },
        ] } },
        "Unknown": { "state": {} },
    } });
    let file = write(&shop, "all.json", &document.to_string());
    let error = shop.refuses(3, &["import", &file, "--json"], &[]).error();
    let paths: Vec<_> =
        error["problems"].as_array().expect("a list").iter().map(|problem| problem["path"].clone()).collect();
    assert_eq!(
        paths,
        [
            "features.ImageProcessing.state.otherwise.static",
            "features.PaymentProcessor.state.rules[0].when.segment",
            "features.Unknown",
        ]
    );
    assert_eq!(error["problems"][0]["suggestion"], "disabled");
}

#[test]
fn an_import_that_reshuffles_needs_confirmation() {
    let shop = busy_shop();
    let state =
        json!({ "otherwise": { "rollout": { "by": "UserId", "seed": "another", "weights": { "acme": 100 } } } });
    let file = write(&shop, "state.json", &state.to_string());
    let import = ["import", &file, "--feature", "PaymentProcessor"];
    shop.refuses(5, &import, &["--allow-reshuffle"]);
    shop.ok(&[&import[..], &["--allow-reshuffle"]].concat());
}

#[test]
fn a_dry_run_of_an_import_writes_nothing() {
    let from = busy_shop();
    let to = Shop::new();
    let file = write(&to, "all.json", &from.ok(&["export"]));
    let output = to.ok(&["import", &file, "--dry-run"]);
    assert!(output.contains("PaymentProcessor: not published"), "{output}");
    assert_eq!(to.version("PaymentProcessor"), 0);
    to.refuses(2, &["import", &file, "--expect-version", "0"], &["--expect-version applies to one feature"]);
}

#[test]
fn a_document_with_a_byte_order_mark_is_read() {
    let shop = Shop::new();
    shop.ok(&["pin", "PaymentProcessor", "premium"]);
    for (name, exported) in [("a.json", shop.ok(&["export"])), ("a.yaml", shop.ok(&["export", "--yaml"]))] {
        shop.ok(&["pin", "PaymentProcessor", "acme"]);
        let file = shop.directory.path().join(name);
        fs::write(&file, format!("\u{feff}{exported}")).expect("written");
        shop.ok(&["import", file.to_str().expect("a path")]);
        assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], "premium", "{name}");
    }
    let when = "\u{feff}{\"segment\": \"Country\", \"eq\": \"CA\"}";
    shop.ok(&["rule", "add", "PaymentProcessor", "r", "--when-json", when, "--use", "premium"]);
}

#[test]
fn invisible_characters_are_escaped_in_every_format() {
    let shop = Shop::new();
    let when = "Country in \"C\u{202e}A\", \"\u{200b}\", \"\u{e0041}\", \"\u{feff}x\"";
    shop.ok(&["rule", "add", "PaymentProcessor", "r", "--when", when, "--use", "premium"]);
    let state = || shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["when"].clone();
    let before = state();
    for (name, arguments) in [("a.json", &["export"][..]), ("a.yaml", &["export", "--yaml"])] {
        let exported = shop.ok(arguments);
        assert!(
            !exported.chars().any(|c| matches!(c, '\u{202e}' | '\u{200b}' | '\u{e0041}' | '\u{feff}')),
            "{exported}"
        );
        shop.ok(&["rule", "remove", "PaymentProcessor", "r"]);
        let file = shop.directory.path().join(name);
        fs::write(&file, exported).expect("written");
        shop.ok(&["import", file.to_str().expect("a path")]);
        assert_eq!(state(), before, "{name}");
    }
    let shown = shop.ok(&["show", "PaymentProcessor"]);
    assert!(!shown.contains('\u{202e}') && shown.contains("\\u{202e}"), "{shown}");
}
