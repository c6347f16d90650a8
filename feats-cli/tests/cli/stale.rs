//! `feats stale`: features that are expired, unused, or serve only one implementation.

use std::time::{Duration, SystemTime};

use feats::Timestamp;
use feats::model::Declaration;
use feats::store::Store;
use serde_json::{Value as Json, json};

use crate::harness::{Shop, block_on};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Shop {
    /// Stores the counters of each of the last days as programs would: that they counted, and the uses by implementation.
    fn count(&self, feature: &str, days: u32, uses: &[(&str, i64)]) {
        let counters = uses.iter().map(|(name, uses)| (format!("{feature}\u{1f}{name}"), *uses));
        let counters: Vec<_> = counters.chain([(feature.to_owned(), 0)]).collect();
        let today = Timestamp::from(SystemTime::now()).as_millis() / DAY.as_millis() as i64;
        let store = self.store();
        block_on(async {
            for day in 0..=i64::from(days) {
                let key = Timestamp::from_millis((today - day) * DAY.as_millis() as i64).to_string();
                store.counters().unwrap().add("uses_by_day", &key, &counters, Some(DAY * 90)).await.expect("counted");
            }
            store.close().await;
        });
    }
}

#[test]
fn stale_lists_expired_features() {
    let shop = Shop::new();
    assert!(shop.ok(&["stale"]).contains("no stale features"));
    let mut old = Declaration::new("OldCheckout", ["classic"]);
    old.expires = Some("2020-01-31".into());
    shop.publish_catalog("1.4.3", vec![old]);
    let output = shop.run(&["stale"]).exits(1).out;
    assert!(output.contains("OldCheckout") && !output.contains("PaymentProcessor"), "{output}");
    let found = shop.run(&["stale", "--json"]).exits(1).out;
    let found: Json = serde_json::from_str(&found).expect("JSON");
    assert_eq!(found["stale"][0]["expires"], "2020-01-31");
    assert_eq!(found["stale"][0]["reason"], "expired");
    assert!(shop.ok(&["list"]).contains("stale"));
}

#[test]
fn stale_lists_unused_features_and_those_with_one_implementation() {
    let shop = Shop::new();
    shop.count("ConfirmText", 41, &[("save", 7)]);
    shop.count("layout", 40, &[]);
    shop.count("ImageProcessing", 41, &[("enabled", 1), ("default", 1)]);
    shop.count("PaymentProcessor", 41, &[("acme", 100)]);
    let output = shop.run(&["stale"]).exits(1).out;
    assert!(output.contains("only \"save\" for 40 days") && output.contains("unused for 39 days"), "{output}");
    assert!(!output.contains("ImageProcessing"), "{output}");
    assert!(!output.contains("PaymentProcessor"), "it is of the kind ops: {output}");

    let found = shop.run(&["stale", "--days", "40", "--json"]).exits(1).out;
    let found: Json = serde_json::from_str(&found).expect("JSON");
    let one = json!({
        "feature": "ConfirmText", "reason": "single_implementation", "days": 40, "implementation": "save",
        "summary": "only \"save\" for 40 days", "expires": null, "owner": null, "module": null,
    });
    assert_eq!(found, json!({ "days": 40, "stale": [one] }));
    shop.run(&["stale", "--days", "41"]).exits(0);
    shop.ok(&["pin", "ConfirmText", "save"]);
    assert!(!shop.run(&["stale"]).exits(1).out.contains("ConfirmText"), "its state has just changed");
}

#[test]
fn stale_accepts_as_many_days_as_are_stored() {
    let shop = Shop::new();
    for days in ["0", "91", "-1", "a"] {
        shop.run(&["stale", "--days", days]).exits(2);
    }
    shop.run(&["stale", "--days", "90"]).exits(0);
}

#[test]
fn list_and_stale_report_the_same_number() {
    let shop = Shop::new();
    let mut old = Declaration::new("OldCheckout", ["classic", "modern"]);
    old.expires = Some("2020-01-31".into());
    shop.publish_catalog("1.4.3", [crate::harness::features(), vec![old]].concat());
    shop.count("OldCheckout", 41, &[]);
    shop.count("ConfirmText", 41, &[("save", 7)]);
    shop.count("layout", 40, &[]);
    let output = shop.run(&["stale"]).exits(1).out;
    let list = shop.ok(&["list"]);
    let last = |text: &str| text.lines().find(|line| line.starts_with("stale: ")).expect("a number").to_owned();
    assert!(last(&output) == "stale: 3" && last(&list).starts_with("stale: 3;"), "{output}{list}");
    let marked = shop.json(&["list"])["features"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|feature| feature["stale"] == true)
        .count();
    assert_eq!(marked, 3);
}
