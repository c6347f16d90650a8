//! Tests of names that are both a flag and a feature of the code.

use feats::model::{Declaration, ValueKind};
use feats::store::Memory;
use feats::{App, Reason, attributes};
use serde_json::json;

use super::fixture::{app_on, versions};
use feats::flags::{Bucketer, Condition};

/// A boolean feature with the choices of a flag.
fn checkout() -> Declaration {
    Declaration::new("CHECKOUT", ["disabled", "enabled"])
        .segment("user_id", ValueKind::Integer)
        .segment("plan", ValueKind::Text)
}

async fn declaring(store: &Memory) -> App {
    App::builder().store(store.clone()).declare(checkout()).detached().start().await.expect("the program starts")
}

#[tokio::test]
async fn a_name_that_code_declares_is_refused() {
    let app = declaring(&Memory::new()).await;
    let flags = app.flags().author("ada");
    let flag = flags.get("CHECKOUT");
    for new in [
        flags.create("CHECKOUT"),
        flags.upsert("CHECKOUT"),
        flags.create_variants("CHECKOUT", [("light", json!(1)), ("dark", json!(2))]),
    ] {
        let error = new.await.expect_err("refused");
        assert!(error.is_already_exists() && error.to_string().contains("declares in code"), "{error}");
    }
    assert_eq!(versions(&flag).await, 0);
    assert!(!flags.exists("CHECKOUT") && !flags.list().names().contains(&"CHECKOUT".to_owned()));
    assert!(!flags.is_enabled("CHECKOUT", &attributes! {}));
}

/// The declared feature uses what it can of the flag's state.
#[tokio::test]
async fn a_flag_that_code_declares_later_is_taken_over() {
    let store = Memory::new();
    let before = app_on(store.clone()).await;
    let new = before.flags().author("ada").create("CHECKOUT").enabled();
    let flag = new.bucketer(Bucketer::consistent(["user_id"]).percentage(50.0)).await.expect("created");
    flag.add_condition(Condition::new().check("plan", "pro")).await.expect("written");
    flag.add_condition(Condition::new().check("horses__gt", 9_000)).await.expect("written");
    flag.override_for("user_id", [7], "disabled").await.expect("written");
    flag.override_for("session", ["s1"], "enabled").await.expect("written");

    let after = declaring(&store).await;
    let feature = after.feature_named("CHECKOUT").expect("declared");
    let is_enabled = |attributes: &feats::Attributes<'_>| feature.find_implementation(attributes) == "enabled";
    for id in 0..500 {
        let subject = attributes! { "user_id" => id };
        assert_eq!(is_enabled(&subject), flag.is_enabled(&subject), "user {id} has the same slot");
    }
    assert!(is_enabled(&attributes! { "user_id" => 8, "plan" => "pro" }));
    assert!(!is_enabled(&attributes! { "user_id" => 8, "plan" => "free" }));
    assert_eq!(feature.explain(&attributes! { "user_id" => 7 }).reason(), Reason::UnitOverride);

    let status = after.status();
    assert!(status.quarantined.is_empty(), "{:?}", status.quarantined);
    let text = format!("{status:?}");
    for part in ["CHECKOUT", "horses", "session"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // The kill switch of one program reaches the other.
    flag.pin("disabled").await.expect("pinned");
    after.refresh().await.expect("refreshed");
    assert_eq!(feature.explain(&attributes! { "plan" => "pro" }).reason(), Reason::Pinned);
    assert!(!is_enabled(&attributes! { "plan" => "pro" }));
    flag.unpin().await.expect("unpinned");
    flag.disable().await.expect("disabled");
    after.refresh().await.expect("refreshed");
    assert!(!is_enabled(&attributes! { "plan" => "pro" }) && !is_enabled(&attributes! { "user_id" => 1 }));
}

/// Writing the state of the declared feature replaces the flag's state in words that both programs understand, or is refused.
#[tokio::test]
async fn the_declared_feature_can_be_pinned_and_edited() {
    let store = Memory::new();
    let before = app_on(store.clone()).await;
    before.flags().author("ada").create("CHECKOUT").enabled().await.expect("created");
    let after = declaring(&store).await;
    let feature = after.feature_named("CHECKOUT").expect("declared");
    feature.pin("disabled").author("grace").publish().await.expect("pinned");
    assert_eq!(feature.find_implementation(&attributes! {}), "disabled");
    before.refresh().await.expect("refreshed");
    assert!(!before.flags().is_enabled("CHECKOUT", &attributes! {}), "the older program obeys the pin");
    feature.unpin().author("grace").publish().await.expect("unpinned");
    assert_eq!(feature.find_implementation(&attributes! {}), "enabled");
    feature.edit().otherwise("disabled").author("grace").publish().await.expect("published");
    assert_eq!(feature.find_implementation(&attributes! {}), "disabled");
    assert!(after.status().quarantined.is_empty());
}

/// A program that does not declare the name asks for the flag, whatever catalogs other programs publish, until the state is that of
/// the feature.
#[tokio::test]
async fn a_name_that_only_another_program_declares_stays_a_flag() {
    let store = Memory::new();
    let before = app_on(store.clone()).await;
    let flag = before.flags().author("ada").create("CHECKOUT").enabled().await.expect("created");
    flag.add_condition(Condition::new().check("horses__gt", 9_000)).await.expect("written");
    let declaring = declaring(&store).await;
    let restarted = app_on(store.clone()).await;
    for app in [&before, &restarted] {
        app.refresh().await.expect("refreshed");
        let flags = app.flags();
        assert!(flags.exists("CHECKOUT"));
        assert!(!flags.is_enabled("CHECKOUT", &attributes! { "horses" => 3 }), "no segment is needed");
    }
    let feature = declaring.feature_named("CHECKOUT").expect("declared");
    feature.edit().otherwise("enabled").author("grace").publish().await.expect("published");
    for app in [&before, &restarted] {
        app.refresh().await.expect("refreshed");
        assert!(!app.flags().exists("CHECKOUT"));
        assert!(app.flags().create("CHECKOUT").await.expect_err("taken").is_already_exists());
        assert_eq!(app.feature_named("CHECKOUT").expect("known").declaration().segments.len(), 2);
        assert!(app.status().quarantined.is_empty());
    }
}
