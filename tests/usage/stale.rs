//! Staleness as an app tells it: by what was counted on which days.

use std::time::Duration;

use feats::store::Memory;
use feats::testing::ManualClock;
use feats::{App, ErrorKind};

use crate::fixture::{Farewell, Greeting, START, User, app_at, greet};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is told of the fixture's features.
async fn stale(app: &App, days: u32) -> Vec<String> {
    let stale = app.stale(days).await.expect("read");
    let ours = stale.iter().filter(|stale| ["Greeting", "Farewell"].contains(&stale.feature.as_str()));
    ours.map(ToString::to_string).collect()
}

/// Lives through days, with what is used on each of them.
async fn live(app: &App, clock: &ManualClock, days: std::ops::RangeInclusive<u32>, used: impl Fn()) {
    for day in days {
        clock.set_elapsed(DAY * day);
        app.enter(&used);
        app.flush().await.expect("stored");
    }
}

#[tokio::test]
async fn a_feature_is_stale_once_enough_whole_days_say_so() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store.clone(), &clock).await;
    assert_eq!(stale(&app, 1).await, [""; 0], "nothing was counted yet");

    live(&app, &clock, 0..=7, || greet(1)).await;
    assert_eq!(stale(&app, 7).await, [""; 0], "the first day was not whole, and today is not");
    let both = ["Farewell: unused for 6 days", "Greeting: only \"one\" for 6 days"];
    assert_eq!(stale(&app, 6).await, both);

    // Another program tells the same, from the store alone.
    assert_eq!(stale(&app_at(store, &clock).await, 6).await, both);

    live(&app, &clock, 8..=8, || {
        Greeting::used_implementation(Greeting::Two, &User { id: 1 });
        Farewell::create(&User { id: 1 });
    })
    .await;
    assert_eq!(stale(&app, 6).await, [""; 0]);
}

#[tokio::test]
async fn days_without_a_program_say_nothing() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store, &clock).await;
    live(&app, &clock, 0..=3, || greet(1)).await;
    live(&app, &clock, 20..=22, || greet(1)).await;
    assert_eq!(stale(&app, 6).await, [""; 0]);
    assert_eq!(stale(&app, 5).await, ["Farewell: unused for 5 days", "Greeting: only \"one\" for 5 days"]);
}

#[tokio::test]
async fn a_feature_whose_state_changed_gives_no_one_answer() {
    let (store, clock) = (Memory::new(), ManualClock::at(START));
    let app = app_at(store, &clock).await;
    live(&app, &clock, 0..=5, || greet(1)).await;
    app.feature::<Greeting>().pin(Greeting::One).publish().await.expect("published");
    live(&app, &clock, 6..=8, || greet(1)).await;
    assert_eq!(stale(&app, 4).await, ["Farewell: unused for 7 days"]);
    assert_eq!(stale(&app, 3).await, ["Farewell: unused for 7 days", "Greeting: only \"one\" for 3 days"]);
}

#[tokio::test]
async fn more_days_than_are_kept_cannot_be_asked_for() {
    let app = app_at(Memory::new(), &ManualClock::at(START)).await;
    for days in [0, 91] {
        assert_eq!(app.stale(days).await.expect_err("refused").kind(), ErrorKind::Invalid);
    }
    assert!(app.stale(90).await.is_ok());
}
