//! Calls of the store that fail, hang or panic.

use std::time::Duration;

use feats::store::Store;
use feats::{ErrorKind, StoreConnection};

use crate::fixture::{builder, follows, start, until};
use crate::unruly::{Call, Unruly};

#[tokio::test]
async fn a_panicking_watch_is_a_reported_outage_that_ends() {
    let store = Unruly::new();
    let app = start(&store).await;
    follows(&app, &store).await;
    store.always("watch", Call::Panics);
    until("it is stale", || app.status().connection == StoreConnection::Stale).await;
    let error = app.status().error.expect("an error");
    assert!(error.contains("panicked") && error.contains("`watch`") && error.contains("watch panics"), "{error}");
    store.always("watch", Call::Succeeds);
    until("it is live", || app.status().is_live()).await;
    assert_eq!(app.status().error, None);
    follows(&app, &store).await;
}

#[tokio::test]
async fn a_watch_that_panics_once_is_retried() {
    let store = Unruly::new();
    let app = start(&store).await;
    store.next("watch", [Call::Panics]);
    until("it has connected again", || app.status().connects == 2 && app.status().is_live()).await;
    follows(&app, &store).await;
}

#[tokio::test]
async fn following_recovers_from_methods_that_fail_hang_or_panic() {
    for method in ["load", "epoch", "watch"] {
        for call in [Call::Fails, Call::Hangs, Call::Panics] {
            let store = Unruly::new();
            store.always(method, call);
            let app = builder(&store).start_timeout(Duration::from_millis(100)).start().await.expect("started");
            until("it is stale", || app.status().connection == StoreConnection::Stale && app.status().error.is_some())
                .await;
            store.always(method, Call::Succeeds);
            until("it is live", || app.status().is_live()).await;
            follows(&app, &store).await;
        }
    }
}

#[tokio::test]
async fn records_that_fail_hang_or_panic_are_warnings_until_they_work_again() {
    for call in [Call::Fails, Call::Hangs, Call::Panics] {
        let store = Unruly::new();
        ["put", "list"].into_iter().for_each(|method| store.always(method, call));
        let app = start(&store).await;
        until("it is told", || app.status().warnings.len() == 3).await;
        follows(&app, &store).await;
        assert_eq!(app.status().warnings.len(), 3, "catalog, heartbeat, other catalogs: {:?}", app.status());
        ["put", "list"].into_iter().for_each(|method| store.always(method, Call::Succeeds));
        until("nothing is wrong any more", || app.status().warnings.is_empty()).await;
        assert_eq!(app.instances().await.expect("the store answers").len(), 1);
    }
}

#[tokio::test]
async fn a_caller_whose_call_panics_gets_an_error() {
    let store = Unruly::new();
    let app = start(&store).await;
    let payments = app.feature_named("Payments").expect("declared");
    payments.pin("premium").publish().await.expect("published");
    store.always("history", Call::Panics);
    let error = payments.history().await.expect_err("it panics");
    assert!(error.is_unavailable() && error.to_string().contains("history panics"), "{error}");
    store.always("history", Call::Succeeds);
    store.always("list", Call::Panics);
    assert!(app.instances().await.expect_err("it panics").is_unavailable());
    store.always("list", Call::Succeeds);
    store.always("load", Call::Panics);
    assert!(app.refresh().await.expect_err("it panics").is_unavailable());
    store.always("load", Call::Succeeds);
    store.always("append", Call::Panics);
    let error = payments.pin("acme").publish().await.expect_err("it panics");
    assert!(error.is_unavailable() && error.to_string().contains("`append`"), "{error}");
    store.always("append", Call::Succeeds);
    assert!(app.status().is_live(), "an error of a caller does not affect the app");
    payments.pin("acme").publish().await.expect("published");
}

#[tokio::test]
async fn an_append_that_panics_or_loses_its_reply_is_retried_and_done_once() {
    let store = Unruly::new();
    let app = start(&store).await;
    let payments = app.feature_named("Payments").expect("declared");
    for call in [Call::Panics, Call::LosesTheAnswer, Call::Hangs, Call::Fails] {
        let before = payments.version();
        store.next("append", [call]);
        let choice = if before.is_multiple_of(2) { "premium" } else { "aperture" };
        let published = payments.pin(choice).publish().await.expect("published");
        assert_eq!(published.version(), before + 1);
    }
    assert_eq!(store.memory.history("Payments", Default::default()).await.expect("history").len(), 4);
}

#[tokio::test]
async fn a_name_that_panics_is_a_warning() {
    let store = Unruly::new();
    store.always("name", Call::Panics);
    let app = start(&store).await;
    let status = app.status();
    assert!(status.is_live() && status.warnings.iter().any(|warning| warning.contains("name panics")), "{status:?}");
    follows(&app, &store).await;
}

#[tokio::test]
async fn a_shutdown_ends_even_if_the_store_hangs_or_panics() {
    for call in [Call::Fails, Call::Hangs, Call::Panics] {
        let store = Unruly::new();
        let app = start(&store).await;
        ["put", "watch", "assign_many", "add"].into_iter().for_each(|method| store.always(method, call));
        let stopped = tokio::time::timeout(Duration::from_secs(20), app.shutdown()).await;
        stopped.expect("it ends").expect("nothing was queued");
        let error = app.refresh().await.expect_err("stopped");
        assert_eq!((error.kind(), app.status().connection), (ErrorKind::Stopped, StoreConnection::Stopped));
    }
}
