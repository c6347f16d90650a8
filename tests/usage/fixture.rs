//! Features whose uses are counted, and apps that use them.

use std::time::Duration;

use feats::store::Store;
use feats::testing::ManualClock;
use feats::{App, AppBuilder, Feature};

/// The initial time of tests with a manual clock.
pub const START: &str = "2026-12-01T09:30:20Z";

pub struct User {
    pub id: u64,
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

macro_rules! features {
    ($($name:ident)*) => {$(
        #[feats::feature]
        pub trait $name {
            #[default]
            fn one(user: &User) -> u64 {
                user.id
            }
            fn two(user: &User) -> u64 {
                user.id + 1
            }
        }
    )*};
}

features! { Greeting Farewell }

#[feats::boolean]
pub fn Polite() -> bool {
    false
}

/// Returns the builder of an app that stores counts only on `flush`.
pub fn describe(store: impl Store) -> AppBuilder {
    App::builder().store(store).usage_interval(Duration::from_secs(3_600)).detached()
}

/// Starts such an app with a manual clock.
pub async fn app_at(store: impl Store, clock: &ManualClock) -> App {
    describe(store).clock(clock.clone()).start().await.expect("an app starts")
}

pub fn greet(users: u64) {
    (0..users).for_each(|id| assert_eq!(Greeting::create(&User { id }), id));
}

/// Returns the uses of each implementation in the last hour, in the order of declaration.
pub async fn counted<F: Feature>(app: &App) -> Vec<u64> {
    app.flush().await.expect("stored");
    let hour = app.last_hour().await.expect("read");
    let series = hour.feature(F::NAME);
    F::ALL.iter().map(|choice| series.map_or(0, |series| series.count(choice.as_ref()))).collect()
}
