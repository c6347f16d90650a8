//! Rollouts: shares, ramps, and the confirmation of a reshuffle.

use serde_json::{Value as Json, json};

use crate::harness::Shop;

const CANARY: [&str; 5] = ["rollout", "PaymentProcessor", "--rule", "US canary", "aperture=10,acme=90"];

/// Creates a shop in which 5% of the users in the US get aperture.
fn canary() -> Shop {
    let shop = Shop::new();
    shop.ok(&[
        "rule",
        "add",
        "PaymentProcessor",
        "US canary",
        "--when",
        "Country = US",
        "--rollout",
        "aperture=5,acme=95",
        "--by",
        "UserId",
    ]);
    shop
}

fn rollout(shop: &Shop) -> Json {
    shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["select"]["rollout"].clone()
}

#[test]
fn new_shares_keep_the_condition_and_move_few_units() {
    let shop = canary();
    let before = rollout(&shop);
    let output = shop.ok(&CANARY);
    assert!(output.contains("rule \"US canary\": 5% move from acme to aperture\n"), "{output}");
    let after = rollout(&shop);
    assert_eq!((&after["seed"], &after["by"]), (&before["seed"], &before["by"]));
    assert_eq!(after["weights"], json!({ "aperture": 10, "acme": 90 }));
    assert_eq!(
        shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["when"],
        json!({ "segment": "Country", "eq": "US" })
    );
    let decision = shop.json(&["explain", "PaymentProcessor", "--set", "Country=US", "--set", "UserId=42"]);
    assert!(decision["decisions"][0]["slot"].is_u64(), "{decision}");
}

#[test]
fn a_reshuffle_needs_confirmation() {
    let shop = canary();
    for change in [["--by", "Country"], ["--seed", "another"]] {
        let arguments = [&CANARY[..], &change].concat();
        shop.refuses(
            5,
            &arguments,
            &[
                "reassigns every unit at random",
                "rule \"US canary\": everyone is reassigned at random",
                "--allow-reshuffle",
            ],
        );
        let asked = shop.refuses(5, &[&arguments[..], &["--json"]].concat(), &[]).error();
        assert_eq!(asked["kind"], "needs_confirmation");
    }
    let dry = shop.ok(&[&CANARY[..], &["--by", "Country", "--dry-run"]].concat());
    assert!(dry.contains("everyone is reassigned at random"), "{dry}");
    shop.ok(&[&CANARY[..], &["--by", "Country", "--allow-reshuffle"]].concat());
    assert_eq!(rollout(&shop)["by"], "Country");
    // A rollback needs no confirmation.
    shop.ok(&["rollback", "PaymentProcessor", "--to", "1"]);
    assert_eq!(rollout(&shop)["by"], "UserId");
}

#[test]
fn a_ramp_is_gradual_and_can_be_paused() {
    let shop = canary();
    let ramp = ["rollout", "PaymentProcessor", "--rule", "US canary", "aperture=100", "--over", "3h"];
    let output = shop.ok(&ramp);
    assert!(output.contains("95% move from acme to aperture, gradually from "), "{output}");
    let shown = shop.ok(&["show", "PaymentProcessor"]);
    assert!(shown.contains("(gradually from ") && shown.contains("; currently aperture 5"), "{shown}");
    shop.ok(&["rollout", "PaymentProcessor", "--rule", "US canary", "--pause"]);
    let paused = rollout(&shop);
    assert_eq!(paused.get("ramp"), None);
    let aperture = paused["weights"]["aperture"].as_f64().expect("a share");
    assert!((5.0..6.0).contains(&aperture), "{paused}");
    shop.refuses(
        3,
        &["rollout", "PaymentProcessor", "--rule", "US canary", "--pause"],
        &["--pause: no ramp is in progress"],
    );
}

#[test]
fn a_ramp_has_a_start_and_initial_shares() {
    let shop = Shop::new();
    shop.ok(&[
        "rollout",
        "PaymentProcessor",
        "--otherwise",
        "aperture=80,acme=20",
        "--by",
        "UserId",
        "--from",
        "aperture=20,acme=80",
        "--over",
        "30m",
        "--start",
        "2999-12-01T09:00:00Z",
    ]);
    let ramp = shop.json(&["show", "PaymentProcessor"])["state"]["otherwise"]["rollout"]["ramp"].clone();
    assert_eq!((&ramp["start"], &ramp["duration"]), (&json!("2999-12-01T09:00:00Z"), &json!("30m")));
    assert_eq!(ramp["from"][0][0], "acme");
    assert_eq!(ramp["from"][0][1], 800_000);
}

#[test]
fn a_new_rollout_needs_a_segment() {
    let shop = Shop::new();
    let shares = ["rollout", "PaymentProcessor", "--otherwise", "acme=50,premium=50"];
    shop.refuses(3, &shares, &["--by: a rollout needs a segment to split by", "Country, UserId"]);
    shop.ok(&[&shares[..], &["--by", "random"]].concat());
    assert!(shop.ok(&["show", "PaymentProcessor"]).contains("split at random per request: acme 50%, premium 50%"));
}

