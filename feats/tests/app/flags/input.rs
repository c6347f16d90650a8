//! Tests of conditions, bucketers, variants and data that are wrong.

use std::time::Duration;

use feats::flags::{Bucketer, Condition};
use feats::{Error, attributes};
use serde_json::{Value as Json, json};

use super::fixture::{flags, refused};

fn paths(error: &Error) -> Vec<&str> {
    error.problems().iter().map(|problem| problem.path()).collect()
}

fn user() -> Bucketer {
    Bucketer::consistent(["user"])
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_percentage_is_a_number_from_0_to_100_with_at_most_four_decimals() {
    let flags = flags().await;
    let flag = flags.create("HALF").enabled().bucketer(user().percentage(50.0)).await.expect("created");
    for percentage in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.0001, 100.0001, 1e300, 33.333_33, 1e-5] {
        for bucketer in [
            user().percentage(percentage),
            Bucketer::random().percentage(percentage),
            user().ramp(percentage, 50.0, MINUTE),
            user().ramp(50.0, percentage, MINUTE),
        ] {
            refused(&flag, flag.set_bucketer(bucketer.clone())).await;
            refused(&flags.get("NEW"), flags.create("NEW").bucketer(bucketer)).await;
        }
        refused(&flag, flag.set_percentage(percentage)).await;
    }
    for percentage in [0.0, -0.0, 0.0001, 33.3333, 99.9999, 100.0, 1.0 / 3.0 * 3.0] {
        flag.set_percentage(percentage).await.expect("a percentage");
    }
}

/// A bucketer without a percentage admits everyone.
#[tokio::test]
async fn a_bucketer_without_a_percentage_admits_everyone() {
    let flags = flags().await;
    for bucketer in [user(), Bucketer::random()] {
        let flag = flags.upsert("ALL").enabled().bucketer(bucketer).await.expect("written");
        assert!(flag.is_enabled(&attributes! {}) && flag.is_enabled(&attributes! { "user" => 1 }));
    }
}

#[tokio::test]
async fn a_percentage_needs_a_bucketer() {
    let flags = flags().await;
    let flag = flags.create("ALL").enabled().await.expect("created");
    refused(&flag, flag.set_percentage(50.0)).await;
    assert!(flag.is_enabled(&attributes! {}));
}

/// A ramp of no length is at its end at once, as in Flipper.
#[tokio::test]
async fn a_ramp_of_no_length_is_at_its_end() {
    let flags = flags().await;
    let ramp = |from, to, duration| user().ramp(from, to, duration);
    let flag = flags.create("RAMP").enabled().bucketer(ramp(0.0, 100.0, Duration::ZERO)).await.expect("created");
    assert!(flag.is_enabled(&attributes! { "user" => 1 }));
    flag.set_bucketer(ramp(100.0, 0.0, Duration::ZERO)).await.expect("written");
    assert!(!flag.is_enabled(&attributes! { "user" => 1 }));
    refused(&flag, flag.set_bucketer(ramp(0.0, 100.0, Duration::MAX))).await;
}

#[tokio::test]
async fn weights_name_variants_and_have_the_sum_of_100_percent() {
    let flags = flags().await;
    let new = flags.create_variants("THEME", [("light", json!(1)), ("dark", json!(2))]);
    let flag = new.enabled().await.expect("created");
    let weights = |weights: &[(&str, f64)]| user().weights(weights.iter().map(|(name, weight)| (*name, *weight)));
    for wrong in [
        &[("light", 50.0)][..],
        &[("light", 50.0), ("dark", 50.1)],
        &[("light", f64::NAN), ("dark", 50.0)],
        &[("light", -50.0), ("dark", 150.0)],
        &[("light", 50.0), ("dork", 50.0)],
        &[("light", 33.333_33), ("dark", 66.666_67)],
        &[],
    ] {
        let error = refused(&flag, flag.set_bucketer(weights(wrong))).await;
        assert!(paths(&error).iter().all(|path| path.starts_with("otherwise")), "{error}");
    }
    flag.set_bucketer(weights(&[("light", 50.0), ("dark", 50.0)])).await.expect("written");
    let error = refused(&flag, flag.set_bucketer(weights(&[("light", 50.0), ("dork", 50.0)]))).await;
    assert!(error.to_string().contains("did you mean \"dark\"?"), "{error}");
    refused(&flag, flag.pin("dork")).await;
    refused(&flag, flag.override_for("user", [1], "dork")).await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    refused(&flag, flag.set_bucketer(weights(&[("light", 50.0), ("dark", 50.0)]))).await;
    refused(&flag, flag.pin("light")).await;
}

#[tokio::test]
async fn a_variant_flag_has_variants_with_different_names() {
    let flags = flags().await;
    let flag = flags.get("THEME");
    let none: [(&str, Json); 0] = [];
    refused(&flag, flags.create_variants("THEME", none)).await;
    refused(&flag, flags.create_variants("THEME", [("light", json!(1)), ("light", json!(2))])).await;
    refused(&flag, flags.create_variants("THEME", [("light", json!(1)), ("disabled", json!(2))])).await;
    let many = (0..2_000).map(|number| (format!("variant {number}"), json!(number)));
    refused(&flag, flags.create_variants("THEME", many)).await;
    assert!(!flag.exists());
}

