//! Test of the process-wide app, which is started again after its shutdown. There is only one, so this is a single test.

use std::time::{Duration, Instant};

use feats::store::{Memory, Store};
use feats::{App, ErrorKind, Result, StoreConnection};

#[feats::boolean]
pub fn Search() -> bool {
    false
}

async fn until(what: &str, reached: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !reached().await {
        assert!(started.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn start(store: &Memory) -> Result<App> {
    let app = App::builder().store(store.clone()).program("shop", "1.0.0");
    app.usage_interval(Duration::from_millis(20)).start().await
}

/// Returns the number of uses of the feature in the store.
async fn uses(app: &App) -> u64 {
    app.flush().await.expect("counted");
    app.feature::<Search>().uses_by_hour().await.expect("the store answers").total()
}

#[tokio::test]
async fn a_process_wide_app_can_be_started_again_after_its_shutdown() {
    let (first, second) = (Memory::new(), Memory::new());

    // Neither an invalid start nor one that is cancelled reserves the process-wide app.
    let invalid = App::builder().declare(feats::model::Declaration::new("", ["a"])).start().await;
    assert_eq!(invalid.expect_err("an empty name").kind(), ErrorKind::Invalid);
    if let Ok(Ok(quick)) = tokio::time::timeout(Duration::ZERO, start(&first)).await {
        quick.shutdown().await.expect("stopped");
    }

    // Of two concurrent starts, one succeeds.
    let (one, other) = tokio::join!(start(&first), start(&first));
    let failed = [&one, &other].into_iter().filter_map(|it| it.as_ref().err()).map(|it| it.kind());
    assert_eq!(failed.collect::<Vec<_>>(), [ErrorKind::AlreadyStarted]);
    let app = one.or(other).expect("one of them");
    assert_eq!(start(&second).await.expect_err("another app runs").kind(), ErrorKind::AlreadyStarted);

    let handle = app.feature::<Search>();
    handle.pin(Search::Enabled).publish().await.expect("published");
    assert!(Search::is_enabled());
    assert_eq!(app.instances().await.expect("the store answers").len(), 1);
    app.shutdown().await.expect("stopped");
    app.shutdown().await.expect("already stopped");
    assert_eq!(app.status().connection, StoreConnection::Stopped);
    assert!(
        first.records().unwrap().list("instance").await.expect("records").is_empty(),
        "the record of the instance is removed immediately"
    );
    assert!(Search::is_enabled(), "the last snapshot decides");
    let scope = App::current().expect("started").scope();

    // Handles of the new app, decisions and scopes use it on every thread.
    let again = start(&second).await.expect("started again");
    assert!(!Search::is_enabled() && again.status().is_live());
    assert!(scope.enter(Search::is_enabled), "an old scope keeps its snapshot");
    let current = App::current().expect("started");
    current.feature::<Search>().pin(Search::Enabled).publish().await.expect("published");
    assert!(Search::is_enabled());
    again.feature::<Search>().unpin().publish().await.expect("published");
    std::thread::spawn(|| assert!(!Search::is_enabled())).join().expect("no panic");
    assert!(!Search::is_enabled());
    app.enter(|| assert!(Search::is_enabled(), "the old app has its own snapshot"));
    assert_eq!(handle.unpin().publish().await.expect_err("stopped").kind(), ErrorKind::Stopped);

    // Uses are counted for the deciding app from its start on.
    let before = uses(&again).await;
    (0..10).for_each(|_| _ = Search::is_enabled());
    assert_eq!(uses(&again).await, before + 10);

    // Dropping the process-wide app does not stop it; only a shutdown does.
    again.shutdown().await.expect("stopped");
    drop((again, current, app));
    let third = start(&first).await.expect("started again");
    assert!(Search::is_enabled());
    drop(third);
    assert_eq!(start(&second).await.expect_err("another app runs").kind(), ErrorKind::AlreadyStarted);

    // Any number of detached apps can run at the same time, and each stops with its last handle.
    for _ in 0..3 {
        let detached = App::builder().store(second.clone()).detached().start().await.expect("started");
        detached.enter(|| assert!(!Search::is_enabled()));
        drop(detached);
    }
    until("no instance is left", async || {
        second.records().unwrap().list("instance").await.expect("records").is_empty()
    })
    .await;
    assert!(Search::is_enabled());
    App::current().expect("started").shutdown().await.expect("stopped");
}
