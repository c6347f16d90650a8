//! Tests of flags in scopes: overrides, as for one browser, and pinned snapshots.

use feats::{Reason, attributes};
use serde_json::json;

use super::fixture::app_on;
use feats::store::Memory;

#[tokio::test]
async fn an_override_of_a_scope_precedes_all_but_the_pin() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let flag = flags.create("CHECKOUT").await.expect("created");
    let other = flags.create("OTHER").await.expect("created");
    let scope = |choice: &str| {
        let feature = app.feature_named("CHECKOUT").expect("known");
        app.scope().with_override(&feature, choice).expect("a choice of the flag")
    };
    scope("enabled").enter(|| {
        assert!(flag.is_enabled(&attributes! {}) && flags.is_enabled("CHECKOUT", &attributes! {}));
        assert!(flags.context(attributes! {}).is_enabled("CHECKOUT", &attributes! {}));
        assert_eq!(flag.variant(&attributes! {}).as_deref(), Some("enabled"));
        assert_eq!(flag.explain(&attributes! {}).expect("known").reason(), Reason::Override);
        assert!(!other.is_enabled(&attributes! {}));
    });
    flag.override_for("user", [1], "enabled").await.expect("written");
    flag.enable().await.expect("written");
    scope("disabled").enter(|| {
        assert!(!flag.is_enabled(&attributes! { "user" => 1 }));
        assert_eq!(flag.variant(&attributes! {}), None);
    });
    flag.pin("enabled").await.expect("pinned");
    scope("disabled").enter(|| assert!(flag.is_enabled(&attributes! {})));
}

#[tokio::test]
async fn an_override_of_a_scope_can_name_a_variant() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let new = flags.create_variants("THEME", [("light", json!("#fff")), ("dark", json!("#000"))]);
    let flag = new.enabled().await.expect("created");
    let feature = app.feature_named("THEME").expect("known");
    for (choice, value) in [("dark", json!("#000")), ("light", json!("#fff"))] {
        app.scope().with_override(&feature, choice).expect("a variant").enter(|| {
            assert_eq!(flag.variant(&attributes! {}).as_deref(), Some(choice));
            assert_eq!(flag.value(&attributes! {}), Some(value));
            assert!(flag.is_enabled(&attributes! {}));
            assert_eq!(flag.explain(&attributes! {}).expect("known").value(), choice);
        });
    }
    let error = app.scope().with_override(&feature, "dork").expect_err("no such variant");
    assert!(error.to_string().contains("dark"), "{error}");
}

#[tokio::test]
async fn a_scope_sees_one_snapshot() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    let scope = app.scope();
    flag.disable().await.expect("written");
    flags.create("LATER").enabled().await.expect("created");
    scope.enter(|| {
        assert!(flag.is_enabled(&attributes! {}) && flags.is_enabled("CHECKOUT", &attributes! {}));
        assert!(flags.context(attributes! {}).is_enabled("CHECKOUT", &attributes! {}));
        assert!(!flags.is_enabled("LATER", &attributes! {}));
    });
    assert!(!flag.is_enabled(&attributes! {}) && flags.is_enabled("LATER", &attributes! {}));
}