#[test]
fn a_rollout_splits_by_several_segments() {
    let shop = Shop::new();
    let shares = ["rollout", "PaymentProcessor", "--otherwise", "acme=50,premium=50"];
    shop.ok(&[&shares[..], &["--by", "Country,UserId"]].concat());
    let select = || shop.json(&["show", "PaymentProcessor"])["state"]["otherwise"]["rollout"].clone();
    let before = select();
    assert_eq!(before["by"], json!(["Country", "UserId"]));
    assert!(shop.ok(&["show", "PaymentProcessor"]).contains("split by Country and UserId: acme 50%, premium 50%"));
    shop.ok(&["rollout", "PaymentProcessor", "--otherwise", "acme=60,premium=40", "--by", "Country, UserId"]);
    assert_eq!(select()["seed"], before["seed"], "the same segments in the same order");
    let swapped = ["rollout", "PaymentProcessor", "--otherwise", "acme=60", "--by", "UserId,Country"];
    shop.refuses(5, &swapped, &["everyone is reassigned at random"]);

    let explained = shop.json(&["explain", "PaymentProcessor", "--set", "UserId=42"]);
    assert_eq!(explained["decisions"][0]["missing"], json!(["Country"]));
    let both = ["explain", "PaymentProcessor", "--set", "Country=US", "--set", "UserId=42", "--path"];
    assert!(shop.ok(&both).contains("Country US and UserId 42 have slot "), "{}", shop.ok(&both));
    let experiment = [
        "rule",
        "add",
        "PaymentProcessor",
        "A/B",
        "--everyone",
        "--experiment",
        "acme=50,premium=50",
        "--by",
        "Country,UserId",
    ];
    shop.refuses(3, &experiment, &["an experiment needs units of one segment"]);
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let shop = canary();
    for arguments in [
        &["rollout", "PaymentProcessor", "--rule", "US canary"][..],
        &["rollout", "PaymentProcessor", "acme=100"],
        &["rollout", "PaymentProcessor", "acme=100", "--rule", "US canary", "--otherwise"],
        &["rollout", "PaymentProcessor", "acme=100", "--rule", "US canary", "--pause"],
        &["rollout", "PaymentProcessor", "acme=100", "--rule", "US canary", "--start", "2026-12-01T00:00:00Z"],
        &["rule", "add", "PaymentProcessor", "x", "--everyone"],
        &["rule", "add", "PaymentProcessor", "x", "--everyone", "--rollout", "acme=100"],
        &["rule", "add", "PaymentProcessor", "x", "--everyone", "--use", "acme", "--by", "UserId"],
        &["rule", "add", "PaymentProcessor", "x", "--everyone", "--when", "Country = CA", "--use", "acme"],
    ] {
        shop.refuses(2, arguments, &["Usage: feats"]);
    }
}

#[test]
fn implementations_left_out_split_the_remainder() {
    let shop = Shop::new();
    let weights = |shop: &Shop| {
        shop.json(&["show", "PaymentProcessor"])["state"]["rules"][0]["select"]["rollout"]["weights"].clone()
    };
    let rule = ["rule", "add", "PaymentProcessor", "R", "--everyone", "--by", "UserId", "--rollout"];
    shop.ok(&[&rule[..], &["aperture=5,acme=95"]].concat());
    let change = |weights: &str| shop.ok(&["rollout", "PaymentProcessor", "--rule", "R", weights]);
    let output = change("aperture=10");
    assert!(output.contains("remainder: acme 90%"), "{output}");
    assert_eq!(weights(&shop), json!({ "acme": 90, "aperture": 10 }));
    change("acme=60,premium=30,aperture=10");
    let output = shop.ok(&["rollout", "PaymentProcessor", "--rule", "R", "aperture=40", "--dry-run"]);
    assert!(output.contains("remainder: acme 40%, premium 20%"), "{output}");
    change("aperture=40");
    assert_eq!(weights(&shop), json!({ "acme": 40, "aperture": 40, "premium": 20 }));
    let over = ["rollout", "PaymentProcessor", "--rule", "R", "aperture=101"];
    shop.refuses(3, &over, &["weights.aperture: a weight must be a percentage"]);
    let over = ["rollout", "PaymentProcessor", "--rule", "R", "aperture=60,acme=50"];
    shop.refuses(3, &over, &["the weights must sum to 100, not 110: 10 too much"]);
}

#[test]
fn the_share_of_an_experiment_changes_without_its_weights() {
    let shop = Shop::new();
    let rule =
        ["rule", "add", "PaymentProcessor", "R", "--everyone", "--by", "UserId", "--share", "20", "--experiment"];
    shop.ok(&[&rule[..], &["aperture=50,acme=50"]].concat());
    shop.ok(&["rollout", "PaymentProcessor", "--rule", "R", "--share", "40"]);
    let state = shop.json(&["show", "PaymentProcessor"])["state"].clone();
    let experiment = &state["rules"][0]["select"]["experiment"];
    assert_eq!((&experiment["share"], &experiment["weights"]), (&json!(40), &json!({ "acme": 50, "aperture": 50 })));
    let none = ["rollout", "PaymentProcessor", "--otherwise", "--by", "UserId"];
    shop.refuses(3, &none, &["there are no shares yet"]);
}
