//! Stale features, determined from the counts of each day.

use std::time::Duration;

use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, ErrorKind, attributes};

use crate::fixture::{Farewell, Greeting, START, User, app_at, greet};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns descriptions of the stale features.
async fn stale(app: &App, days: u32) -> Vec<String> {
    let stale = app.stale(days).await.expect("read");
    let ours = stale.iter().filter(|stale| ["Greeting", "Farewell"].contains(&stale.feature.as_str()));
    ours.map(ToString::to_string).collect()
}

/// Simulates days, with the given uses on each.
async fn simulate_days(app: &App, clock: &ManualClock, days: std::ops::RangeInclusive<u32>, used: impl Fn()) {
    for day in days {
        clock.set_elapsed(DAY * day);
        app.enter(&used);
        app.flush().await.expect("stored");
    }
}

#[tokio::test]
async fn a_feature_is_stale_after_enough_whole_days() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store.clone(), &clock).await;
    assert_eq!(stale(&app, 1).await, [""; 0], "no counts yet");

    simulate_days(&app, &clock, 0..=7, || greet(1)).await;
    assert_eq!(stale(&app, 7).await, [""; 0], "the first day and today are incomplete");
    let both = ["Farewell: unused for 6 days", "Greeting: only \"one\" for 6 days"];
    assert_eq!(stale(&app, 6).await, both);

    // Another program returns the same, from the store.
    assert_eq!(stale(&app_at(store, &clock).await, 6).await, both);

    simulate_days(&app, &clock, 8..=8, || {
        Greeting::used_implementation(Greeting::Two, &User { id: 1 });
        Farewell::create(&User { id: 1 });
    })
    .await;
    assert_eq!(stale(&app, 6).await, [""; 0]);
}

#[tokio::test]
async fn a_flag_is_stale_like_a_feature_also_if_it_was_never_used() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store, &clock).await;
    let flags = app.flags();
    for name in ["USED", "UNUSED", "GONE"] {
        flags.create(name).enabled().await.expect("created");
    }
    simulate_days(&app, &clock, 0..=7, || assert!(flags.is_enabled("USED", &attributes! {}))).await;
    flags.get("GONE").destroy().await.expect("destroyed");
    let stale = app.stale(6).await.expect("read");
    let flags = stale.iter().filter(|stale| stale.feature.contains("USED") || stale.feature == "GONE");
    let expected = ["UNUSED: unused for 6 days", "USED: only \"enabled\" for 6 days"];
    assert_eq!(flags.map(ToString::to_string).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn days_without_a_program_do_not_count() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store, &clock).await;
    simulate_days(&app, &clock, 0..=3, || greet(1)).await;
    simulate_days(&app, &clock, 20..=22, || greet(1)).await;
    assert_eq!(stale(&app, 6).await, [""; 0]);
    assert_eq!(stale(&app, 5).await, ["Farewell: unused for 5 days", "Greeting: only \"one\" for 5 days"]);
}

#[tokio::test]
async fn a_state_change_restarts_the_days_of_a_single_implementation() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store, &clock).await;
    simulate_days(&app, &clock, 0..=5, || greet(1)).await;
    app.feature::<Greeting>().pin(Greeting::One).publish().await.expect("published");
    simulate_days(&app, &clock, 6..=8, || greet(1)).await;
    assert_eq!(stale(&app, 4).await, ["Farewell: unused for 7 days"]);
    assert_eq!(stale(&app, 3).await, ["Farewell: unused for 7 days", "Greeting: only \"one\" for 3 days"]);
}

#[tokio::test]
async fn more_days_than_are_stored_are_refused() {
    let app = app_at(Memory::new(), &ManualClock::at(START)).await;
    for days in [0, 91] {
        assert_eq!(app.stale(days).await.expect_err("refused").kind(), ErrorKind::Invalid);
    }
    assert!(app.stale(90).await.is_ok());
}
