//! What a unit used before: who asks the store, how often, and how long that is waited for.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use feats_core::__private::PriorAssignment;

use super::fixture::{ACME, App, PREMIUM, STORED, Scripted, experiment};
use crate::exposure::Settings;
use crate::runtime::{History, WaitPolicy};
use crate::store::Store;

#[tokio::test]
async fn the_store_is_asked_once_for_each_unit() {
    let store = Scripted::default();
    store.memory.assignments().unwrap().assign(STORED, "ada", "premium").await.expect("assigned");
    let app = App::on(&store);
    for _ in 0..3 {
        assert_eq!(app.used("ada").await, PriorAssignment::Used(PREMIUM));
        assert_eq!(app.used("grace").await, PriorAssignment::Unused);
    }
    assert_eq!((app.exposures.lookups(), store.script.questions.load(SeqCst)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn that_a_unit_used_nothing_is_asked_again_after_five_seconds() {
    let app = App::on(&Scripted::default());
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    tokio::time::sleep(Duration::from_millis(4_900)).await;
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    assert_eq!(app.exposures.lookups(), 1);
    App::on(&app.store).store.memory.assignments().unwrap().assign(STORED, "ada", "acme").await.expect("assigned");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(app.used("ada").await, PriorAssignment::Used(ACME));
    assert_eq!(app.exposures.lookups(), 2);
}

#[tokio::test(start_paused = true)]
async fn all_who_ask_at_once_share_one_question() {
    let app = App::on(&Scripted::default());
    *app.store.script.delay.lock().expect("not poisoned") = Duration::from_millis(100);
    let many: Vec<_> =
        (0..100).map(|_| tokio::spawn(app.exposures.prior_assignment_async(&experiment(2), &"ada".into()))).collect();
    for one in many {
        assert_eq!(one.await.expect("no panic"), PriorAssignment::Unused);
    }
    assert_eq!(app.exposures.lookups(), 1);
}

#[tokio::test]
async fn what_this_program_saw_is_known_before_it_is_stored() {
    let app = App::on(&Scripted::default());
    app.expose("ada", ACME);
    assert_eq!(app.known("ada"), PriorAssignment::Unknown, "she was not asked about");
    assert_eq!(app.used("ada").await, PriorAssignment::Used(ACME));
    app.expose_reassigned("grace", PREMIUM);
    assert_eq!(app.known("grace"), PriorAssignment::Used(PREMIUM));
    assert_eq!(app.exposures.lookups(), 0);
}

#[tokio::test]
async fn an_implementation_that_is_gone_is_given_to_nobody() {
    let store = Scripted::default();
    store.memory.assignments().unwrap().assign(STORED, "ada", "removed").await.expect("assigned");
    let app = App::on(&store);
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
    app.expose_reassigned("ada", ACME);
    app.exposures.flush().await.expect("stored");
    assert_eq!(
        store.memory.assignments().unwrap().assigned(STORED, "ada").await.expect("an answer").as_deref(),
        Some("removed")
    );
}

#[tokio::test]
async fn nobody_waits_for_a_store_that_is_away() {
    let app = App::on(&Scripted::default());
    app.set_live(false);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    assert_eq!(
        app.exposures.prior_assignment(&experiment(2), &"ada".into(), WaitPolicy::Wait),
        PriorAssignment::Unknown
    );
    assert_eq!(app.exposures.lookups(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_awaits_an_answer_is_told_when_the_store_goes_away_or_takes_too_long() {
    let app = App::on(&Scripted::default());
    *app.store.script.delay.lock().expect("not poisoned") = Duration::from_secs(3_600);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    let asked = tokio::spawn(app.exposures.prior_assignment_async(&experiment(2), &"grace".into()));
    tokio::time::sleep(Duration::from_millis(10)).await;
    app.set_live(false);
    assert_eq!(asked.await.expect("no panic"), PriorAssignment::Unknown);
    assert_eq!(app.exposures.lookups(), 2);
}

#[tokio::test]
async fn a_question_that_fails_is_asked_anew() {
    let app = App::on(&Scripted::default());
    app.store.script.failing_questions.store(1, SeqCst);
    assert_eq!(app.used("ada").await, PriorAssignment::Unknown);
    assert_eq!(app.used("ada").await, PriorAssignment::Unused);
}

/// Runs a test on a thread that is not the one of the app.
fn beside_an_app(settings: Settings, test: impl FnOnce(&App)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let app = runtime.block_on(async { App::start(Scripted::default(), settings) });
    test(&app);
    runtime.shutdown_background();
}

fn ask_and_wait(app: &App, unit: &str) -> PriorAssignment {
    app.exposures.prior_assignment(&experiment(2), &unit.into(), WaitPolicy::Wait)
}

#[test]
fn who_cannot_await_is_blocked_until_the_answer() {
    let settings = Settings { patience: Duration::from_secs(3_600), ..Settings::default() };
    beside_an_app(settings, |app| {
        app.expose("ada", PREMIUM);
        assert_eq!(ask_and_wait(app, "ada"), PriorAssignment::Used(PREMIUM));
        assert_eq!(ask_and_wait(app, "grace"), PriorAssignment::Unused);
    });
}

#[test]
fn who_is_blocked_goes_on_after_a_bounded_time_and_the_late_answer_is_kept() {
    beside_an_app(Settings { patience: Duration::from_millis(1), ..Settings::default() }, |app| {
        *app.store.script.delay.lock().expect("not poisoned") = Duration::from_millis(300);
        assert_eq!(ask_and_wait(app, "ada"), PriorAssignment::Unknown);
        let begun = Instant::now();
        while app.known("ada") == PriorAssignment::Unknown {
            assert!(begun.elapsed() < Duration::from_secs(20), "the late answer is lost");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!((app.known("ada"), app.exposures.lookups()), (PriorAssignment::Unused, 1));
    });
}

#[tokio::test]
async fn the_background_thread_does_not_wait_for_itself() {
    // Here, the test and the background are one thread; waiting would take an hour.
    let app = App::start(Scripted::default(), Settings { patience: Duration::from_secs(3_600), ..Settings::default() });
    tokio::task::yield_now().await;
    assert_eq!(ask_and_wait(&app, "ada"), PriorAssignment::Unknown);
}
