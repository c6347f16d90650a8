//! `feats experiment`: who used what, and whether the shares are what the weights promise.

use feats::model::{Declaration, ValueKind};
use feats::store::Store;
use serde_json::json;

use crate::harness::{Shop, block_on};

/// A shop with an experiment of half and half, and units of it as a program would have counted them.
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
fn an_experiment_tells_who_used_what() {
    let shop = shop(510, 490);
    let said = shop.ok(&["experiment", "PaymentProcessor"]);
    for expected in [
        "rule \"A/B\"",
        "1 000 used it",
        "premium",
        "49.00 %",
        "split between the arms as planned",
        "units came from 2026-11-30 on, 7 of them on 2026-12-02, the last day",
    ] {
        assert!(said.contains(expected), "{expected:?} is not in:\n{said}");
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
fn shares_that_nobody_promised_are_an_exit_code() {
    let shop = shop(600, 400);
    let done = shop.run(&["experiment", "PaymentProcessor"]).exits(1);
    assert!(done.out.contains("Sample-ratio mismatch"), "{}", done.out);
}

#[test]
fn a_feature_without_an_experiment_has_nothing_to_tell() {
    let shop = Shop::new();
    shop.refuses(7, &["experiment", "PaymentProcessor"], &["there is no experiment", "feats show PaymentProcessor"]);
    shop.refuses(7, &["experiment", "PaymentProcesor"], &["did you mean \"PaymentProcessor\""]);
}
