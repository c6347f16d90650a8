//! A feature to experiment on, and apps around it.

use std::time::{Duration, Instant};

use feats::edit::{self, experiment};
use feats::store::Store;
use feats::{App, AppBuilder};

pub struct User {
    pub id: u64,
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

/// How urgent a message can be.
#[feats::feature(kind = experiment)]
pub trait Priorities {
    #[default]
    fn none(_user: &User) -> usize {
        0
    }
    fn two(_user: &User) -> usize {
        2
    }
    fn three(_user: &User) -> usize {
        3
    }
}

/// An app whose interval never ends: what is stored was flushed. Nor does its patience: who waits, waits for an answer.
pub fn describe(store: impl Store) -> AppBuilder {
    let hour = Duration::from_secs(3_600);
    App::builder().store(store).exposure_interval(hour).lookup_timeout(hour).detached()
}

pub async fn app(store: impl Store) -> App {
    describe(store).start().await.expect("an app starts")
}

pub fn allocation(none: f64, two: f64, three: f64) -> edit::Experiment<Priorities, UserId> {
    experiment(UserId, [(Priorities::None, none), (Priorities::Two, two), (Priorities::Three, three)])
}

pub async fn publish(app: &App, experiment: edit::Experiment<Priorities, UserId>) -> u64 {
    let change = app.feature::<Priorities>().edit().otherwise(experiment).author("ada");
    change.publish().await.expect("published").version()
}

/// Every user of a range uses what the app gives.
pub fn create(app: &App, users: std::ops::Range<u64>) -> Vec<usize> {
    app.enter(|| users.map(|id| Priorities::create(&User { id })).collect())
}

/// What the app gives, looked at only.
pub fn find(app: &App, users: std::ops::Range<u64>) -> Vec<Priorities> {
    app.enter(|| users.map(|id| Priorities::find_implementation(&User { id })).collect())
}

/// The same, awaited: whatever the machine is busy with, the answer is not cut short.
pub async fn find_async(app: &App, users: std::ops::Range<u64>) -> Vec<Priorities> {
    let mut found = Vec::new();
    for id in users {
        found.push(app.enter_async(Priorities::find_implementation_async(&User { id })).await);
    }
    found
}

pub async fn until(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
