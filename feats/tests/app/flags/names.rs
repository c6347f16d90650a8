//! Tests of names of flags, variants and attributes.

use feats::flags::{Bucketer, Condition, MissingAttribute};
use feats::store::{Memory, Sqlite};
use feats::{attributes, text};
use serde_json::json;

use super::fixture::{app_on, flags, refused};

/// Names with every kind of character that can be shown.
const VALID: [&str; 20] = [
    "NEW_CHECKOUT",
    "new-checkout.v2",
    "a b",
    " leading space",
    "Zażółć",
    "日本",
    "مرحبا",
    "🎉",
    "⚠️ urgent",
    "a/b/../c",
    "..",
    "'; DROP TABLE revisions; --",
    "\"quoted\"",
    "back\\slash",
    "{hash}tag",
    "100%",
    "<script>",
    "*?[a-z]",
    "feats:flags",
    "null",
];

const INVALID: [&str; 9] = ["", " ", "a\nb", "a\0b", "\u{1b}[31m", "a\u{200b}b", "\u{202e}abc", "a\u{feff}", "\u{ad}"];

fn long() -> String {
    "x".repeat(10_000)
}

#[tokio::test]
async fn a_flag_can_have_every_name_that_can_be_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let sqlite = Sqlite::open(directory.path().join("feats.db")).expect("a database");
    for app in [app_on(Memory::new()).await, app_on(sqlite).await] {
        let flags = app.flags();
        for name in VALID {
            assert_eq!(text::check_name(name), Ok(()), "{name:?}");
            let flag = flags.create(name).enabled().await.expect(name);
            assert!(flags.exists(name) && flags.is_enabled(name, &attributes! {}), "{name:?}");
            assert_eq!((flag.name(), flag.history().await.expect("read").len()), (name, 1));
        }
        let mut sorted = VALID.map(str::to_owned);
        sorted.sort_unstable();
        assert_eq!(flags.list().names(), sorted);
    }
}

#[tokio::test]
async fn a_flag_cannot_have_a_name_that_cannot_be_read() {
    let flags = flags().await;
    for name in INVALID.map(str::to_owned).into_iter().chain([long()]) {
        let flag = flags.get(&name);
        for new in [flags.create(&name), flags.upsert(&name), flags.create_variants(&name, [("light", json!(1))])] {
            let error = refused(&flag, new).await;
            assert_eq!(error.problems()[0].path(), "name", "{error}");
            assert!(error.to_string().len() < 1_000, "the error of a long name is short");
        }
        assert!(!flags.exists(&name) && !flag.is_enabled(&attributes! {}));
        let error = flag.enable().await.expect_err("no such flag");
        assert!(error.is_not_found() && error.to_string().len() < 1_000, "{error}");
    }
    assert!(flags.list().names().is_empty());
}

#[tokio::test]
async fn a_condition_and_a_bucketer_can_use_every_name_that_can_be_read() {
    let flags = flags().await;
    for name in VALID {
        let condition = Condition::new().check(format!("{name}__eq"), "yes");
        let flag = flags.create(format!("condition on {name}")).enabled().condition(condition);
        let flag = flag.missing_attribute(MissingAttribute::Fail).await.expect(name);
        assert!(flag.is_enabled(&attributes! { name => "yes" }) && !flag.is_enabled(&attributes! { name => "no" }));
        assert!(!flag.is_enabled(&attributes! {}), "{name:?}");

        let bucketer = Bucketer::consistent([name]).percentage(99.9999);
        let flag = flags.create(format!("bucketer by {name}")).enabled().bucketer(bucketer).await.expect(name);
        assert!(flag.is_enabled(&attributes! { name => "yes" }) && !flag.is_enabled(&attributes! {}), "{name:?}");
        flag.override_for(name, ["yes"], "disabled").await.expect(name);
        assert!(!flag.is_enabled(&attributes! { name => "yes" }), "{name:?}");
    }
}

#[tokio::test]
async fn names_that_cannot_be_read_are_refused_wherever_they_are() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    for name in INVALID.map(str::to_owned).into_iter().chain([long()]) {
        let key = format!("{name}__eq");
        refused(&flag, flag.add_condition(Condition::new().check(&key, 1))).await;
        refused(&flag, flag.set_conditions([Condition::new().check("plan", 1), Condition::new().check(&key, 1)])).await;
        refused(&flag, flag.set_bucketer(Bucketer::consistent([name.clone()]).percentage(50.0))).await;
        refused(&flag, flag.set_bucketer(Bucketer::consistent(["user", &name]).percentage(50.0))).await;
        refused(&flag, flag.override_for(&name, [1], "enabled")).await;
        refused(&flags.get("THEME"), flags.create_variants("THEME", [("light", json!(1)), (&*name, json!(2))])).await;
    }
    let error = refused(&flag, flags.clone().author("a\nb").get("CHECKOUT").enable()).await;
    assert_eq!(error.problems()[0].path(), "author");
    let error = refused(&flag, flag.enable().comment("x".repeat(10_001))).await;
    assert_eq!(error.problems()[0].path(), "comment");
}

#[tokio::test]
async fn the_suffix_after_the_last_two_underscores_is_the_operator() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    let check = async |key: &str| flag.set_conditions([Condition::new().check(key, 1)]).await;
    check("a__b__gt").await.expect("the attribute `a__b`");
    assert!(flag.is_enabled(&attributes! { "a__b" => 2 }) && !flag.is_enabled(&attributes! { "a__b" => 1 }));
    check("__x__gte").await.expect("the attribute `__x`");
    assert!(flag.is_enabled(&attributes! { "__x" => 1 }) && !flag.is_enabled(&attributes! { "__x" => 0 }));
    check("gt").await.expect("the attribute `gt`");
    assert!(flag.is_enabled(&attributes! { "gt" => 1 }) && !flag.is_enabled(&attributes! { "gt" => 2 }));
    for key in ["a__b", "a__", "a__gt__", "a__GT", "a__eq ", "__gt", "__", "a__gtt"] {
        let error = refused(&flag, flag.set_conditions([Condition::new().check(key, 1)])).await;
        assert_eq!(error.problems().len(), 1, "{key}: {error}");
    }
    let error = refused(&flag, flag.set_conditions([Condition::new().check("age__gtt", 1)])).await;
    assert!(error.to_string().contains("gtt"), "{error}");
}
