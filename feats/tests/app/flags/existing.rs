//! Tests of flags that exist already.

use feats::store::{Memory, Sqlite};
use feats::{App, attributes};
use serde_json::json;

use super::fixture::{app_on, flags, versions};

#[tokio::test]
async fn a_flag_is_never_created_over_another_one() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().client_data(json!({ "ttl": 1 })).await.expect("created");
    for again in [
        flags.create("CHECKOUT"),
        flags.create("CHECKOUT").enabled().client_data(json!({ "ttl": 2 })),
        flags.create_variants("CHECKOUT", [("light", json!(1)), ("dark", json!(2))]),
    ] {
        let error = again.await.expect_err("it exists");
        assert!(error.is_already_exists() && error.to_string().contains("CHECKOUT"), "{error}");
    }
    assert_eq!((versions(&flag).await, flag.client_data()), (1, json!({ "ttl": 1 })));
    assert!(flag.is_enabled(&attributes! {}));
}

#[tokio::test]
async fn an_archived_flag_exists_and_says_so() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    flag.archive().await.expect("archived");
    let error = flags.create("CHECKOUT").await.expect_err("it exists");
    assert!(error.is_already_exists() && error.to_string().contains("archived"), "{error}");
    assert_eq!(versions(&flag).await, 2);
}

/// The other app may not have seen the flag yet.
#[tokio::test]
async fn of_two_apps_that_create_a_flag_at_once_one_wins() {
    let directory = tempfile::tempdir().expect("a directory");
    let database = directory.path().join("feats.db");
    let memory = Memory::new();
    let on_memory = (app_on(memory.clone()).await, app_on(memory).await);
    let open = || Sqlite::open(&database).expect("a database");
    let on_sqlite = (app_on(open()).await, app_on(open()).await);
    for (one, other) in [on_memory, on_sqlite] {
        for round in 0..10 {
            let name = format!("flag {round}");
            let created = |app: &App| app.flags().author("ada").create(&name).into_future();
            let (one_created, other_created) = tokio::join!(created(&one), created(&other));
            let errors = [one_created.err(), other_created.err()];
            let lost: Vec<_> = errors.into_iter().flatten().collect();
            assert!(lost.len() == 1 && lost[0].is_already_exists(), "{lost:?}");
            other.refresh().await.expect("refreshed");
            assert_eq!(versions(&other.flags().get(&name)).await, 1);
        }
    }
}

#[tokio::test]
async fn a_flag_that_another_app_has_created_exists() {
    let memory = Memory::new();
    let (one, other) = (app_on(memory.clone()).await, app_on(memory).await);
    one.flags().create("CHECKOUT").await.expect("created");
    let error = other.flags().create("CHECKOUT").await.expect_err("it exists");
    assert!(error.is_already_exists(), "{error}");
    other.flags().get("CHECKOUT").enable().await.expect("the refused creation has loaded the flag");
}

/// A write is built on the version that its author saw.
#[tokio::test]
async fn a_write_of_an_outdated_version_is_a_conflict() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").await.expect("created");
    flag.enable().await.expect("written");
    let error = flag.disable().expect_version(1).await.expect_err("version 2 is the newest");
    assert!(error.is_conflict() && error.current_version() == Some(2), "{error}");
    flag.disable().expect_version(2).await.expect("written");
}

#[tokio::test]
async fn the_name_of_a_destroyed_flag_is_free_and_its_history_goes_on() {
    let flags = flags().await;
    let flag = flags.create("CHECKOUT").enabled().client_data(json!({ "ttl": 1 })).await.expect("created");
    flag.destroy().await.expect("destroyed");
    let again = flags.create("CHECKOUT").await.expect("created again");
    assert_eq!((again.client_data(), again.meta().version(), versions(&flag).await), (json!({}), 3, 3));
    assert!(!flag.is_enabled(&attributes! {}), "the earlier flag was enabled, the new one is not");
}

/// A program that starts after the end of a flag still knows its history, and can bring it back.
#[tokio::test]
async fn a_destroyed_flag_is_rolled_back_by_a_program_that_never_saw_it() {
    let store = Memory::new();
    let flag = app_on(store.clone()).await.flags().author("ada").create("GONE").enabled().await.expect("created");
    flag.destroy().await.expect("destroyed");
    let later = app_on(store).await;
    let flag = later.flags().author("grace").get("GONE");
    assert!(!flag.exists() && flag.history().await.expect("read").len() == 2);
    assert!(later.declarations().iter().all(|known| &*known.name != "GONE"));
    let feature = flag.as_feature().expect("its history is left");
    assert_eq!(feature.pin("enabled").publish().await.expect_err("refused").problems()[0].path(), "flag");
    flag.rollback_to(1).await.expect("restored");
    assert!(flag.exists() && flag.is_enabled(&attributes! {}));
}
