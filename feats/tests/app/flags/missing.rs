//! Tests of flags that do not exist, or are archived.

use std::time::Duration;

use feats::attributes;
use feats::flags::{Bucketer, Condition, Flag, FlagWrite, MissingAttribute};
use serde_json::json;

use super::fixture::{flags, versions};

type Write = (&'static str, fn(&Flag) -> FlagWrite);

/// Every write of a flag, except for those that archive, restore and destroy.
const WRITES: [Write; 16] = [
    ("enable", |flag| flag.enable()),
    ("disable", |flag| flag.disable()),
    ("set_client_data", |flag| flag.set_client_data(json!({ "ttl": 1 }))),
    ("remove_client_data", |flag| flag.remove_client_data("ttl")),
    ("add_condition", |flag| flag.add_condition(Condition::new().check("is_admin", true))),
    ("set_conditions", |flag| flag.set_conditions([Condition::new().check("is_admin", true)])),
    ("clear_conditions", |flag| flag.clear_conditions()),
    ("set_missing_attribute", |flag| flag.set_missing_attribute(MissingAttribute::Fail)),
    ("set_bucketer", |flag| flag.set_bucketer(Bucketer::consistent(["user"]).percentage(50.0))),
    ("set_bucketer", |flag| flag.set_bucketer(Bucketer::random().ramp(0.0, 1.0, Duration::from_secs(1)))),
    ("clear_bucketer", |flag| flag.clear_bucketer()),
    ("override_for", |flag| flag.override_for("user", [1], "enabled")),
    ("remove_override", |flag| flag.remove_override("user", [1])),
    ("pin", |flag| flag.pin("enabled")),
    ("unpin", |flag| flag.unpin()),
    ("set_percentage", |flag| flag.set_percentage(50.0)),
];

#[tokio::test]
async fn every_write_of_a_missing_flag_is_not_found() {
    let flags = flags().await;
    let destroyed = flags.create("DESTROYED").enabled().await.expect("created");
    destroyed.destroy().await.expect("destroyed");
    let others: [Write; 3] =
        [("archive", |flag| flag.archive()), ("restore", |flag| flag.restore()), ("destroy", |flag| flag.destroy())];
    for flag in [flags.get("NEVER_CREATED"), destroyed] {
        let before = versions(&flag).await;
        for (name, write) in WRITES.into_iter().chain(others) {
            let error = write(&flag).await.expect_err(name);
            assert!(error.is_not_found() && error.to_string().contains(flag.name()), "{name}: {error}");
        }
        let error = flag.edit().expect_err("edit");
        assert!(error.is_not_found(), "edit: {error}");
        assert_eq!(versions(&flag).await, before);
        assert!(!flags.exists(flag.name()));
    }
}

#[tokio::test]
async fn reads_of_a_missing_flag_say_that_there_is_none() {
    let flags = flags().await;
    let (flag, none) = (flags.get("NEVER_CREATED"), attributes! {});
    assert!(!flag.exists() && !flag.is_enabled(&none) && flag.is_enabled_or(&none, true));
    assert_eq!((flag.variant(&none), flag.value(&none), flag.client_data()), (None, None, json!({})));
    assert!(!flags.is_enabled("NEVER_CREATED", &none) && flags.is_enabled_or("NEVER_CREATED", &none, true));
    assert_eq!((flags.variant("NEVER_CREATED", &none), flags.value("NEVER_CREATED", &none)), (None, None));
    assert!(flag.explain(&none).expect_err("explain").is_not_found() && flag.trace(&none).is_err());
    let meta = flag.meta();
    assert!(!meta.is_enabled() && !meta.is_archived() && meta.version() == 0);
    assert!(flags.list().names().is_empty() && flags.list().archived().names().is_empty());
}

/// An archived flag can be prepared for its return, but nothing except a pin enables it.
#[tokio::test]
async fn no_write_of_an_archived_flag_restores_it() {
    let flags = flags().await;
    let flag = flags.create("ARCHIVED").enabled().await.expect("created");
    flag.archive().await.expect("archived");
    for (name, write) in WRITES {
        let result = write(&flag).await;
        if let Err(error) = &result {
            assert!(error.to_string().contains("archived"), "{name}: {error}");
        }
        assert!(flag.meta().is_archived() && flags.exists("ARCHIVED"), "{name}");
        assert_eq!(flags.list().archived().names(), ["ARCHIVED"], "{name}");
        let is_pinned = name == "pin" && result.is_ok();
        assert_eq!(flag.is_enabled(&attributes! { "user" => 1, "is_admin" => true }), is_pinned, "{name}");
    }
    flag.restore().await.expect("restored");
    assert!(!flag.meta().is_archived());
}

#[tokio::test]
async fn a_rollback_restores_a_destroyed_flag_and_never_ends_in_no_flag() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    let error = flag.rollback_to(0).await.expect_err("version 0 is not a flag");
    assert!(!error.to_string().is_empty() && versions(&flag).await == 1);
    flag.destroy().await.expect("destroyed");
    for version in [0, 2, 3] {
        flag.rollback_to(version).await.expect_err("not a version of a flag");
        assert_eq!(versions(&flag).await, 2);
    }
    flag.rollback_to(1).await.expect("restored");
    assert!(flag.exists() && flag.is_enabled(&attributes! {}));
    let error = flags.get("NEVER_CREATED").rollback_to(0).await.expect_err("never created");
    assert!(error.is_not_found(), "{error}");
}

/// A refused creation leaves nothing behind.
#[tokio::test]
async fn a_flag_whose_creation_failed_is_missing() {
    let flags = flags().await;
    let flag = flags.get("CHECKOUT");
    flags.create("CHECKOUT").client_data(json!(1)).await.expect_err("client data is an object");
    assert!(!flag.exists() && !flags.exists("CHECKOUT") && flags.list().names().is_empty());
    assert!(flag.enable().await.expect_err("missing").is_not_found());
    flag.rollback_to(0).await.expect_err("missing");
    assert_eq!(versions(&flag).await, 0);
    assert!(flag.is_enabled_or(&attributes! {}, true));
    flags.create("CHECKOUT").enabled().await.expect("created");
    assert!(flag.is_enabled(&attributes! {}));
}
