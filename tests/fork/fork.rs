//! A process that is forked after the app was started: nothing hangs, and the app can be started in the child.

use std::time::{Duration, Instant};

use feats::store::Sqlite;
use feats::{App, ErrorKind, Status, StoreConnection};
use feats_tests_fork::in_child;

#[feats::boolean]
pub fn Search() -> bool {
    false
}

/// A user of a shop.
pub struct Visitor {
    pub id: u64,
}

#[feats::segment]
pub trait VisitorId {
    fn visitor(visitor: &Visitor) -> u64 {
        visitor.id
    }
}

/// The color of a button.
#[feats::feature(kind = experiment)]
pub trait Colors {
    #[default]
    fn gray(_visitor: &Visitor) -> &'static str {
        "gray"
    }
    fn blue(_visitor: &Visitor) -> &'static str {
        "blue"
    }
}

fn until(what: &str, is_reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits for a future of an app without a runtime.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn is_forked(status: &Status) -> bool {
    let error = status.error.as_deref().unwrap_or_default();
    status.connection == StoreConnection::Stopped
        && error.contains("forked")
        && error.contains("start the app in the child")
}

fn main() {
    let directory = tempfile::tempdir().expect("a directory");
    let open = || Sqlite::open(directory.path().join("feats.db")).expect("a path");
    let start = || App::builder().store(open()).program("shop", "1.0.0").start_blocking();
    let app = start().expect("started");
    let halves = feats::edit::experiment(VisitorId, [(Colors::Gray, 50.0), (Colors::Blue, 50.0)]);
    wait(app.feature::<Colors>().edit().otherwise(halves).publish()).expect("published");
    wait(app.feature::<Search>().pin(Search::Enabled).publish()).expect("published");
    assert!(Search::is_enabled());

    let mut detached = Some(App::builder().store(open()).detached().start_blocking().expect("started"));
    in_child(|| {
        for app in detached.iter().chain([&app]) {
            assert!(is_forked(&app.status()), "{:?}", app.status());
            let kinds = [
                wait(app.feature::<Search>().unpin().publish()).err(),
                wait(app.feature::<Search>().history()).err(),
                wait(app.feature::<Search>().wait_for(9, Duration::from_secs(9))).err(),
                wait(app.feature::<Colors>().experiments()).err(),
                wait(app.instances()).err(),
                wait(app.refresh()).err(),
                wait(app.flush()).err(),
                wait(app.restore_retained().publish()).err(),
                wait(app.last_hour()).err(),
                wait(app.shutdown()).err(),
            ];
            for error in kinds {
                let error = error.expect("an error");
                assert!(error.kind() == ErrorKind::Stopped && error.to_string().contains("forked"), "{error}");
            }
        }
        // The last snapshot decides, without look-ups, and queues do not grow.
        assert!(Search::is_enabled());
        (0..200_000).for_each(|id| _ = Colors::create(&Visitor { id }));
        assert_eq!(app.status().exposures.waiting, 0);
        drop(detached.take());
    })
    .succeeds();
    assert_eq!(
        wait(app.instances()).expect("the store answers").len(),
        2,
        "the apps of the parent still run after the child has ended"
    );
    assert!(app.status().is_live());

    // Both publish at the same time, with the same random numbers: one of them gets a conflict.
    let child = in_child(|| {
        let app = start().expect("an app starts in the child");
        assert!(app.status().is_live() && App::current().expect("started").status().is_live());
        let payments = app.feature::<Search>();
        assert!(Search::is_enabled());
        wait(payments.unpin().author("child").publish()).expect("published");
        assert!(!Search::is_enabled());
        wait(app.shutdown()).expect("stopped");
        assert!(wait(start().expect("started again").instances()).is_ok());
    });
    child.succeeds();
    until("the parent applies the change", || !Search::is_enabled());
    assert_eq!(wait(app.feature::<Search>().revision_at(2)).expect("a revision").author(), "child");

    let version = app.feature::<Search>().version();
    let child = in_child(|| {
        let app = start().expect("an app starts in the child");
        let change = app.feature::<Search>().pin(Search::Enabled).author("child").expect_version(version);
        // Either may win, but a write that was not done must not be acknowledged.
        if let Ok(published) = wait(change.publish()) {
            let stored = wait(app.feature::<Search>().revision_at(published.version())).expect("a revision");
            assert_eq!(stored.author(), "child");
        }
    });
    let published = wait(app.feature::<Search>().pin(Search::Enabled).author("parent").publish());
    child.succeeds();
    if let Ok(published) = published {
        let stored = wait(app.feature::<Search>().revision_at(published.version())).expect("a revision");
        assert_eq!(stored.author(), "parent");
    }
    wait(app.shutdown()).expect("stopped");
}
