//! Features of feats that are declared in code, and decide by the user itself.

use feats::App;
use feats::edit::rollout;

use crate::measure::{Engine, repeat};
use crate::users::{COUNTRY, USERS, User, listed_ids, users};
use crate::workload::Workload;

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

macro_rules! booleans {
    ($($name:ident)*) => {$(
        #[feats::boolean]
        fn $name(_user: &User) -> bool {
            false
        }
    )*};
}

booleans! { Enabled Equality Canary Listed }

/// Publishes the states on the process-wide app, and returns the engine.
///
/// # Errors
/// Publishing fails.
pub async fn engine(app: &App) -> feats::Result<Engine> {
    app.feature::<Enabled>().edit().otherwise(Enabled::Enabled).publish().await?;
    app.feature::<Equality>().edit().rule("Canada", Country::is(COUNTRY), Equality::Enabled).publish().await?;
    let canary = rollout(UserId, [(Canary::Enabled, 5.0), (Canary::Disabled, 95.0)]);
    app.feature::<Canary>().edit().rule("canary", Country::is(COUNTRY), canary).publish().await?;
    app.feature::<Listed>().edit().rule("ids", UserId::is_in(listed_ids()), Listed::Enabled).publish().await?;
    let workloads = [
        (Workload::Enabled, Enabled::is_enabled as fn(&User) -> bool, false),
        (Workload::Equality, Equality::is_enabled, false),
        (Workload::Rollout, Canary::is_enabled, false),
        (Workload::Listed, Listed::is_enabled, true),
        (Workload::NotListed, Listed::is_enabled, false),
    ];
    let workloads = workloads.map(|(workload, decide, listed)| {
        let users = users(listed);
        (workload, repeat(move |index| decide(&users[index % USERS])))
    });
    Ok(Engine { name: "feats, typed", workloads: workloads.into() })
}
