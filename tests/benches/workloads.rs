//! The workloads of the benchmarks and of the test that counts allocations: one feature each, on one process-wide app.

use feats::App;
use feats::edit::{experiment, rollout};

/// The subject: what a program has at hand.
pub struct User {
    pub id: u64,
    pub country: String,
}

/// ISO 3166-1 alpha-2 country code.
#[feats::segment]
pub trait Country {
    fn user(user: &User) -> &str {
        &user.country
    }
}

/// Who asks.
#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

macro_rules! workloads {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[feats::feature]
        pub trait $name {
            /// One.
            #[default]
            fn one(user: &User) -> u64 {
                default(user)
            }
            /// Another one.
            fn two(user: &User) -> u64 {
                user.id + 2
            }
        }
    )*};
}

workloads! {
    /// Never has a state.
    Stateless
    /// Has `otherwise` and no rule.
    OtherwiseOnly
    /// Has one equality rule.
    ByCountry
    /// Has a rule by country with a rollout of 5 % by id.
    Canary
    /// Has a rule that lists 10 000 ids.
    Listed
    /// Has an experiment by id.
    Halves
}

/// What the default implementation of every workload does.
#[inline]
pub fn default(user: &User) -> u64 {
    user.id + 1
}

/// A user whom every rule is for.
pub fn canadian() -> User {
    User { id: 42, country: "CA".to_owned() }
}

/// A user whom no rule is for.
pub fn stranger() -> User {
    User { id: 20_000_000, country: "NZ".to_owned() }
}

/// Starts the process-wide app and publishes the states.
pub async fn start() -> feats::Result<App> {
    let app = App::builder().start().await?;
    app.feature::<OtherwiseOnly>().edit().otherwise(OtherwiseOnly::Two).publish().await?;
    app.feature::<ByCountry>().edit().rule("Canada", Country::is("CA"), ByCountry::Two).publish().await?;
    let canary = rollout(UserId, [(Canary::Two, 5.0), (Canary::One, 95.0)]);
    app.feature::<Canary>().edit().rule("canary", Country::is("CA"), canary).publish().await?;
    app.feature::<Listed>().edit().rule("ids", UserId::is_in(0..10_000_u64), Listed::Two).publish().await?;
    let halves = experiment(UserId, [(Halves::One, 50.0), (Halves::Two, 50.0)]);
    app.feature::<Halves>().edit().otherwise(halves).publish().await?;
    Ok(app)
}
