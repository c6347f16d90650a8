//! Tests of outages: the store decides, then the fallback file, then the defaults. A start neither fails nor hangs.

use feats::store::{Memory, Sqlite};
use feats::{App, ConfigSource, Reason, StoreConnection, attributes};

use crate::fixture::{app_on, each_file, payments, until};

#[tokio::test]
async fn with_a_corrupt_database_the_defaults_decide_and_the_status_names_the_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("feats.db");
    std::fs::write(&file, "this is not a database, but it is longer than the header of a database".repeat(40))
        .expect("written");
    let app = app_on(Sqlite::open(&file).expect("a path")).await;
    let status = app.status();
    assert_eq!((status.connection, status.config_source), (StoreConnection::Stale, ConfigSource::Defaults));
    assert!(status.error.as_deref().is_some_and(|error| error.contains("feats.db")), "{status:?}");
    let payments = app.feature_named("Payments").expect("declared");
    assert_eq!(payments.explain(&attributes! {}).value(), "acme");
    let error = payments.pin("premium").publish().await.expect_err("nothing can be written");
    assert!(error.to_string().contains("feats.db"), "{error}");
}

#[tokio::test]
async fn the_fallback_file_decides_while_the_store_is_unreachable_and_the_store_once_it_recovers() {
    let directory = tempfile::tempdir().expect("a directory");
    let (file, last) = (directory.path().join("feats.db"), directory.path().join("last.jsonl"));
    let store = Sqlite::open(&file).expect("a path");
    let start = |store: Sqlite| App::builder().store(store).declare(payments()).fallback_file(&last).detached().start();
    let app = start(store.clone()).await.expect("started");
    app.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
    until("the file is written", || std::fs::read_to_string(&last).is_ok_and(|text| text.contains("premium"))).await;
    app.shutdown().await.expect("stopped");
    drop(app);
    store.close().await;

    let moved = directory.path().join("moved.db");
    each_file(&file, &moved, std::fs::rename);
    std::fs::write(&file, "rubbish ".repeat(1_000)).expect("written");
    let app = start(Sqlite::open(&file).expect("a path")).await.expect("started");
    let payments = app.feature_named("Payments").expect("declared");
    assert_eq!(
        (app.status().connection, app.status().config_source),
        (StoreConnection::Stale, ConfigSource::FallbackFile)
    );
    assert_eq!(payments.explain(&attributes! {}).value(), "premium");

    each_file(&moved, &file, std::fs::rename);
    until("the store is followed again", || app.status().is_live()).await;
    assert_eq!(app.status().config_source, ConfigSource::Store);
    assert_eq!(payments.explain(&attributes! {}).reason(), Reason::Pinned);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_fallback_file_is_readable_only_by_its_owner_and_an_existing_one_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    for existing in [None, Some(0o640), Some(0o666)] {
        let directory = tempfile::tempdir().expect("a directory");
        let last = directory.path().join("last.jsonl");
        if let Some(mode) = existing {
            std::fs::write(&last, "").expect("written");
            std::fs::set_permissions(&last, std::fs::Permissions::from_mode(mode)).expect("set");
        }
        let app = App::builder().store(Memory::new()).declare(payments()).fallback_file(&last).detached();
        let app = app.start().await.expect("started");
        for choice in ["premium", "aperture"] {
            app.feature_named("Payments").expect("declared").pin(choice).publish().await.expect("published");
            until("the file is written", || std::fs::read_to_string(&last).is_ok_and(|text| text.contains(choice)))
                .await;
            let mode = std::fs::metadata(&last).expect("a file").permissions().mode() & 0o777;
            assert_eq!(mode, existing.unwrap_or(0o600));
        }
    }
}

#[tokio::test]
async fn a_damaged_line_of_the_fallback_file_affects_only_its_own_feature() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    std::fs::write(&last, "{\"hash\": \"00\", \"revision\": \"half a line").expect("written");
    let store = Sqlite::open(directory.path().join("no such directory").join("feats.db")).expect("a path");
    let app =
        App::builder().store(store).declare(payments()).fallback_file(&last).detached().start().await.expect("started");
    let status = app.status();
    assert!(status.warnings.iter().any(|warning| warning.contains("1 damaged line")), "{status:?}");
    assert_eq!(app.feature_named("Payments").expect("declared").explain(&attributes! {}).value(), "acme");
}

#[tokio::test]
async fn after_a_shutdown_the_last_snapshot_decides_and_writes_fail() {
    let app = app_on(Memory::new()).await;
    let payments = app.feature_named("Payments").expect("declared");
    payments.pin("premium").publish().await.expect("published");
    app.shutdown().await.expect("stopped");
    assert_eq!(payments.explain(&attributes! {}).value(), "premium");
    assert_eq!(payments.unpin().publish().await.expect_err("stopped").kind(), feats::ErrorKind::Stopped);
    assert_eq!(app.status().connection, StoreConnection::Stopped);
}
