//! Features whose uses are counted, and apps around them.

use std::time::Duration;

use feats::store::Store;
use feats::testing::ManualClock;
use feats::{App, AppBuilder, Feature};

/// Where the tests that set the time begin.
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

/// An app whose interval never ends: what is stored was flushed.
pub fn describe(store: impl Store) -> AppBuilder {
    App::builder().store(store).usage_interval(Duration::from_secs(3_600)).detached()
}

/// The same at a time of its own.
pub async fn app_at(store: impl Store, clock: &ManualClock) -> App {
    describe(store).clock(clock.clone()).start().await.expect("an app starts")
}

pub fn greet(users: u64) {
    (0..users).for_each(|id| assert_eq!(Greeting::create(&User { id }), id));
}

/// The uses of the implementations of a feature in the last hour, in the order of the source.
pub async fn counted<F: Feature>(app: &App) -> Vec<u64> {
    app.flush().await.expect("stored");
    let hour = app.last_hour().await.expect("read");
    let series = hour.feature(F::NAME);
    F::ALL.iter().map(|choice| series.map_or(0, |series| series.count(choice.as_ref()))).collect()
}
