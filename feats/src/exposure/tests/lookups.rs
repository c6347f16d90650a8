//! Lookups of prior assignments: the number of calls of the store, and the time limits.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use feats_core::__private::PriorAssignment;

use super::fixture::{ACME, App, PREMIUM, STORED_NAME, ScriptedStore, experiment};
use crate::exposure::Settings;
use crate::runtime::{History, WaitPolicy};
use crate::store::Store;

#[tokio::test]
async fn the_store_is_called_once_for_each_unit() {
    let store = ScriptedStore::default();
    store.memory.assignments().unwrap().assign(STORED_NAME, "ada", "premium").await.expect("assigned");
    let app = App::on(&store);
    for _ in 0..3 {
        assert_eq!(app.used("ada").await, PriorAssignment::Used(PREMIUM));
        assert_eq!(app.used("grace").await, PriorAssignment::Unused);
    }
    assert_eq!((app.exposures.lookups(), store.script.lookups.load(SeqCst)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_unused_unit_is_looked_up_again_after_five_seconds() {
    let app = App::on(&ScriptedStore::default());
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    tokio::time::sleep(Duration::from_millis(4_900)).await;
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    assert_eq!(app.exposures.lookups(), 1);
    App::on(&app.store).store.memory.assignments().unwrap().assign(STORED_NAME, "ada", "acme").await.expect("assigned");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(app.used("ada").await, PriorAssignment::Used(ACME));
    assert_eq!(app.exposures.lookups(), 2);
}

#[tokio::test(start_paused = true)]
async fn concurrent_lookups_of_a_unit_share_one_call() {
    let app = App::on(&ScriptedStore::default());
    *app.store.script.delay.lock().expect("not poisoned") = Duration::from_millis(100);
    let many: Vec<_> =
        (0..100).map(|_| tokio::spawn(app.exposures.prior_assignment_async(&experiment(2), &"ada".into()))).collect();
    for one in many {
        assert_eq!(one.await.expect("no panic"), PriorAssignment::Unused);
    }
    assert_eq!(app.exposures.lookups(), 1);
}

#[tokio::test]
async fn exposures_of_this_program_are_known_before_they_are_stored() {
    let app = App::on(&ScriptedStore::default());
    app.expose("ada", ACME);
    assert_eq!(app.known("ada"), PriorAssignment::Unknown, "the unit was not looked up");
    assert_eq!(app.used("ada").await, PriorAssignment::Used(ACME));
    app.expose_reassigned("grace", PREMIUM);
    assert_eq!(app.known("grace"), PriorAssignment::Used(PREMIUM));
    assert_eq!(app.exposures.lookups(), 0);
}

#[tokio::test]
async fn a_removed_implementation_counts_as_unused() {
    let store = ScriptedStore::default();
    store.memory.assignments().unwrap().assign(STORED_NAME, "ada", "removed").await.expect("assigned");
    let app = App::on(&store);
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    app.expose_reassigned("ada", ACME);
    app.exposures.flush().await.expect("stored");
    assert_eq!(
        store.memory.assignments().unwrap().assigned(STORED_NAME, "ada").await.expect("an answer").as_deref(),
        Some("removed")
    );
}

#[tokio::test]
async fn a_lookup_does_not_wait_for_an_unreachable_store() {
    let app = App::on(&ScriptedStore::default());
    app.set_live(false);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    assert_eq!(
        app.exposures.prior_assignment(&experiment(2), &"ada".into(), WaitPolicy::Wait),
        PriorAssignment::Unknown
    );
    assert_eq!(app.exposures.lookups(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_lookup_ends_when_the_store_becomes_unreachable_or_takes_too_long() {
    let app = App::on(&ScriptedStore::default());
    *app.store.script.delay.lock().expect("not poisoned") = Duration::from_secs(3_600);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    let asked = tokio::spawn(app.exposures.prior_assignment_async(&experiment(2), &"grace".into()));
    tokio::time::sleep(Duration::from_millis(10)).await;
    app.set_live(false);
    assert_eq!(asked.await.expect("no panic"), PriorAssignment::Unknown);
    assert_eq!(app.exposures.lookups(), 2);
}

#[tokio::test]
async fn a_failed_lookup_is_tried_again() {
    let app = App::on(&ScriptedStore::default());
    app.store.script.failing_lookups.store(1, SeqCst);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
}

#[tokio::test(start_paused = true)]
async fn a_provisional_use_during_an_outage_is_looked_up_afterwards() {
    let app = App::on(&ScriptedStore::default());
    app.expose("ada", ACME);
    app.exposures.flush().await.expect("stored");
    app.set_live(false);
    for unit in ["ada", "grace"] {
        app.expose_reassigned(unit, PREMIUM);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(app.used(unit).await, PriorAssignment::Used(PREMIUM), "{unit} keeps it during the outage");
        assert_eq!(app.known(unit), PriorAssignment::Used(PREMIUM), "{unit} keeps it during the outage");
    }
    app.set_live(true);
    assert_eq!(app.known("ada"), PriorAssignment::Unknown, "it is to be looked up");
    assert_eq!(app.used("ada").await, PriorAssignment::Used(ACME));
    assert_eq!(app.used("grace").await, PriorAssignment::Used(PREMIUM), "its first use");
    assert_eq!((app.known("ada"), app.known("grace")), (PriorAssignment::Used(ACME), PriorAssignment::Used(PREMIUM)));
}

#[tokio::test(start_paused = true)]
async fn a_unit_with_a_provisional_use_is_looked_up_every_five_seconds_at_most() {
    let app = App::on(&ScriptedStore::default());
    app.expose("ada", ACME);
    app.exposures.flush().await.expect("stored");
    app.expose_reassigned("ada", PREMIUM);
    app.store.script.failing_lookups.store(1, SeqCst);
    for (seconds, prior, lookups) in [(0, PREMIUM, 0), (6, PREMIUM, 1), (1, PREMIUM, 1), (5, ACME, 2), (60, ACME, 2)] {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        assert_eq!((app.used("ada").await, app.exposures.lookups()), (PriorAssignment::Used(prior), lookups));
    }
}

/// Runs a test on a thread other than the app's.
fn outside_of_the_app(settings: Settings, test: impl FnOnce(&App)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let app = runtime.block_on(async { App::start(ScriptedStore::default(), settings) });
    test(&app);
    runtime.shutdown_background();
}

fn look_up_blocking(app: &App, unit: &str) -> PriorAssignment {
    app.exposures.prior_assignment(&experiment(2), &unit.into(), WaitPolicy::Wait)
}

#[test]
fn a_blocking_lookup_waits_for_the_answer() {
    let settings = Settings { lookup_timeout: Duration::from_secs(3_600), ..Settings::default() };
    outside_of_the_app(settings, |app| {
        app.expose("ada", PREMIUM);
        assert_eq!(look_up_blocking(app, "ada"), PriorAssignment::Used(PREMIUM));
        assert_eq!(look_up_blocking(app, "grace"), PriorAssignment::Unused);
    });
}

#[test]
fn a_blocking_lookup_times_out_and_the_late_answer_is_cached() {
    outside_of_the_app(Settings { lookup_timeout: Duration::from_millis(1), ..Settings::default() }, |app| {
        *app.store.script.delay.lock().expect("not poisoned") = Duration::from_millis(300);
        assert_eq!(look_up_blocking(app, "ada"), PriorAssignment::Unknown);
        let start = Instant::now();
        while app.known("ada") == PriorAssignment::Unknown {
            assert!(start.elapsed() < Duration::from_secs(20), "the late answer is lost");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!((app.known("ada"), app.exposures.lookups()), (PriorAssignment::Unused, 1));
    });
}

#[tokio::test]
async fn the_background_thread_does_not_wait_for_itself() {
    // The test and the background tasks run on one thread; waiting would take an hour.
    let app = App::start(
        ScriptedStore::default(),
        Settings { lookup_timeout: Duration::from_secs(3_600), ..Settings::default() },
    );
    tokio::task::yield_now().await;
    assert_eq!(look_up_blocking(&app, "ada"), PriorAssignment::Unknown);
}
