//! The process-wide app, started again after its end. There is one, so this is one test.

use std::time::{Duration, Instant};

use feats::store::{Memory, Store};
use feats::{App, ErrorKind, Result, StoreConnection};

#[feats::boolean]
pub fn Search() -> bool {
    false
}

async fn until(what: &str, reached: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn start(store: &Memory) -> Result<App> {
    let app = App::builder().store(store.clone()).program("shop", "1.0.0");
    app.usage_interval(Duration::from_millis(20)).start().await
}

/// How often the feature was used, as the store has counted it.
async fn uses(app: &App) -> u64 {
    app.flush().await.expect("counted");
    app.feature::<Search>().uses_by_hour().await.expect("the store answers").total()
}

#[tokio::test]
async fn a_process_wide_app_can_be_started_again_after_its_end() {
    let (first, second) = (Memory::new(), Memory::new());

    // What is not valid reserves nothing, nor does a start that is given up.
    let invalid = App::builder().declare(feats::model::Declaration::new("", ["a"])).start().await;
    assert_eq!(invalid.expect_err("no name").kind(), ErrorKind::Invalid);
    if let Ok(Ok(quick)) = tokio::time::timeout(Duration::ZERO, start(&first)).await {
        quick.shutdown().await.expect("stopped");
    }

    // Of two starts at once, one succeeds.
    let (one, other) = tokio::join!(start(&first), start(&first));
    let failed = [&one, &other].into_iter().filter_map(|it| it.as_ref().err()).map(|it| it.kind());
    assert_eq!(failed.collect::<Vec<_>>(), [ErrorKind::AlreadyStarted]);
    let app = one.or(other).expect("one of them");
    assert_eq!(start(&second).await.expect_err("it runs").kind(), ErrorKind::AlreadyStarted);

    let handle = app.feature::<Search>();
    handle.pin(Search::Enabled).publish().await.expect("published");
    assert!(Search::is_enabled());
    assert_eq!(app.instances().await.expect("the store answers").len(), 1);
    app.shutdown().await.expect("stopped");
    app.shutdown().await.expect("it is stopped already");
    assert_eq!(app.status().connection, StoreConnection::Stopped);
    assert!(
        first.records().unwrap().list("instance").await.expect("records").is_empty(),
        "its record is removed at once"
    );
    assert!(Search::is_enabled(), "the last snapshot decides");
    let scope = App::current().expect("it was started").scope();

    // Handles of the new app, decisions and scopes follow it, on every thread.
    let again = start(&second).await.expect("started again");
    assert!(!Search::is_enabled() && again.status().is_live());
    assert!(scope.enter(Search::is_enabled), "an old scope keeps what it has seen");
    let current = App::current().expect("started");
    current.feature::<Search>().pin(Search::Enabled).publish().await.expect("published");
    assert!(Search::is_enabled());
    again.feature::<Search>().unpin().publish().await.expect("published");
    std::thread::spawn(|| assert!(!Search::is_enabled())).join().expect("no panic");
    assert!(!Search::is_enabled());
    app.enter(|| assert!(Search::is_enabled(), "the old app has its own snapshot"));
    assert_eq!(handle.unpin().publish().await.expect_err("it is stopped").kind(), ErrorKind::Stopped);

    // Uses are counted for the app that decides, from its start on.
    let before = uses(&again).await;
    (0..10).for_each(|_| _ = Search::is_enabled());
    assert_eq!(uses(&again).await, before + 10);

    // Dropped after a shutdown, and without one: only a shutdown ends the process-wide app.
    again.shutdown().await.expect("stopped");
    drop((again, current, app));
    let third = start(&first).await.expect("started again");
    assert!(Search::is_enabled());
    drop(third);
    assert_eq!(start(&second).await.expect_err("it runs").kind(), ErrorKind::AlreadyStarted);

    // Detached apps start beside it, as often as one likes, and are gone with their last handle.
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
