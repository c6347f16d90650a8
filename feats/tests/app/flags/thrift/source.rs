//! An app with flags of a service.

use std::time::Duration;

use feats::flags::{Bucketer, Condition, ThriftSource};
use feats::store::{Memory, Store};
use feats::{App, ErrorKind, attributes};
use serde_json::json;

use super::fixture::{Service, client};

#[tokio::test]
async fn flags_of_the_service_decide_as_there() {
    let service = Service::start().await;
    let origin = service.app.flags();
    let pro = Condition::new().check("plan", "pro");
    origin.create("A").enabled().condition(pro).client_data(json!({ "team": "cart" })).await.expect("created");
    origin.create("B").await.expect("created");
    let app = service.client().await;
    let flags = app.flags();

    assert_eq!(flags.list().names(), ["A", "B"]);
    assert!(flags.is_enabled("A", &attributes! { "plan" => "pro" }));
    assert!(flags.context(attributes! { "plan" => "pro" }).is_enabled("A", &attributes! {}));
    assert!(!flags.is_enabled("A", &attributes! { "plan" => "free" }) && !flags.is_enabled("B", &attributes! {}));
    assert_eq!(flags.get("A").client_data(), json!({ "team": "cart" }));
    assert_eq!(flags.get("A").meta().created_at().as_millis() % 1_000, 0);

    origin.get("B").enable().await.expect("written");
    origin.get("A").destroy().await.expect("written");
    app.refresh().await.expect("read");
    assert!(flags.is_enabled("B", &attributes! {}) && !flags.exists("A"));
    assert_eq!(flags.get("B").meta().version(), 2);
    assert_eq!(app.status().warnings, Vec::<String>::new());
}

#[tokio::test]
async fn the_app_polls_the_service() {
    let service = Service::start().await;
    let source = ThriftSource::open(format!("thrift://{}", service.address)).expect("a URL");
    let builder = App::builder().store(Memory::new()).flag_source(source.poll_every(Duration::from_millis(50)));
    let app = builder.detached().start().await.expect("it starts");
    let mut changes = app.subscribe();
    service.app.flags().create("A").enabled().await.expect("created");
    changes.recv().await.expect("a change");
    assert!(app.flags().is_enabled("A", &attributes! {}));
}

#[tokio::test]
async fn writes_go_through_to_the_service() {
    let service = Service::start().await;
    let (origin, app) = (service.app.flags(), service.client().await);
    let flags = app.flags().author("ada");

    let half = Bucketer::consistent(["user_id"]).percentage(50.0);
    let flag = flags.create("A").enabled().client_data(json!({ "ttl": 60 })).bucketer(half).await.expect("created");
    assert!(origin.get("A").meta().is_enabled());
    assert_eq!(origin.get("A").client_data(), json!({ "ttl": 60 }));
    let share = |flags: &feats::flags::Flags| {
        (0..2_000).filter(|id| flags.is_enabled("A", &attributes! { "user_id" => *id })).count()
    };
    assert_eq!(share(&flags), share(&origin));
    assert!((900..1_100).contains(&share(&flags)), "{}", share(&flags));

    flag.disable().await.expect("written");
    assert!(!origin.get("A").meta().is_enabled() && !flag.meta().is_enabled());
    flag.set_client_data(json!({ "team": "cart" })).await.expect("written");
    assert_eq!(origin.get("A").client_data(), json!({ "ttl": 60, "team": "cart" }));
    assert_eq!(flag.client_data(), json!({ "ttl": 60, "team": "cart" }));
    flag.set_percentage(20.0).await.expect("written");
    flag.enable().await.expect("written");
    assert_eq!(share(&flags), share(&origin));
    assert!((330..470).contains(&share(&flags)), "{}", share(&flags));
    flag.clear_bucketer().await.expect("written");
    flag.add_condition(Condition::new().check("plan", "pro")).await.expect("written");
    for flags in [&flags, &origin] {
        assert!(flags.is_enabled("A", &attributes! { "plan" => "pro" }));
        assert!(!flags.is_enabled("A", &attributes! { "plan" => "free" }));
    }
    flag.destroy().await.expect("written");
    assert!(!origin.exists("A") && !flags.exists("A"));
    // The store of this app has none of it.
    assert_eq!(
        flags.create("A").await.expect("created again").meta().created_by(),
        format!("thrift://{}", service.address)
    );
}

