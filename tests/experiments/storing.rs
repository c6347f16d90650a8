//! Storage of exposures: at an interval, on flush, at shutdown; sinks; and choices that are never recorded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use feats::exposure::{Exposure, Sink, Tracing};
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, ErrorKind};

use crate::fixture::{Priorities, User, allocation, app, create, describe, find, publish, until};
use crate::restless::{Mood, Restless};

async fn units(app: &App) -> u64 {
    app.feature::<Priorities>().experiment().await.expect("a report").units()
}

#[tokio::test]
async fn uses_are_stored_at_an_interval() {
    let app = describe(Memory::new()).exposure_interval(Duration::from_millis(20)).start().await.expect("started");
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    create(&app, 0..100);
    until("the exposures are stored", || app.status().exposures.stored == 100).await;
    assert_eq!(app.status().exposures.waiting, 0);
    assert_eq!(units(&app).await, 100);
}

#[tokio::test]
async fn choices_without_use_and_overrides_are_not_recorded() {
    let app = app(Memory::new()).await;
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    let user = User { id: 1 };
    find(&app, 0..100);
    app.enter(|| Priorities::explain(&user));
    feats::testing::with(Priorities::Three, || app.enter(|| Priorities::create(&user)));
    app.feature::<Priorities>().pin(Priorities::Two).publish().await.expect("pinned");
    create(&app, 0..100);
    assert_eq!(app.status().exposures.recorded, 0);
}

#[tokio::test]
async fn a_shutdown_stores_what_is_queued() {
    let store = Memory::new();
    let first = app(store.clone()).await;
    publish(&first, allocation(50.0, 50.0, 0.0)).await;
    create(&first, 0..100);
    first.shutdown().await.expect("stopped");
    first.shutdown().await.expect("stopped already");
    assert_eq!(units(&app(store).await).await, 100);
}

#[tokio::test]
async fn a_shutdown_reports_how_many_exposures_were_not_stored() {
    let store = Restless::new();
    let app = app(store.clone()).await;
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    create(&app, 0..100);
    store.set_mood(Mood::Failing);
    let error = app.flush().await.expect_err("the store fails");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "100 exposures are not stored"));
    let error = app.shutdown().await.expect_err("the store fails");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "100 exposures were not stored"));
    assert!(!app.status().is_live(), "the app has stopped nevertheless");
}

#[tokio::test]
async fn an_app_that_is_dropped_stores_what_is_queued() {
    let store = Memory::new();
    let first = app(store.clone()).await;
    publish(&first, allocation(50.0, 50.0, 0.0)).await;
    create(&first, 0..100);
    drop(first);
    let second = app(store).await;
    for _ in 0..1_000 {
        if units(&second).await == 100 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} units are stored, not 100", units(&second).await);
}

#[tokio::test]
async fn queued_exposures_are_stored_once_after_an_outage() {
    let store = Restless::new();
    let app = describe(store.clone()).exposure_interval(Duration::from_millis(20)).start().await.expect("started");
    publish(&app, allocation(50.0, 50.0, 0.0)).await;
    store.set_mood(Mood::Away);
    until("the app reports the outage", || !app.status().is_live()).await;
    create(&app, 0..100);
    assert_eq!(app.status().exposures.waiting, 100);
    store.set_mood(Mood::Well);
    until("the exposures are stored", || app.status().exposures.stored == 100).await;
    app.flush().await.expect("stored");
    assert_eq!(units(&app).await, 100);
}

#[tokio::test]
async fn a_unit_counts_for_its_first_day_across_programs_and_outages() {
    let (store, clock) = (Restless::new(), ManualClock::at("2026-11-30T23:59:59Z"));
    let start = async || describe(store.clone()).clock(clock.clone()).start().await.expect("started");
    let (one, two) = (start().await, start().await);
    let version = publish(&one, allocation(50.0, 50.0, 0.0)).await;
    two.wait_for::<Priorities>(version, Duration::from_secs(20)).await.expect("arrived");
    create(&one, 0..100);
    one.flush().await.expect("stored");
    clock.set_elapsed(Duration::from_secs(1));
    store.set_mood(Mood::Failing);
    create(&one, 100..150);
    create(&two, 50..250);
    one.flush().await.expect_err("the store fails");
    two.flush().await.expect_err("the store fails");
    clock.set_elapsed(Duration::from_secs(2 * 24 * 60 * 60));
    store.set_mood(Mood::Well);
    create(&two, 250..257);
    two.flush().await.expect("stored");
    one.flush().await.expect("stored");

    let report = one.feature::<Priorities>().experiment().await.expect("a report");
    let days: Vec<(String, u64)> =
        report.days.iter().map(|day| (day.date(), day.units.iter().map(|(_, units)| units).sum())).collect();
    let day = |date: &str, units| (date.to_owned(), units);
    assert_eq!(days, [day("2026-11-30", 100), day("2026-12-01", 150), day("2026-12-02", 7)]);
    for (at, arm) in report.arms.iter().enumerate() {
        assert_eq!(report.days.iter().map(|day| day.units[at].1).sum::<u64>(), arm.units, "{}", arm.implementation);
    }
}

#[tokio::test]
async fn sinks_receive_exposures() {
    #[derive(Clone, Default)]
    struct RecordingSink(Arc<Mutex<Vec<Exposure>>>);

    impl Sink for RecordingSink {
        fn record(&self, exposures: &[Exposure]) {
            self.0.lock().expect("not poisoned").extend_from_slice(exposures);
        }
    }

    let kept = RecordingSink::default();
    let app =
        describe(Memory::new()).exposure_sink(kept.clone()).exposure_sink(Tracing).start().await.expect("started");
    let version = publish(&app, allocation(0.0, 100.0, 0.0)).await;
    create(&app, 41..43);
    create(&app, 41..43);
    app.flush().await.expect("stored");
    let mut recorded = kept.0.lock().expect("not poisoned").clone();
    recorded.sort_by(|a, b| a.unit.cmp(&b.unit));
    let report = app.feature::<Priorities>().experiment().await.expect("a report");
    let [first, second] = recorded.as_slice() else { panic!("two units, not {recorded:?}") };
    assert_eq!((&*first.unit, &*second.unit), ("41", "42"));
    assert_eq!((&*first.feature, first.version, &*first.implementation), ("Priorities", version, "two"));
    assert_eq!(*first.experiment, report.experiment);
}
