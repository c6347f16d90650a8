//! Flags of feats: looked up by name in each decision, or once.

use feats::flags::{Condition, Flag, Flags};
use feats::model::{self, Operator, Rollout};
use feats::{Attributes, attributes};

use crate::measure::{Engine, Repeat, repeat};
use crate::users::{COUNTRY, USERS, User, listed_ids, random_flags, users};
use crate::workload::{FLAGS, Workload, flag_name};

/// Decides for the flag at an index.
trait Decide: Clone + 'static {
    fn is_enabled(&self, index: usize, attributes: &Attributes<'_>) -> bool;
}

/// Decisions by name.
#[derive(Clone)]
struct ByName(Flags, Vec<String>);

/// Decisions by handles.
#[derive(Clone)]
struct ByHandle(Vec<Flag>);

impl Decide for ByName {
    fn is_enabled(&self, index: usize, attributes: &Attributes<'_>) -> bool {
        self.0.is_enabled(&self.1[index], attributes)
    }
}

impl Decide for ByHandle {
    fn is_enabled(&self, index: usize, attributes: &Attributes<'_>) -> bool {
        self.0[index].is_enabled(attributes)
    }
}

/// Creates the flags, and returns the engines that decide by name and by handle.
///
/// # Errors
/// Creating a flag fails.
pub async fn engines(flags: &Flags) -> feats::Result<[Engine; 2]> {
    flags.create("enabled").enabled().await?;
    flags.create("equality").enabled().condition(Condition::new().check("country", COUNTRY)).await?;
    let percent = [("enabled", 5.0), ("disabled", 95.0)];
    let canary = flags.create("canary").enabled().await?.edit()?.rule(
        "canary",
        country(COUNTRY),
        Rollout::new("user_id", percent),
    );
    canary.otherwise("disabled").publish().await?;
    flags.create("listed").enabled().condition(Condition::new().check("user_id__in", listed_ids())).await?;
    for index in 0..FLAGS {
        flags.create(flag_name(index)).enabled().await?;
    }
    let many_with_rules = |index| format!("{}-with-rules", flag_name(index));
    for index in 0..FLAGS {
        three_rules(flags, &many_with_rules(index)).await?;
    }
    let by_name = |names: Vec<String>| ByName(flags.clone(), names);
    let by_handle = |names: Vec<String>| ByHandle(names.iter().map(|name| flags.get(name)).collect());
    let one = |name: &str| vec![name.to_owned()];
    let (many, many_with_rules): (Vec<_>, Vec<_>) =
        (0..FLAGS).map(|index| (flag_name(index), many_with_rules(index))).unzip();
    Ok([
        Engine {
            name: "feats, by name",
            workloads: workloads(|name| by_name(one(name)), by_name(many.clone()), by_name(many_with_rules.clone())),
        },
        Engine {
            name: "feats, by handle",
            workloads: workloads(|name| by_handle(one(name)), by_handle(many), by_handle(many_with_rules)),
        },
    ])
}

/// Creates a flag with three rules: an equality, a list and a rollout.
///
/// # Errors
/// Creating the flag fails.
pub async fn three_rules(flags: &Flags, name: &str) -> feats::Result<()> {
    let alps = model::Condition::segment("country", Operator::In(["AT", "CH", "LI"].map(Into::into).to_vec()));
    let percent = [("enabled", 5.0), ("disabled", 95.0)];
    let edit = flags.create(name).enabled().await?.edit()?;
    let edit = edit.rule("Canada", country(COUNTRY), "enabled").rule("Alps", alps, "enabled");
    edit.rule("canary", country("US"), Rollout::new("user_id", percent)).otherwise("disabled").publish().await?;
    Ok(())
}

fn country(country: &str) -> model::Condition {
    model::Condition::segment("country", Operator::Eq(country.to_owned().into()))
}

fn workloads<D: Decide>(one: impl Fn(&str) -> D, many: D, many_with_rules: D) -> Vec<(Workload, Repeat)> {
    let (enabled, equality) = (one("enabled"), one("equality"));
    let (without, others) = (attributes! {}, users(false));
    let at_hand = |decide: D, listed: bool| {
        let subjects: Vec<Attributes<'static>> = users(listed).iter().map(|user| built(user).into_owned()).collect();
        repeat(move |index| decide.is_enabled(0, &subjects[index % USERS]))
    };
    let at_random = |decide: D| {
        let order = random_flags();
        let subjects: Vec<Attributes<'static>> = users(false).iter().map(|user| built(user).into_owned()).collect();
        repeat(move |index| decide.is_enabled(usize::from(order[index % order.len()]), &subjects[index % USERS]))
    };
    vec![
        (Workload::Enabled, repeat(move |_| enabled.is_enabled(0, &without))),
        (Workload::Equality, repeat(move |index| equality.is_enabled(0, &built(&others[index % USERS])))),
        (Workload::Rollout, at_hand(one("canary"), false)),
        (Workload::Listed, at_hand(one("listed"), true)),
        (Workload::NotListed, at_hand(one("listed"), false)),
        (Workload::OneOfMany, at_random(many)),
        (Workload::OneOfManyWithRules, at_random(many_with_rules)),
    ]
}

/// Builds the attributes of a user.
fn built(user: &User) -> Attributes<'_> {
    attributes! { "user_id" => user.id, "country" => &user.country, "plan" => &user.plan, "email" => &user.email }
}