#[tokio::test]
async fn every_problem_of_the_conditions_is_listed_with_its_path() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    let wrong = [
        Condition::new().check("version__semver", "not a range").check("plan", "pro"),
        Condition::new().check("email__matches", "(").check("age__bogus", 1),
        Condition::new().check("plan__in", "pro").check("plan__starts_with", 3).check("time__before", "yesterday"),
    ];
    let error = refused(&flag, flag.set_conditions(wrong.clone())).await;
    assert_eq!(error.problems().len(), 6, "{error}");
    let new = flags.create("NEW").condition(wrong[0].clone()).condition(wrong[1].clone()).condition(wrong[2].clone());
    let error = refused(&flags.get("NEW"), new.bucketer(user().percentage(200.0))).await;
    assert_eq!(error.problems().len(), 7, "{error}");
}

#[tokio::test]
async fn an_operand_has_the_type_of_its_operator() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    for (key, operand) in [
        ("plan", json!(["pro"])),
        ("plan", Json::Null),
        ("plan", json!({})),
        ("plan", json!(f64::NAN)),
        ("plan__ne", json!(["pro"])),
        ("plan__in", json!("pro")),
        ("plan__in", json!([["pro"]])),
        ("plan__not_in", json!([null])),
        ("plan__gt", json!([1])),
        ("plan__starts_with", json!(1)),
        ("plan__ends_with", json!(true)),
        ("plan__contains", json!(1.5)),
        ("plan__matches", json!("[")),
        ("plan__matches", json!(1)),
        ("plan__semver", json!(1)),
        ("plan__before", json!(1_796_115_600)),
        ("plan__after", json!("2026-13-01T00:00:00Z")),
    ] {
        let error = refused(&flag, flag.add_condition(Condition::new().check(key, operand.clone()))).await;
        assert_eq!(error.problems().len(), 1, "{key}: {operand}: {error}");
    }
    assert!(flag.is_enabled(&attributes! { "plan" => "free" }), "no condition was added");
}

/// Values of other types are unequal and unordered, and never an error of a decision.
#[tokio::test]
async fn a_list_can_have_values_of_several_types() {
    let flags = flags().await;
    let new = flags.create("CHECKOUT").enabled();
    let flag = new.condition(Condition::new().check("x__in", json!([1, "2", true, 2.5]))).await.expect("created");
    assert!(flag.is_enabled(&attributes! { "x" => 1 }) && flag.is_enabled(&attributes! { "x" => 1.0 }));
    assert!(flag.is_enabled(&attributes! { "x" => "2" }) && !flag.is_enabled(&attributes! { "x" => 2 }));
    assert!(flag.is_enabled(&attributes! { "x" => true }) && !flag.is_enabled(&attributes! { "x" => "true" }));
    assert!(!flag.is_enabled(&attributes! { "x" => f64::NAN }));
    flag.set_conditions([Condition::new().check("x__gt", 1)]).await.expect("written");
    assert!(!flag.is_enabled(&attributes! { "x" => "5" }) && flag.is_enabled(&attributes! { "x" => 1.5 }));
}

/// A condition without checks checks nothing, so it admits no one past the bucketer.
#[tokio::test]
async fn a_condition_without_checks_decides_nothing() {
    let flags = flags().await;
    let bucketer = user().percentage(0.0);
    let Ok(flag) = flags.create("NONE").enabled().bucketer(bucketer).condition(Condition::new()).await else { return };
    assert!(!flag.is_enabled(&attributes! { "user" => 1 }));
    flag.clear_bucketer().await.expect("written");
    assert!(flag.is_enabled(&attributes! { "user" => 1 }));
}

#[tokio::test]
async fn ten_thousand_conditions_are_too_many() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    let conditions = |count: i64| (0..count).map(|number| Condition::new().check("x__ne", number));
    let error = refused(&flag, flag.set_conditions(conditions(10_000))).await;
    assert!(error.to_string().contains("1000") || error.to_string().contains("1 000"), "{error}");
    let one = (0..10_000).fold(Condition::new(), |condition, number| condition.check("x__ne", number));
    refused(&flag, flag.add_condition(one)).await;
    flag.set_conditions(conditions(500)).await.expect("written");
    assert!(!flag.is_enabled(&attributes! { "x" => 499 }) && flag.is_enabled(&attributes! { "x" => 500 }));
}

#[tokio::test]
async fn client_data_is_an_object_of_limited_size() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").client_data(json!({ "ttl": 1 })).await.expect("created");
    for data in [json!(1), json!([1]), json!("text"), json!(true), Json::Null] {
        let error = refused(&flag, flag.set_client_data(data.clone())).await;
        assert!(paths(&error)[0].starts_with("flag.client_data") || paths(&error)[0] == "client_data", "{error}");
        refused(&flags.get("NEW"), flags.create("NEW").client_data(data)).await;
    }
    let large = json!({ "text": "x".repeat(1 << 20) });
    refused(&flag, flag.set_client_data(large.clone())).await;
    refused(&flags.get("NEW"), flags.create("NEW").client_data(large)).await;
    let deep = (0..60).fold(json!(1), |inner, _| json!({ "inner": inner }));
    flag.set_client_data(json!({ "deep": deep.clone() })).await.expect("written");
    assert_eq!(flag.client_data(), json!({ "ttl": 1, "deep": deep }));
    // The limit holds for the merged data, too.
    for number in 0..100 {
        let part = json!({ format!("part {number}"): "x".repeat(50_000) });
        if flag.set_client_data(part).await.is_err() {
            return;
        }
    }
    panic!("client data grew to 5 MB");
}

/// A state so deep that no reader could parse it is refused, and not stored.
#[tokio::test]
async fn client_data_that_no_reader_can_parse_is_refused() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    let deep = (0..1_000).fold(json!(1), |inner, _| json!([inner]));
    refused(&flag, flag.set_client_data(json!({ "deep": deep }))).await;
    assert_eq!(flag.history().await.expect("readable").len(), 1);
}
