//! The flags of benchmarks and of the test that counts allocations, with the decisions that ask for them.

use feats::flags::{Condition, Flags};
use feats::model::{self, Operator, Rollout};
use feats::{Attributes, attributes};

use crate::workloads::User;

/// An enabled flag without a rule.
pub const ENABLED: &str = "flag-enabled";
/// A flag that checks the country.
pub const EQUALITY: &str = "flag-equality";
/// A flag with a rule by country, which enables it for 5% of the users.
pub const CANARY: &str = "flag-canary";
/// A flag that lists 10 000 ids.
pub const LISTED: &str = "flag-listed";
/// A flag for 5% of pairs of a country and a user.
pub const PAIRS: &str = "flag-pairs";
/// A name without a flag.
pub const MISSING: &str = "flag-missing";

/// Creates the flags. Seeds are fixed: every run assigns the same slots.
pub async fn create(flags: &Flags) -> feats::Result<()> {
    flags.create(ENABLED).enabled().await?;
    flags.create(EQUALITY).enabled().condition(Condition::new().check("country", "CA")).await?;
    let canary = flags.create(CANARY).enabled().await?.edit()?;
    let canada = model::Condition::segment("country", Operator::Eq("CA".into()));
    canary.rule("canary", canada, five_percent(["user_id"])).otherwise("disabled").publish().await?;
    let ids: Vec<u64> = (0..10_000).collect();
    flags.create(LISTED).enabled().condition(Condition::new().check("user_id__in", ids)).await?;
    let pairs = flags.create(PAIRS).enabled().await?.edit()?;
    pairs.otherwise(five_percent(["country", "user_id"])).publish().await?;
    Ok(())
}

fn five_percent<const N: usize>(by: [&str; N]) -> Rollout {
    let mut rollout = Rollout::new(by, [("enabled", 5.0), ("disabled", 95.0)]);
    rollout.seed = Some("five percent".to_owned());
    rollout
}

/// Returns the attributes of a user, as a handler of requests builds them. They borrow its texts.
#[inline(never)]
pub fn attributes_of(user: &User) -> Attributes<'_> {
    attributes! { "user_id" => user.id, "country" => &user.country, "plan" => "professional", "is_admin" => false }
}
