//! Pins, overrides, rollbacks and removals, and the output that all changes share.

use serde_json::json;

use crate::harness::{Done, Shop, block_on, features};

#[test]
fn a_change_reports_its_version_its_impact_and_how_to_undo_it() {
    let shop = Shop::new();
    let output = shop.ok(&["otherwise", "PaymentProcessor", "--use", "premium"]);
    assert_eq!(
        output,
        "PaymentProcessor: published version 1\n\
         + Everyone else: serve premium.\n  \
         everyone else: 100% move from acme to premium\n\
         undo: feats rollback PaymentProcessor --to 0\n"
    );
    let changed = shop.json(&["otherwise", "PaymentProcessor", "--default"]);
    assert_eq!((&changed["version"], &changed["based_on"]), (&json!(2), &json!(1)));
    assert_eq!(changed["impact"]["lines"][0]["moved"], json!({ "from": "premium", "to": "acme", "percent": 100.0 }));
    assert_eq!(changed["undo"], json!(["feats rollback PaymentProcessor --to 1"]));
}

#[test]
fn the_undo_command_names_the_store_and_can_be_pasted() {
    let shop = Shop::new();
    let mut command = shop.command(&["pin", "PaymentProcessor", "premium", "--store"]);
    command.arg(shop.path()).env_remove("FEATS_STORE");
    let output = Done::run(command).exits(0).out;
    let undo = output.lines().find_map(|line| line.strip_prefix("undo: feats ")).expect("an undo command");
    let words: Vec<&str> = undo.split(' ').collect();
    assert_eq!(&words[..2], ["unpin", "PaymentProcessor"]);
    let mut command = shop.command(&words);
    command.env_remove("FEATS_STORE");
    Done::run(command).exits(0);
    assert_eq!(shop.json(&["show", "PaymentProcessor"])["state"]["pinned"], json!(null));
}

#[test]
fn a_rollback_keeps_the_pin_which_has_its_own_undo_command() {
    let shop = Shop::new();
    shop.ok(&["otherwise", "PaymentProcessor", "--use", "premium"]);
    let pinned = shop.ok(&["pin", "PaymentProcessor", "aperture"]);
    assert!(pinned.contains("everyone gets aperture, regardless of the rules"), "{pinned}");
    assert!(pinned.contains("undo: feats unpin PaymentProcessor"), "{pinned}");
    let back = shop.ok(&["rollback", "PaymentProcessor", "--to", "0"]);
    assert!(back.contains("everyone stays pinned to aperture"), "{back}");
    let other = shop.ok(&["pin", "PaymentProcessor", "acme"]);
    assert!(other.contains("undo: feats pin PaymentProcessor aperture"), "{other}");
    let unpinned = shop.ok(&["unpin", "PaymentProcessor"]);
    assert!(unpinned.contains("the rules apply again"), "{unpinned}");
}

#[test]
fn overrides_are_added_and_removed_by_unit() {
    let shop = Shop::new();
    shop.ok(&["override", "add", "PaymentProcessor", "UserId=42, 43", "--use", "premium"]);
    shop.ok(&["override", "add", "PaymentProcessor", "Country=\"CA, or so\"", "--use", "aperture"]);
    shop.ok(&["override", "remove", "PaymentProcessor", "UserId=42"]);
    let overrides = &shop.json(&["show", "PaymentProcessor"])["state"]["overrides"];
    assert_eq!(
        *overrides,
        json!([
            { "segment": "UserId", "values": [43], "use": "premium" },
            { "segment": "Country", "values": ["CA, or so"], "use": "aperture" },
        ])
    );
    shop.refuses(
        3,
        &["override", "remove", "PaymentProcessor", "UserId=42"],
        &["overrides: no override for UserId 42"],
    );
    shop.refuses(
        3,
        &["override", "add", "PaymentProcessor", "UserId=abc", "--use", "premium"],
        &["\"abc\" is text, but UserId is an integer"],
    );
    shop.refuses(3, &["override", "add", "PaymentProcessor", "UserId", "--use", "premium"], &["such as UserId=42,43"]);
}

#[test]
fn a_removed_state_leaves_the_default_and_can_be_restored() {
    let shop = Shop::new();
    shop.ok(&["otherwise", "PaymentProcessor", "--use", "premium"]);
    let removed = shop.ok(&["remove", "PaymentProcessor"]);
    assert!(removed.contains("undo: feats rollback PaymentProcessor --to 1"), "{removed}");
    assert!(shop.ok(&["show", "PaymentProcessor"]).contains("\n  removed\n"));
    shop.ok(&["rollback", "PaymentProcessor", "--to", "1"]);
    assert_eq!(shop.json(&["explain", "PaymentProcessor"])["decisions"][0]["value"], "premium");
    assert_eq!(shop.version("PaymentProcessor"), 3);
}

