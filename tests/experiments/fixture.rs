//! A feature with an experiment, and apps that use it.

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

/// The number of priorities that a message can have.
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

/// Returns the builder of an app that stores exposures only on `flush`, and waits for look-ups without a practical limit.
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

/// Uses the feature for every user of a range, and returns the results.
pub fn create(app: &App, users: std::ops::Range<u64>) -> Vec<usize> {
    app.enter(|| users.map(|id| Priorities::create(&User { id })).collect())
}

/// Returns the implementations for a range of users, without recording uses.
pub fn find(app: &App, users: std::ops::Range<u64>) -> Vec<Priorities> {
    app.enter(|| users.map(|id| Priorities::find_implementation(&User { id })).collect())
}

/// Like [`find`], but awaits, so that a busy machine cannot cause a timeout.
pub async fn find_async(app: &App, users: std::ops::Range<u64>) -> Vec<Priorities> {
    let mut found = Vec::new();
    for id in users {
        found.push(app.enter_async(Priorities::find_implementation_async(&User { id })).await);
    }
    found
}

pub async fn until(what: &str, is_reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
