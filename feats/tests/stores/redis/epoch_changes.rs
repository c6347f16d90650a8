//! A Redis that was emptied or restored from an older copy: it begins a new epoch, and programs retain and restore what was lost.

use std::fs;
use std::time::{Duration, Instant};

use feats::model::Declaration;
use feats::store::{Redis, contract};
use feats::{App, ConfigSource, RestoreOutcome};

use super::server;

#[tokio::test]
async fn a_redis_that_was_emptied_or_restored_begins_a_new_epoch() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::builder().arg("enable-debug-command", "yes").start();
    let open = |prefix: &'static str| {
        let url = server.url();
        move || Redis::open(&url).unwrap().prefix(prefix)
    };
    let empty = async || server.command::<()>(&["FLUSHALL"]);
    contract::run_epoch_changes(open("emptied"), async || (), empty).await;

    let (dump, copy) = (server.directory().join("dump.rdb"), server.directory().join("copy.rdb"));
    let save = async || {
        server.command::<()>(&["SAVE"]);
        fs::copy(&dump, &copy).unwrap();
    };
    let set_back = async || {
        fs::copy(&copy, &dump).unwrap();
        server.command::<()>(&["DEBUG", "RELOAD", "NOSAVE"]);
    };
    contract::run_epoch_changes(open("set-back"), save, set_back).await;
}

#[tokio::test]
async fn revisions_that_an_emptied_redis_has_lost_are_retained_and_put_back() {
    let Some(server) = server() else { return };
    let start = || {
        let store = Redis::open(server.url()).unwrap();
        App::builder().store(store).declare(Declaration::new("Payments", ["acme", "premium"])).detached().start()
    };
    let (one, other) = (start().await.unwrap(), start().await.unwrap());
    let chosen = |app: &App| {
        let decision = app.feature_named("Payments").unwrap().explain(&feats::attributes! {});
        (decision.value().to_string(), decision.version())
    };
    for choice in ["acme", "premium"] {
        one.feature_named("Payments").unwrap().edit().otherwise(choice).publish().await.unwrap();
    }
    until(|| chosen(&other) == ("premium".to_owned(), Some(2))).await;

    server.command::<()>(&["FLUSHALL"]);
    until(|| [&one, &other].iter().all(|app| app.status().is_live() && !app.status().retained.is_empty())).await;
    assert_eq!(chosen(&other), ("premium".to_owned(), Some(2)), "the lost revision stays in effect");
    let refused = one.feature_named("Payments").unwrap().pin("acme").publish().await.unwrap_err();
    assert!(refused.to_string().contains("feats restore"), "{refused}");

    let restored = other.restore_retained().author("ada").publish().await.unwrap();
    assert!(matches!(restored.features[0].outcome, RestoreOutcome::Restored(1)), "{restored:?}");
    until(|| [&one, &other].iter().all(|app| app.status().retained.is_empty())).await;
    for app in [&one, &other, &start().await.unwrap()] {
        assert_eq!((chosen(app), app.status().config_source), (("premium".to_owned(), Some(1)), ConfigSource::Store));
    }
}

async fn until(is_reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_reached() {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
