//! `feats experiment`: the units of each arm, and the sample-ratio check.

use feats::model::{Declaration, ValueKind};
use feats::store::Store;
use serde_json::json;

use crate::harness::{Shop, block_on};

/// Creates a shop with an experiment of two equal arms, and the given numbers of units as a program would count them.
fn shop(acme: i64, premium: i64) -> Shop {
    let shop = Shop::new();
    let payments =
        Declaration::new("PaymentProcessor", ["acme", "premium", "aperture"]).segment("UserId", ValueKind::Integer);
    shop.publish_catalog("1.4.3", vec![payments]);
    shop.ok(&[
        "rule",
        "add",
        "PaymentProcessor",
        "A/B",
        "--everyone",
        "--experiment",
        "acme=50,premium=50",
        "--by",
        "UserId",
    ]);
    let seed = shop.json(&["experiment", "PaymentProcessor"])["experiments"][0]["seed"].clone();
    block_on(async {
        let store = shop.store();
        let counts = [
            ("1/2026-11-30\u{1f}acme".to_owned(), acme - 7),
            ("1/2026-12-02\u{1f}acme".to_owned(), 7),
            ("1/2026-11-30\u{1f}premium".to_owned(), premium),
        ];
        let experiment = format!("PaymentProcessor\u{1f}{}", seed.as_str().expect("a seed"));
        store.counters().unwrap().add("exposures", &experiment, &counts, None).await.expect("counted");
        store.close().await;
    });
    shop
}

#[test]
fn an_experiment_lists_the_units_of_each_arm() {
    let shop = shop(510, 490);
    let output = shop.ok(&["experiment", "PaymentProcessor"]);
    for expected in [
        "rule \"A/B\"",
        "1 000 so far",
        "premium",
        "49.00%",
        "split between the arms as planned",
        "first unit on 2026-11-30; 7 units on 2026-12-02, the last day",
    ] {
        assert!(output.contains(expected), "{expected:?} is not in:\n{output}");
    }
    let json = shop.json(&["experiment", "PaymentProcessor"]);
    let experiment = &json["experiments"][0];
    assert_eq!((&experiment["rule"], &experiment["units"]), (&"A/B".into(), &1_000.into()));
    assert_eq!(
        (&experiment["arms"][0]["implementation"], &experiment["arms"][0]["units"]),
        (&"acme".into(), &510.into())
    );
    let days = json!([
        { "day": "2026-11-30", "units": { "acme": 503, "premium": 490 } },
        { "day": "2026-12-02", "units": { "acme": 7, "premium": 0 } },
    ]);
    assert_eq!(experiment["days"], days);
    assert_eq!(experiment["sample_ratio"]["alarming"], false);
}

#[test]
fn a_sample_ratio_mismatch_has_an_exit_code() {
    let shop = shop(600, 400);
    let done = shop.run(&["experiment", "PaymentProcessor"]).exits(1);
    assert!(done.out.contains("Sample-ratio mismatch"), "{}", done.out);
}

#[test]
fn a_feature_without_an_experiment_is_refused() {
    let shop = Shop::new();
    shop.refuses(7, &["experiment", "PaymentProcessor"], &["has no experiment", "feats show PaymentProcessor"]);
    shop.refuses(7, &["experiment", "PaymentProcesor"], &["did you mean \"PaymentProcessor\""]);
}
