//! Tests of flags while their store is unreachable.

use feats::attributes;
use feats::flags::Condition;

use super::fixture::app_on;
use crate::flaky_store::FlakyStore;

/// Flypper's client fails here, although it has a copy.
#[tokio::test]
async fn flags_decide_by_the_last_state_and_writes_fail_in_words() {
    let store = FlakyStore::new();
    let app = app_on(store.clone()).await;
    let flags = app.flags().author("ada");
    let flag = flags.create("CHECKOUT").enabled().await.expect("created");
    flag.add_condition(Condition::new().check("plan", "pro")).await.expect("written");
    store.set_unreachable(true);
    let pro = attributes! { "plan" => "pro" };
    assert!(flags.is_enabled("CHECKOUT", &pro) && !flags.is_enabled("CHECKOUT", &attributes! { "plan" => "free" }));
    assert!(flags.context(attributes! {}).is_enabled("CHECKOUT", &pro));
    assert_eq!((flags.list().names(), flags.exists("CHECKOUT")), (vec!["CHECKOUT".to_owned()], true));
    for error in [
        flag.disable().await.expect_err("unreachable"),
        flags.create("OTHER").await.expect_err("unreachable"),
        flag.destroy().await.expect_err("unreachable"),
    ] {
        assert!(error.is_unavailable(), "{error}");
    }
    assert!(flags.is_enabled("CHECKOUT", &pro) && !flags.exists("OTHER"));
    store.set_unreachable(false);
    flag.disable().await.expect("written");
    assert!(!flags.is_enabled("CHECKOUT", &pro));
}
