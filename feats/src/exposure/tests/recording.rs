//! Recording on the caller's thread: limits, drops, and each unit once.

use super::fixture::{ACME, App, PREMIUM, ScriptedStore};
use crate::exposure::{ExposureStats, recorder};

#[tokio::test]
async fn a_unit_is_recorded_once() {
    let app = App::on(&ScriptedStore::default());
    for _ in 0..3 {
        app.expose("ada", ACME);
        app.expose(42, PREMIUM);
        app.expose("42", PREMIUM);
    }
    assert_eq!(app.exposures.stats(), ExposureStats { recorded: 2, waiting: 2, stored: 0, dropped: 0 });
    app.expose(4.2, ACME);
    assert_eq!(app.exposures.stats().recorded, 2, "a float is not a unit");
}

#[tokio::test]
async fn exposures_that_do_not_fit_are_dropped_counted_and_recorded_later() {
    let app = App::on(&ScriptedStore::default());
    // Without an await, the background task does not run.
    let many = recorder::QUEUE_CAPACITY + 10;
    (0..many).for_each(|unit| app.expose(unit, ACME));
    let stats = app.exposures.stats();
    assert_eq!((stats.waiting, stats.dropped), (recorder::QUEUE_CAPACITY as u64, 10));

    app.exposures.flush().await.expect("stored");
    (recorder::QUEUE_CAPACITY..many).for_each(|unit| app.expose(unit, ACME));
    app.exposures.flush().await.expect("stored");
    let stats = app.exposures.stats();
    assert_eq!((stats.stored, stats.waiting, stats.dropped), (many as u64, 0, 10));
}

#[tokio::test]
async fn callers_on_many_threads_lose_nothing() {
    let app = App::on(&ScriptedStore::default());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let app = &app;
            scope.spawn(move || (0..5_000).for_each(|unit| app.expose(unit + thread * 2_500, ACME)));
        }
    });
    app.exposures.flush().await.expect("stored");
    assert_eq!(app.counts().await, [("1/1970-01-01␟acme".to_owned(), 12_500)]);
}

#[tokio::test]
async fn a_unit_of_any_length_is_stored() {
    let app = App::on(&ScriptedStore::default());
    let units = ["".to_owned(), "x".repeat(40), "x".repeat(41), "ß".repeat(200), "x".repeat(10_000), "a\0b".to_owned()];
    for unit in &units {
        app.expose(unit.as_str(), ACME);
    }
    app.exposures.flush().await.expect("stored");
    assert_eq!(app.counts().await, [("1/1970-01-01␟acme".to_owned(), units.len() as i64)]);
    let other = App::on(&app.store);
    for unit in &units {
        assert_eq!(other.used(unit.as_str()).await, feats_core::__private::PriorAssignment::Used(ACME));
    }
}