#[test]
fn a_dry_run_of_any_change_writes_nothing() {
    let shop = Shop::new();
    shop.ok(&[
        "rule",
        "add",
        "PaymentProcessor",
        "a",
        "--everyone",
        "--rollout",
        "acme=50,premium=50",
        "--by",
        "UserId",
    ]);
    shop.ok(&["rule", "add", "PaymentProcessor", "b", "--everyone", "--use", "premium"]);
    for change in [
        &["pin", "PaymentProcessor", "premium"][..],
        &["unpin", "PaymentProcessor"],
        &["rule", "add", "PaymentProcessor", "c", "--everyone", "--use", "acme"],
        &["rule", "move", "PaymentProcessor", "b", "--first"],
        &["rule", "remove", "PaymentProcessor", "a"],
        &["rollout", "PaymentProcessor", "--rule", "a", "acme=100"],
        &["rollout", "PaymentProcessor", "--rule", "a", "acme=100", "--by", "Country"],
        &["otherwise", "PaymentProcessor", "--use", "premium"],
        &["override", "add", "PaymentProcessor", "UserId=1", "--use", "premium"],
        &["rollback", "PaymentProcessor", "--to", "1"],
        &["remove", "PaymentProcessor"],
    ] {
        let output = shop.ok(&[change, &["--dry-run"]].concat());
        assert!(output.contains("not published (dry run on version 2)\n"), "{output}");
        assert_eq!(shop.json(&[change, &["--dry-run"]].concat())["version"], json!(null));
    }
    assert_eq!(shop.version("PaymentProcessor"), 2);
}

#[test]
fn the_author_defaults_to_the_current_user() {
    let shop = Shop::new();
    let author = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = shop.command(&[&["unpin", "PaymentProcessor"], arguments].concat());
        command.env_remove("USER").envs(environment.iter().copied());
        Done::run(command).exits(0);
        shop.json(&["show", "PaymentProcessor"])["changed"]["author"].clone()
    };
    assert_eq!(author(&["--author", "grace"], &[("USER", "ada")]), "grace");
    assert_eq!(author(&[], &[("FEATS_AUTHOR", "lin"), ("USER", "ada")]), "lin");
    assert_eq!(author(&[], &[("USER", "ada")]), "ada");
    assert_eq!(author(&[], &[]), "feats");
}

#[test]
fn a_running_program_applies_a_change() {
    let shop = Shop::new();
    let app = feats::App::builder().store(shop.store()).program("shop", "1.4.2");
    let app = features().into_iter().fold(app, feats::AppBuilder::declare).detached();
    block_on(async {
        let app = app.start().await.expect("an app starts");
        let payments = app.feature_named("PaymentProcessor").expect("declared");
        shop.ok(&["pin", "PaymentProcessor", "premium"]);
        payments.wait_for(1, std::time::Duration::from_secs(5)).await.expect("it arrives");
        assert_eq!(payments.explain(&feats::attributes! {}).value(), "premium");
    });
}

#[test]
fn a_boolean_feature_is_pinned_to_on_or_off() {
    let shop = Shop::new();
    let pinned = || shop.json(&["show", "ImageProcessing"])["state"]["pinned"].clone();
    for (typed, name) in [("off", "disabled"), ("on", "enabled"), ("FALSE", "disabled"), ("true", "enabled")] {
        shop.ok(&["pin", "ImageProcessing", typed]);
        assert_eq!(pinned(), name);
    }
    shop.ok(&["unpin", "ImageProcessing"]);
    shop.ok(&["otherwise", "ImageProcessing", "--use", "off"]);
    assert_eq!(shop.json(&["show", "ImageProcessing"])["state"]["otherwise"], json!({ "static": "disabled" }));
    shop.refuses(3, &["pin", "PaymentProcessor", "off"], &["unknown implementation \"off\""]);
}

#[test]
fn the_default_of_a_boolean_feature_is_shown_with_its_value() {
    let shop = Shop::new();
    let mut features = features();
    features.iter_mut().filter(|feature| feature.boolean).for_each(|feature| feature.on = Some(true));
    shop.publish_catalog("1.4.3", features);
    for arguments in
        [&["list"][..], &["explain", "ImageProcessing"], &["show", "ImageProcessing"], &["history", "ImageProcessing"]]
    {
        let output = shop.ok(arguments);
        assert!(output.contains("default: on"), "{arguments:?}: {output}");
    }
    shop.ok(&["pin", "ImageProcessing", "off"]);
    shop.ok(&["remove", "ImageProcessing"]);
    assert!(shop.ok(&["history", "ImageProcessing"]).contains("(removed; default: on)"));
}
