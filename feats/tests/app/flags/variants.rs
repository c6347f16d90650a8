//! Tests of variants that are added and removed, and of changes that one write makes together.

use std::time::Duration;

use feats::flags::{Bucketer, Condition, MissingAttribute};
use feats::model::DISABLED;
use feats::{ErrorKind, attributes};
use serde_json::json;

use super::fixture::{flags, refused, versions};

/// A passed condition, the bucketer, an override and a pin served `enabled` to these subjects; the first variant takes its place.
#[tokio::test]
async fn the_first_variant_is_served_to_everyone_who_was_served_enabled() {
    let flag = flags().await.create("THEME").enabled().condition(Condition::new().check("plan", "pro")).await;
    let flag = flag.expect("created");
    flag.override_for("user", [0], "enabled").await.expect("written");
    let subjects: Vec<_> = (0..1_000_i64).map(|user| attributes! { "user" => user }).collect();
    let pro = attributes! { "plan" => "pro", "user" => 7 };
    let halves = Bucketer::consistent(["user"]).percentage(50.0);
    let ramp = Bucketer::consistent(["user"]).ramp(20.0, 80.0, Duration::from_secs(365 * 24 * 3_600));
    flag.set_bucketer(halves).await.expect("written");
    let halved = flag.meta().version();
    flag.set_bucketer(ramp).await.expect("written");
    for version in [halved, flag.meta().version()] {
        flag.rollback_to(version).await.expect("rolled back");
        let enabled: Vec<bool> = subjects.iter().map(|subject| flag.is_enabled(subject)).collect();
        assert!(enabled.iter().any(|enabled| *enabled) && enabled.iter().any(|enabled| !enabled));
        flag.set_variant("light", json!("#fff")).await.expect("written");
        let served = |subject| flag.variant(subject).as_deref() == Some("light");
        assert_eq!(subjects.iter().map(served).collect::<Vec<_>>(), enabled);
        assert_eq!(flag.value(&pro), Some(json!("#fff")));
        flag.rollback_to(version).await.expect("rolled back");
    }
    flag.pin("enabled").await.expect("pinned");
    flag.set_variant("light", json!("#fff")).await.expect("written");
    assert_eq!(flag.variant(&attributes! {}).as_deref(), Some("light"));
}

#[tokio::test]
async fn conditions_do_not_choose_a_variant_where_no_bucketer_did_before() {
    let flag = flags().await.create("THEME").enabled().condition(Condition::new().check("plan", "pro")).await;
    let flag = flag.expect("created");
    flag.set_variant("light", json!("#fff")).await.expect("written");
    flag.set_variant("dark", json!("#000")).await.expect("written");
    flag.set_bucketer(Bucketer::consistent(["user"]).weights([("light", 0.0), ("dark", 100.0)]))
        .await
        .expect("written");
    let variant = |plan: &'static str| flag.variant(&attributes! { "plan" => plan, "user" => 1 });
    assert_eq!((variant("pro").as_deref(), variant("free")), (Some("dark"), None));
}

#[tokio::test]
async fn a_variant_that_is_served_somewhere_is_not_removed() {
    let flags = flags().await;
    let flag = flags.create_variants("THEME", [("light", json!(1)), ("dark", json!(2)), ("blue", json!(3))]);
    let flag = flag.await.expect("created");
    flag.set_bucketer(Bucketer::consistent(["user"]).weights([("light", 50.0), ("dark", 50.0)]))
        .await
        .expect("written");
    flag.override_for("user", [1], "dark").await.expect("written");
    let error = refused(&flag, flag.remove_variant("dark")).await;
    let paths: Vec<_> = error.problems().iter().map(feats::Problem::path).collect();
    assert_eq!(paths, ["overrides[0].use", "otherwise.rollout.weights.dark"]);
    let error = refused(&flag, flag.remove_variant("drak")).await;
    assert!(error.to_string().contains("did you mean \"dark\""), "{error}");
    flag.remove_variant("blue").await.expect("it is not served");
    let state = flag.as_feature().expect("the flag").state();
    assert!(state.values.keys().eq(["dark", "light"]));
}

#[tokio::test]
async fn the_last_variant_and_reserved_names_are_problems() {
    let flag = flags().await.create_variants("THEME", [("light", json!(1))]).await.expect("created");
    let error = refused(&flag, flag.remove_variant("light")).await;
    assert!(error.to_string().contains("the only variant"), "{error}");
    for name in ["", DISABLED] {
        refused(&flag, flag.set_variant(name, json!(1))).await;
    }
}

#[tokio::test]
async fn one_write_makes_several_changes_or_none() {
    let flags = flags().await;
    let flag = flags.create("HORSES").enabled().await.expect("created");
    let lovers = Condition::new().check("is_horse_lover", true);
    flag.add_condition(lovers).and(flag.set_missing_attribute(MissingAttribute::Fail)).await.expect("written");
    assert_eq!((versions(&flag).await, flag.is_enabled(&attributes! {})), (2, false));
    refused(&flag, flag.disable().and(flag.set_percentage(50.0))).await;
    assert!(flag.meta().is_enabled(), "the flag has no bucketer, so it was not disabled either");
    let other = flags.create("OTHER").await.expect("created");
    for mixed in
        [flag.enable().and(flag.pin("enabled")), flag.destroy().and(flag.enable()), flag.enable().and(other.enable())]
    {
        refused(&flag, mixed).await;
    }
}

#[tokio::test]
async fn a_creation_is_previewed_without_a_trace() {
    let flags = flags().await;
    let change = flags.create("CHECKOUT").enabled().into_change().await.expect("a change");
    assert_eq!(change.preview().await.expect("a preview").version, 1);
    assert!(!flags.exists("CHECKOUT") && flags.list().names().is_empty());
    change.publish().await.expect("created");
    let again = flags.create("CHECKOUT").into_change().await.expect_err("it exists");
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
}
