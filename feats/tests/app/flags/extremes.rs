//! Tests of the ends of every range: versions, times, lists, numbers that JSON does not have, and apps that have stopped.

use std::time::Duration;

use feats::flags::{Bucketer, Condition, Event};
use feats::model::limits::MAX_NAME_CHARACTERS;
use feats::store::Memory;
use feats::{ErrorKind, Timestamp, Value, attributes};
use serde_json::json;

use super::fixture::{app_on, flags, refused, versions};

#[tokio::test]
async fn versions_that_do_not_exist_are_refused() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    for version in [2, u64::MAX - 1, u64::MAX] {
        assert!(flag.rollback_to(version).await.expect_err("no such version").is_not_found(), "{version}");
        assert!(flag.enable().expect_version(version).await.expect_err("not the newest").is_conflict(), "{version}");
    }
    assert!(flag.enable().expect_version(0).await.expect_err("not the newest").is_conflict());
    assert_eq!(versions(&flag).await, 1);
}

#[tokio::test]
async fn a_ramp_starts_within_the_years_of_the_format() {
    let flags = flags().await;
    let flag = flags.create("RAMP").enabled().await.expect("created");
    let at = |millis| {
        let ramp = Bucketer::consistent(["user"]).ramp(0.0, 100.0, Duration::from_secs(60));
        ramp.starts_at(Timestamp::from_millis(millis))
    };
    for millis in [i64::MIN, -1, 0, 1_796_115_600_000, i64::MAX] {
        if let Err(error) = flag.set_bucketer(at(millis)).await {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
            assert!(error.problems()[0].path().starts_with("otherwise.rollout.ramp"), "{error}");
        }
        let _ = flag.is_enabled(&attributes! { "user" => 1 });
    }
    flag.set_bucketer(at(0)).await.expect("written");
    assert!(flag.is_enabled(&attributes! { "user" => 1 }), "it ended long ago");
}

#[tokio::test]
async fn a_list_ends_where_its_flags_end() {
    let flags = flags().await;
    for name in ["a", "b", "c"] {
        flags.create(name).await.expect("created");
    }
    let names = |limit, offset| flags.list().limit(limit).offset(offset).names();
    assert_eq!(names(usize::MAX, 0).len(), 3);
    assert_eq!(names(usize::MAX, 2), ["c"]);
    assert!(names(usize::MAX, usize::MAX).is_empty() && names(0, usize::MAX).is_empty());
}

#[tokio::test]
async fn numbers_that_json_does_not_have_are_refused() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(&flag, flag.add_condition(Condition::new().check("x__gt", number))).await;
        refused(&flag, flag.add_condition(Condition::new().check("x__in", [1.0, number]))).await;
        refused(&flag, flag.override_for("x", [number], "disabled")).await;
    }
    let beyond = Value::Integer(1 << 64);
    refused(&flag, flag.add_condition(Condition::new().check("x__gt", beyond.clone()))).await;
    refused(&flag, flag.override_for("x", [beyond], "disabled")).await;
    assert!(flag.is_enabled(&attributes! { "x" => f64::NAN }));
}

#[tokio::test]
async fn the_longest_name_is_a_name() {
    let flags = flags().await;
    for name in ["x".repeat(MAX_NAME_CHARACTERS), "𝕏".repeat(MAX_NAME_CHARACTERS)] {
        let flag = flags.create(&name).enabled().await.expect("created");
        assert!(flag.is_enabled(&attributes! {}) && flags.is_enabled(&name, &attributes! {}));
        refused(&flags.get(format!("{name}x")), flags.create(format!("{name}x"))).await;
    }
}

#[tokio::test]
async fn a_stopped_app_decides_and_does_not_write() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    app.shutdown().await.expect("stopped");
    assert!(flag.is_enabled(&attributes! {}) && flags.is_enabled("CHECKOUT", &attributes! {}));
    for error in [
        flag.disable().await.expect_err("stopped"),
        flags.create("OTHER").await.expect_err("stopped"),
        flag.destroy().await.expect_err("stopped"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
    }
    assert!(flag.is_enabled(&attributes! {}));
}

/// A listener may write, also the flag that it observes, and a panic in it is not one of the program.
#[tokio::test]
async fn a_listener_can_write_and_panic() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let audit = flags.clone();
    flags.on_async(Event::Enable, move |change| {
        let flags = audit.clone();
        async move {
            flags.upsert("AUDIT").client_data(json!({ change.flag(): change.version() })).await?;
            flags.get(change.flag()).set_client_data(json!({ "seen": true })).await?;
            Ok(())
        }
    });
    flags.on(Event::Disable, |_| panic!("a mistake"));
    let flag = flags.create("CHECKOUT").await.expect("created");
    flag.enable().await.expect("written");
    assert_eq!(flags.get("AUDIT").client_data(), json!({ "CHECKOUT": 2 }));
    assert_eq!((flag.client_data(), flag.meta().version()), (json!({ "seen": true }), 3));
    flag.disable().await.expect("written, and the panic is logged");
    assert!(!flag.meta().is_enabled());
    flags.before(Event::Enable, |_| panic!("another mistake"));
    flag.enable().await.expect_err("a listener that panics refuses");
    assert!(!flag.meta().is_enabled());
}

#[tokio::test]
async fn subjects_with_many_attributes_are_subjects() {
    let flags = flags().await;
    let names: Vec<String> = (0..1_000).map(|number| format!("attribute {number}")).collect();
    let subject: feats::Attributes<'_> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let all: [&str; 0] = [];
    let new = flags.create("ALL").enabled().bucketer(Bucketer::consistent(all).percentage(99.9999));
    assert!(new.await.expect("created").is_enabled(&subject));
    let keys = Bucketer::consistent(names.clone()).percentage(50.0);
    refused(&flags.get("TOO_MANY"), flags.create("TOO_MANY").bucketer(keys)).await;
    refused(&flags.get("TWICE"), flags.create("TWICE").bucketer(Bucketer::consistent(["a", "a"]).percentage(50.0)))
        .await;
}
