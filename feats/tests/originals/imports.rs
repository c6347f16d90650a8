//! Flags of Flipper, imported.

use feats::flags::{ImportDecisionKind, flipper};
use serde_json::{Value as Json, json};

use crate::vectors::{Count, attributes, flags_at, item, vectors};

fn of_bucketer(bucketer: &Json) -> flipper::Item {
    item(&json!(true), &json!([]), bucketer)
}

#[tokio::test]
async fn a_consistent_bucketer_admits_the_users_of_flipper() {
    let Some(vectors) = vectors("flipper.hash_check") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let (flags, now) = flags_at(None).await;
        let item = of_bucketer(&input["bucketer"]);
        flags.import(item.clone()).await.expect(&vector.id);
        let is_enabled = flags.is_enabled("FLAG", &attributes(&input["kwargs"]));
        assert_eq!(json!(is_enabled), *vector.result(), "{}", vector.id);
        let keys: Vec<String> = serde_json::from_value(input["bucketer"]["key_whitelist"].clone()).expect("keys");
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let bucket = flipper::bucket(&keys, &input["kwargs"].to_string()).expect("a bucket");
        assert_eq!(json!(item.admits(f64::from(bucket) / 100.0, now)), *vector.result(), "{}", vector.id);
        count.add("decided");
    }
    count.assert([("decided", 17)]);
}

#[tokio::test]
async fn a_random_bucketer_admits_the_draws_of_flipper() {
    let Some(vectors) = vectors("flipper.random_check") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let (flags, now) = flags_at(None).await;
        let item = of_bucketer(&input["bucketer"]);
        let draw = input["draw"].as_f64().expect("a draw");
        assert_eq!(json!(item.admits(draw, now)), *vector.result(), "{}", vector.id);
        let percentage = input["bucketer"]["percentage"]["value"].as_f64().expect("a percentage");
        assert_eq!(flags.import(item).await.expect(&vector.id).share(), Some(100.0 * percentage));
        count.add("decided");
    }
    count.assert([("decided", 6)]);
}

#[test]
fn a_ramp_has_the_share_of_flipper_to_the_last_bit() {
    let Some(vectors) = vectors("flipper.ramp") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let mut percentage: Json = vector.input();
        let now = percentage["now"].as_i64().expect("a time");
        percentage["type"] = json!("LinearRampPercentage");
        let item = of_bucketer(&json!({ "type": "PercentageBucketer", "percentage": percentage }));
        let share = item.percentage(feats::Timestamp::from_millis(1_000 * now));
        assert_eq!(share, vector.result().as_f64(), "{}", vector.id);
        count.add("computed");
    }
    count.assert([("computed", 17)]);
}

#[tokio::test]
async fn a_flag_decides_as_in_flipper() {
    let Some(vectors) = vectors("flipper.is_enabled") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let input: Json = vector.input();
        let item = item(&input["enabled"], &input["conditions"], &input["bucketer"]);
        let (flags, now) = flags_at(input["now"].as_i64()).await;
        let has_conditions = input["conditions"].as_array().is_some_and(|conditions| !conditions.is_empty());
        let has_bucketer = input["bucketer"]["percentage"].is_object();
        let draw = input["draw"].as_f64();
        if let Some(draw) = draw.filter(|_| !has_conditions) {
            assert_eq!(json!(item.admits(draw, now)), *vector.result(), "{}", vector.id);
            count.add("drawn");
            continue;
        }
        let subject = attributes(&input["kwargs"]);
        let report = flags.import(item.clone()).await.expect(&vector.id);
        assert_eq!(json!(flags.is_enabled("FLAG", &subject)), *vector.result(), "{}", vector.id);
        count.add("decided");
        let kinds: Vec<ImportDecisionKind> = report.decisions().iter().map(|decision| decision.kind()).collect();
        assert_eq!(
            kinds.contains(&ImportDecisionKind::BucketerIgnored),
            has_conditions && has_bucketer,
            "{}",
            vector.id
        );
        if has_conditions && has_bucketer && draw.is_none() {
            let (flags, _) = flags_at(input["now"].as_i64()).await;
            flags.import(item).bucket_after_conditions().await.expect(&vector.id);
            assert_eq!(json!(flags.is_enabled("FLAG", &subject)), *vector.right(), "{}", vector.id);
            count.add("decided as documented");
        }
    }
    count.assert([("decided", 44), ("decided as documented", 13), ("drawn", 4)]);
}