#[tokio::test]
async fn the_last_write_wins_for_the_part_that_it_touches() {
    let service = Service::start().await;
    let origin = service.app.flags();
    origin.create("A").client_data(json!({ "a": 1 })).await.expect("created");
    let app = service.client().await;
    let flag = app.flags().get("A");
    // The app does not know of these changes.
    origin.get("A").replace_client_data(json!({ "b": 2 })).await.expect("written");
    origin.get("A").add_condition(Condition::new().check("plan", "pro")).await.expect("written");
    flag.enable().await.expect("written");
    assert_eq!(origin.get("A").client_data(), json!({ "b": 2 }));
    assert!(origin.is_enabled("A", &attributes! { "plan" => "pro" }));
    assert!(!origin.is_enabled("A", &attributes! { "plan" => "free" }));
    assert_eq!(flag.client_data(), json!({ "b": 2 }));

    origin.get("A").destroy().await.expect("written");
    assert_eq!(flag.disable().await.expect_err("missing").kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_the_service_cannot_keep_is_refused_in_words() {
    let service = Service::start().await;
    service.app.flags().create("A").enabled().await.expect("created");
    let app = service.client().await;
    let (flags, flag) = (app.flags(), app.flags().get("A"));
    let third = Bucketer::consistent(["user_id"]).percentage(33.3);
    for (error, why) in [
        (flag.history().await.expect_err("no history"), "no history"),
        (flag.rollback_to(1).await.expect_err("no history"), "no history"),
        (flag.archive().await.map(drop).expect_err("no archive"), "no archive"),
        (flag.pin("enabled").await.map(drop).expect_err("no pins"), "pinned"),
        (flag.override_for("user_id", [42], "enabled").await.map(drop).expect_err("no overrides"), "no overrides"),
        (flag.set_variant("light", json!("#fff")).await.map(drop).expect_err("no variants"), "no variants"),
        (flag.set_bucketer(third).await.map(drop).expect_err("no such share"), "not a whole number"),
        (flags.create_variants("B", [("light", json!(1))]).await.map(drop).expect_err("no variants"), "no variants"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    assert_eq!((service.app.flags().list().names(), flag.meta().version()), (vec!["A".to_owned()], 1));
}

#[tokio::test]
async fn a_flag_of_the_store_takes_precedence() {
    let (service, store) = (Service::start().await, Memory::new());
    let origin = service.app.flags();
    for name in ["A", "B", "C"] {
        origin.create(name).enabled().await.expect("created");
    }
    let own = App::builder().store(store.clone()).detached().start().await.expect("it starts");
    own.flags().create("A").await.expect("created");
    let app = service.client_with(store.clone()).await;
    let flags = app.flags();
    assert!(!flags.is_enabled("A", &attributes! {}) && flags.is_enabled("B", &attributes! {}));
    let warnings = app.status().warnings;
    assert!(warnings.len() == 1 && warnings[0].ends_with("take precedence: \"A\""), "{warnings:?}");

    // One that is created later, too.
    own.flags().create("B").await.expect("created");
    app.refresh().await.expect("read");
    assert!(!flags.is_enabled("B", &attributes! {}));
    assert!(app.status().warnings[0].ends_with("take precedence: \"A\", \"B\""), "{:?}", app.status().warnings);
    flags.get("B").enable().await.expect("written to the store");
    assert_eq!(flags.get("B").history().await.expect("read").len(), 2);
    assert_eq!(store.versions().await.expect("read").len(), 2);
}

#[tokio::test]
async fn an_outage_keeps_the_last_flags_and_the_status_says_so() {
    let service = Service::start().await;
    service.app.flags().create("A").enabled().await.expect("created");
    let (app, address) = (service.client().await, service.address);
    let origin = service.app.clone();
    drop(service);
    assert!(app.refresh().await.expect_err("unreachable").is_unavailable());
    assert!(app.flags().is_enabled("A", &attributes! {}));
    let warnings = app.status().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("the last ones stay in effect"), "{warnings:?}");
    assert!(app.flags().get("A").disable().await.expect_err("unreachable").is_unavailable());
    assert!(app.flags().create("B").await.expect_err("unreachable").is_unavailable());
    assert!(!app.flags().exists("B"));

    let service = Service::start_on(origin, address, |server| server).await;
    service.app.flags().get("A").disable().await.expect("written");
    app.refresh().await.expect("read");
    assert!(!app.flags().is_enabled("A", &attributes! {}) && app.status().warnings.is_empty());
    let error = app.flags().get("A").enable().await.expect_err("read-only");
    assert!(error.to_string().contains("this service is read-only"), "{error}");
}

#[tokio::test]
async fn an_app_starts_without_the_service() {
    let address = Service::start().await.address;
    let app = client(&format!("thrift://{address}"), Memory::new()).await;
    assert!(!app.flags().is_enabled("A", &attributes! {}) && app.status().is_live());
    assert!(app.status().warnings[0].contains("refused the connection"), "{:?}", app.status().warnings);
}

#[tokio::test]
async fn all_pages_are_read() {
    let service = Service::start().await;
    let origin = service.app.flags();
    for number in 0..1_001 {
        origin.create(format!("flag {number:04}")).enabled().await.expect("created");
    }
    let app = service.client().await;
    assert_eq!(app.flags().list().names(), origin.list().names());
}
