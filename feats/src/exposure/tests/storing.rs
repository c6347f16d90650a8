//! Storing on the background thread: batches, the first writer, failures.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use feats_core::__private::PriorAssignment;

use super::fixture::{ACME, App, CollectingSink, PREMIUM, ScriptedStore};
use crate::error::ErrorKind;
use crate::exposure::{Exposure, Settings, Sink};
use crate::model::Timestamp;

fn counted(acme: i64, premium: i64) -> Vec<(String, i64)> {
    vec![("1/1970-01-01␟acme".to_owned(), acme), ("1/1970-01-01␟premium".to_owned(), premium)]
}

#[tokio::test(start_paused = true)]
async fn exposures_are_stored_in_batches_once_per_interval() {
    let app = App::on(&ScriptedStore::default());
    (0..1_500).for_each(|unit| app.expose(unit, if unit < 1_000 { ACME } else { PREMIUM }));
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(app.exposures.stats().stored, 0);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(*app.store.script.batches.lock().expect("not poisoned"), [1_000, 500]);
    assert_eq!(app.counts().await, counted(1_000, 500));
    assert_eq!(app.exposures.stats().waiting, 0);

    tokio::time::sleep(Duration::from_secs(1_000)).await;
    assert_eq!(
        app.store.script.batches.lock().expect("not poisoned").len(),
        2,
        "without exposures the store is not called"
    );
    app.expose(1_500, PREMIUM);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(app.counts().await, counted(1_000, 501));
}

#[tokio::test(start_paused = true)]
async fn many_exposures_do_not_wait_for_the_interval() {
    let settings = Settings { interval: Duration::from_secs(3_600), ..Settings::default() };
    let app = App::start(ScriptedStore::default(), settings);
    (0..20_000).for_each(|unit| app.expose(unit, ACME));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(app.exposures.stats().stored, 20_000);
}

#[tokio::test]
async fn the_first_writer_of_two_programs_wins_and_counts() {
    let store = ScriptedStore::default();
    let (one, two) = (App::on(&store), App::on(&store));
    one.expose_reassigned("ada", ACME);
    two.expose_reassigned("ada", PREMIUM);
    two.expose("grace", PREMIUM);
    assert_eq!((one.known("ada"), two.known("ada")), (PriorAssignment::Used(ACME), PriorAssignment::Used(PREMIUM)));
    one.exposures.flush().await.expect("stored");
    two.exposures.flush().await.expect("stored");
    assert_eq!((one.known("ada"), two.known("ada")), (PriorAssignment::Used(ACME), PriorAssignment::Used(ACME)));
    assert_eq!(two.known("grace"), PriorAssignment::Unknown, "the unit was not looked up");
    assert_eq!(one.counts().await, [("1/1970-01-01␟premium".to_owned(), 1), ("2/1970-01-01␟acme".to_owned(), 1)]);
}

#[tokio::test]
async fn failed_exposures_are_retried_and_counted_once() {
    let app = App::on(&ScriptedStore::default());
    (0..10).for_each(|unit| app.expose(unit, ACME));
    app.store.script.failing_assigns.store(1, SeqCst);
    let error = app.exposures.flush().await.expect_err("the store fails");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "10 exposures are not stored"));
    assert_eq!(app.exposures.stats().waiting, 10);

    app.store.script.failing_counts.store(1, SeqCst);
    app.exposures.flush().await.expect_err("the counters fail");
    assert_eq!((app.exposures.stats().stored, app.counts().await), (10, Vec::new()));
    app.exposures.flush().await.expect("stored");
    app.exposures.flush().await.expect("nothing to do");
    assert_eq!(app.counts().await, [("1/1970-01-01␟acme".to_owned(), 10)]);
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_unreachable_exposures_wait_and_it_is_not_called() {
    let app = App::on(&ScriptedStore::default());
    app.set_live(false);
    (0..10).for_each(|unit| app.expose(unit, ACME));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((app.exposures.stats().waiting, app.store.script.batches.lock().expect("not poisoned").len()), (10, 0));
    app.set_live(true);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(app.counts().await, [("1/1970-01-01␟acme".to_owned(), 10)]);
}

#[tokio::test]
async fn a_unit_is_counted_once_on_the_day_of_its_use() {
    let store = ScriptedStore::default();
    let (one, two) = (App::on(&store), App::on(&store));
    let days = ["2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z", "2026-12-05T09:00:00Z"];
    for (time, first) in days.into_iter().zip([0, 100, 200]) {
        for (app, own) in [(&one, first + 1), (&two, first + 3)] {
            app.clock.set(time);
            // Both programs see the first unit of the day, each of them two more.
            [first, own, own + 1].into_iter().for_each(|unit| app.expose(unit, ACME));
            app.exposures.gather();
        }
    }
    one.store.script.failing_assigns.store(1, SeqCst);
    one.exposures.flush().await.expect_err("the store fails");
    two.store.script.failing_counts.store(1, SeqCst);
    two.exposures.flush().await.expect_err("the counters fail");
    one.clock.set("2026-12-24T18:00:00Z");
    for app in [&one, &two, &one] {
        app.exposures.flush().await.expect("stored");
    }
    let counted = |day: &str| (format!("1/{day}␟acme"), 5);
    assert_eq!(one.counts().await, ["2026-11-30", "2026-12-01", "2026-12-05"].map(counted));
}

#[tokio::test]
async fn in_a_new_epoch_every_unit_is_stored_again() {
    let app = App::on(&ScriptedStore::default());
    let use_again = async || {
        app.expose("ada", ACME);
        app.expose_reassigned("grace", PREMIUM);
        app.exposures.flush().await.expect("stored");
        app.exposures.stats().stored
    };
    assert_eq!((use_again().await, use_again().await), (2, 2));
    app.health.set_epoch("second".to_owned());
    tokio::task::yield_now().await;
    assert_eq!((use_again().await, use_again().await), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_is_called_less_and_less_often() {
    let app = App::on(&ScriptedStore::default());
    app.store.script.failing_assigns.store(usize::MAX, SeqCst);
    app.expose("ada", ACME);
    tokio::time::sleep(Duration::from_secs(600)).await;
    let tries = app.store.script.batches.lock().expect("not poisoned").len();
    assert!((10..40).contains(&tries), "{tries} tries in ten minutes");
}

#[tokio::test]
async fn sinks_receive_each_unit_once_and_a_panic_affects_no_other_sink() {
    struct PanickingSink;
    impl Sink for PanickingSink {
        fn record(&self, _: &[Exposure]) {
            panic!("a sink of a test");
        }
    }
    let (store, kept) = (ScriptedStore::default(), CollectingSink::default());
    let sinks: Vec<std::sync::Arc<dyn Sink>> =
        vec![std::sync::Arc::new(PanickingSink), std::sync::Arc::new(kept.clone())];
    let settings = Settings { sinks, ..Settings::default() };
    let (one, two) = (App::start(store.clone(), settings.clone()), App::start(store, settings));
    for app in [&one, &two] {
        app.expose(42, PREMIUM);
        app.exposures.flush().await.expect("stored");
    }
    let expected = Exposure {
        feature: "Payments".into(),
        version: 1,
        experiment: "seed".into(),
        unit: "42".into(),
        implementation: "premium".into(),
        time: Timestamp::from_millis(1),
    };
    assert_eq!(*kept.0.lock().expect("not poisoned"), [expected]);
    assert!(!one.background.is_finished());
}
