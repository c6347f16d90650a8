//! What a careful programmer writes instead of an engine: the configuration in an `ArcSwap`, the rule in plain Rust, the same hash.

use arc_swap::ArcSwap;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::measure::{Engine, Repeat, repeat};
use crate::users::{COUNTRY, USERS, User, listed_ids, random_flags, users};
use crate::workload::{FLAGS, Workload, flag_name};

#[derive(Clone, Default)]
struct Config {
    country: Option<String>,
    ids: Option<FxHashSet<u64>>,
    percent: Option<u32>,
    seed: u64,
}

/// Returns the engine with all workloads.
pub fn engine() -> Engine {
    let equality = Config { country: Some(COUNTRY.to_owned()), ..Config::default() };
    let rollout = Config { percent: Some(5), seed: 42, ..equality.clone() };
    let listed = Config { ids: Some(listed_ids().into_iter().collect()), ..Config::default() };
    let one = |config: Config, users: Vec<User>| {
        let config = ArcSwap::from_pointee(config);
        repeat(move |index| decide(&config.load(), &users[index % USERS]))
    };
    Engine {
        name: "hand-written",
        workloads: vec![
            (Workload::Enabled, one(Config::default(), users(false))),
            (Workload::Equality, one(equality, users(false))),
            (Workload::Rollout, one(rollout, users(false))),
            (Workload::Listed, one(listed.clone(), users(true))),
            (Workload::NotListed, one(listed, users(false))),
            (Workload::OneOfMany, one_of_many(&[Config::default()])),
            (Workload::OneOfManyWithRules, one_of_many(&three_rules())),
        ],
    }
}

fn decide(config: &Config, user: &User) -> bool {
    if let Some(country) = &config.country
        && *country != user.country
    {
        return false;
    }
    if let Some(ids) = &config.ids
        && !ids.contains(&user.id)
    {
        return false;
    }
    let Some(percent) = config.percent else { return true };
    let hash = xxh3_64_with_seed(itoa::Buffer::new().format(user.id).as_bytes(), config.seed);
    ((u128::from(hash) * 1_000_000) >> 64) < u128::from(percent) * 10_000
}

fn three_rules() -> Vec<Config> {
    let country = |country: &str| Config { country: Some(country.to_owned()), ..Config::default() };
    vec![country("CA"), country("AT"), Config { percent: Some(5), ..country("US") }]
}

type Flags = ArcSwap<FxHashMap<Box<str>, Vec<Config>>>;

/// Returns many flags of three rules.
pub fn many_with_rules() -> impl Sized {
    many(&three_rules())
}

fn many(rules: &[Config]) -> Flags {
    ArcSwap::from_pointee((0..FLAGS).map(|index| (flag_name(index).into(), rules.to_vec())).collect())
}

fn one_of_many(rules: &[Config]) -> Repeat {
    let (flags, users, order) = (many(rules), users(false), random_flags());
    let names: Vec<String> = (0..FLAGS).map(flag_name).collect();
    repeat(move |index| {
        let name = &names[usize::from(order[index % order.len()])];
        let user = &users[index % USERS];
        flags.load().get(name.as_str()).is_some_and(|rules| rules.iter().any(|rule| decide(rule, user)))
    })
}
