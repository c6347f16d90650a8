//! Storage of counts: by minute and hour, during outages, and at shutdown.

use std::time::Duration;

use feats::App;
use feats::store::{Memory, Redis, Sqlite, Store};
use feats::testing::ManualClock;

use crate::fixture::{Greeting, START, User, app_at, counted, describe, greet};
use crate::restless::{Mood, Restless};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn uses_are_counted_by_minute_and_by_hour() {
    let directory = tempfile::tempdir().expect("a directory");
    let sqlite = Sqlite::open(directory.path().join("feats.db")).expect("a path");
    assert_counts_by_minute_and_hour(Memory::new()).await;
    assert_counts_by_minute_and_hour(sqlite).await;
}

#[tokio::test]
async fn counts_in_redis_expire() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::start();
    assert_counts_by_minute_and_hour(Redis::open(server.url()).expect("a URL")).await;
    for (key, days) in [("minute:2026-12-01T09%3A30%3A00Z", 1), ("hour:2026-12-01T09%3A00%3A00Z", 90)] {
        let left: i64 = server.command(&["TTL", &format!("{{feats}}:counts:uses_by_{key}")]);
        let day = 24 * 60 * 60;
        assert!((days * day - 60..=days * day + 60 * 60).contains(&left), "{key} expires after {left} s");
    }
}

async fn assert_counts_by_minute_and_hour(store: impl Store) {
    let clock = ManualClock::at(START);
    let app = app_at(store, &clock).await;
    for (after, users) in [(0, 1), (5, 20), (40, 300), (70, 4_000)] {
        clock.set_elapsed(MINUTE * after);
        app.enter(|| greet(users));
        app.flush().await.expect("stored");
    }
    let hour = app.last_hour().await.expect("read");
    let last = hour.feature("Greeting").expect("used");
    assert_eq!((last.start().to_string().as_str(), last.step()), ("2026-12-01T09:41:00Z", MINUTE));
    let totals = last.totals();
    assert_eq!((totals.len(), totals[29], totals[59], last.total()), (60, 300, 4_000, 4_300));
    assert_eq!(hour.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["Greeting"]);

    let greeting = app.feature::<Greeting>();
    let day = greeting.uses_by_minute().await.expect("read");
    assert_eq!((day.start().to_string().as_str(), day.step()), ("2026-11-30T10:41:00Z", MINUTE));
    let totals = day.totals();
    let at = [1_369, 1_374, 1_409, 1_439].map(|minute| totals[minute]);
    assert_eq!((totals.len(), at, day.total()), (1_440, [1, 20, 300, 4_000], 4_321));
    assert_eq!(day.implementations().map(|(name, _)| name).collect::<Vec<_>>(), ["one", "two"]);

    let quarter = greeting.uses_by_hour().await.expect("read");
    assert_eq!(quarter.start().to_string(), "2026-09-02T11:00:00Z");
    let totals = quarter.totals();
    assert_eq!((totals.len(), &totals[2_157..]), (2_160, &[0, 21, 4_300][..]));
    assert_eq!((quarter.count("one"), quarter.count("two"), quarter.count("three")), (4_321, 0, 0));
}

#[tokio::test]
async fn counts_of_programs_add_up_even_in_a_minute_that_was_read() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let (here, there) = (app_at(store.clone(), &clock).await, app_at(store, &clock).await);
    here.enter(|| greet(3));
    assert_eq!(counted::<Greeting>(&here).await, [3, 0]);
    there.enter(|| greet(4));
    assert_eq!(counted::<Greeting>(&there).await, [7, 0]);
    assert_eq!(counted::<Greeting>(&here).await, [7, 0]);
}

#[tokio::test]
async fn counts_of_an_outage_are_stored_once() {
    let (store, clock) = (Restless::new(), ManualClock::at(START));
    let app = app_at(store.clone(), &clock).await;
    app.enter(|| greet(1));
    app.flush().await.expect("stored");
    store.set_mood(Mood::Failing);
    for after in 1..=3 {
        clock.set_elapsed(MINUTE * after);
        app.enter(|| greet(10));
        app.flush().await.expect_err("the store fails");
    }
    store.set_mood(Mood::Well);
    for _ in 0..2 {
        app.flush().await.expect("stored");
        let hour = app.last_hour().await.expect("read");
        let totals = hour.feature("Greeting").expect("used").totals();
        assert_eq!(totals[56..], [1, 10, 10, 10]);
    }
    assert_eq!(app.feature::<Greeting>().uses_by_hour().await.expect("read").total(), 31);
}

#[tokio::test]
async fn uses_are_stored_at_an_interval_and_at_the_end() {
    let store = Memory::new();
    let read = describe(store.clone()).start().await.expect("an app starts");
    let total = || async { counted::<Greeting>(&read).await[0] };
    let reaches = |expected| async move {
        let begun = std::time::Instant::now();
        while total().await != expected {
            assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let busy = App::builder().store(store.clone()).usage_interval(Duration::from_millis(10)).detached();
    let busy = busy.start().await.expect("an app starts");
    busy.enter(|| greet(5));
    reaches(5).await;

    let ended = describe(store.clone()).start().await.expect("an app starts");
    ended.enter(|| greet(2));
    ended.shutdown().await.expect("stored");
    assert_eq!(total().await, 7);
    ended.enter(|| greet(100));
    ended.shutdown().await.expect("nothing is left to store");

    let dropped = describe(store).start().await.expect("an app starts");
    dropped.enter(|| greet(4));
    drop(dropped);
    reaches(11).await;
}

#[tokio::test]
async fn a_shutdown_without_the_store_reports_lost_counts() {
    let store = Restless::new();
    let idle = describe(store.clone()).start().await.expect("an app starts");
    let used = describe(store.clone()).start().await.expect("an app starts");
    used.enter(|| greet(1));
    store.set_mood(Mood::Failing);
    idle.shutdown().await.expect("there is nothing to store");
    used.shutdown().await.expect_err("the store fails");
}

#[tokio::test]
async fn a_thread_keeps_counting_after_other_apps_are_dropped() {
    let kept = describe(Memory::new()).start().await.expect("an app starts");
    kept.enter(|| greet(1));
    for _ in 0..20 {
        let other = describe(Memory::new()).start().await.expect("an app starts");
        other.enter(|| Greeting::create(&User { id: 1 }));
        assert_eq!(counted::<Greeting>(&other).await, [1, 0]);
        kept.enter(|| greet(1));
    }
    assert_eq!(counted::<Greeting>(&kept).await, [21, 0]);
}
