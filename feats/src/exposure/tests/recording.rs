//! On the caller's thread: bounds, drops, and each unit once.

use super::fixture::{ACME, App, PREMIUM, Scripted};
use crate::exposure::{ExposureStats, recorder};

#[tokio::test]
async fn a_unit_is_taken_down_once() {
    let app = App::on(&Scripted::default());
    for _ in 0..3 {
        app.expose("ada", ACME);
        app.expose(42, PREMIUM);
        app.expose("42", PREMIUM);
    }
    assert_eq!(app.exposures.tally(), ExposureStats { recorded: 2, waiting: 2, stored: 0, dropped: 0 });
    app.expose(4.2, ACME);
    assert_eq!(app.exposures.tally().recorded, 2, "a float is no unit");
}

#[tokio::test]
async fn what_does_not_fit_is_dropped_and_counted_and_offered_again() {
    let app = App::on(&Scripted::default());
    // Nothing is awaited, so nothing is gathered.
    let many = recorder::QUEUE + 10;
    (0..many).for_each(|unit| app.expose(unit, ACME));
    let tally = app.exposures.tally();
    assert_eq!((tally.waiting, tally.dropped), (recorder::QUEUE as u64, 10));

    app.exposures.flush().await.expect("stored");
    (recorder::QUEUE..many).for_each(|unit| app.expose(unit, ACME));
    app.exposures.flush().await.expect("stored");
    let tally = app.exposures.tally();
    assert_eq!((tally.stored, tally.waiting, tally.dropped), (many as u64, 0, 10));
}

#[tokio::test]
async fn callers_on_many_threads_lose_nothing() {
    let app = App::on(&Scripted::default());
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
    let app = App::on(&Scripted::default());
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
