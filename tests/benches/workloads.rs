//! The workloads of benchmarks and of the test that counts allocations: one feature each, on the process-wide app.

use std::time::Duration;

use feats::App;
use feats::edit::{experiment, rollout};

const TEN_YEARS: Duration = Duration::from_secs(3_650 * 86_400);

/// The subject.
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

/// The id of the user.
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
            /// The first implementation.
            #[default]
            fn one(user: &User) -> u64 {
                default(user)
            }
            /// The second implementation.
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
    /// Has a rule by country with a rollout of 5% by id.
    Canary
    /// Has a rule that lists 10 000 ids.
    Listed
    /// Has an experiment by id.
    Halves
    /// Has an override for one id.
    Overridden
    /// Has a rule with a regular expression.
    Patterned
    /// Has ten rules, of which the last one matches.
    TenRules
    /// Has a pin, and a rule without effect.
    Pinned
    /// Has a rule by country with a rollout that grows until the end of 2035.
    Ramped
}

/// Does the work of the default implementation of every workload.
#[inline]
pub fn default(user: &User) -> u64 {
    user.id + 1
}

/// Returns a user whom every rule matches.
pub fn canadian() -> User {
    User { id: 42, country: "CA".to_owned() }
}

/// Returns a user whom no rule matches.
pub fn stranger() -> User {
    User { id: 20_000_000, country: "NZ".to_owned() }
}

/// Starts the process-wide app and publishes the states. Seeds are fixed: every run assigns the same slots.
pub async fn start() -> feats::Result<App> {
    let app = App::builder().start().await?;
    app.feature::<OtherwiseOnly>().edit().otherwise(OtherwiseOnly::Two).publish().await?;
    app.feature::<ByCountry>().edit().rule("Canada", Country::is("CA"), ByCountry::Two).publish().await?;
    let canary = rollout(UserId, [(Canary::Two, 5.0), (Canary::One, 95.0)]).seed("canary");
    app.feature::<Canary>().edit().rule("canary", Country::is("CA"), canary).publish().await?;
    app.feature::<Listed>().edit().rule("ids", UserId::is_in(0..10_000_u64), Listed::Two).publish().await?;
    let halves = experiment(UserId, [(Halves::One, 50.0), (Halves::Two, 50.0)]).seed("halves");
    app.feature::<Halves>().edit().otherwise(halves).publish().await?;
    app.feature::<Overridden>().edit().override_for(UserId, [canadian().id], Overridden::Two).publish().await?;
    let pattern = Country::matches("^(C[A-H]|U[SK])$");
    app.feature::<Patterned>().edit().rule("pattern", pattern, Patterned::Two).publish().await?;
    let ten_rules = app.feature::<TenRules>().edit();
    let ten_rules = (0..9).fold(ten_rules, |edit, index| {
        let condition = Country::is_in(["US", "MX"]).and(UserId::gte(index)).or(UserId::is(1_000 + index));
        edit.rule(format!("rule {index}"), condition, TenRules::One)
    });
    let last = Country::is("CA").and(UserId::lt(1_000));
    ten_rules.rule("the last", last, TenRules::Two).publish().await?;
    app.feature::<Pinned>().edit().rule("Canada", Country::is("CA"), Pinned::One).publish().await?;
    app.feature::<Pinned>().pin(Pinned::Two).publish().await?;
    let ramped = rollout(UserId, [(Ramped::Two, 100.0)]).ramp_from([(Ramped::One, 100.0)]).seed("ramped");
    let ramped = ramped.starts_at("2026-01-01T00:00:00Z".parse().expect("a time")).ramp_over(TEN_YEARS);
    app.feature::<Ramped>().edit().rule("ramp", Country::is("CA"), ramped).publish().await?;
    Ok(app)
}
