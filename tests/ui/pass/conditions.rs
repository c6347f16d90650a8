//! Conditions of every kind, in any order, and percentages as integers and floats.

#![deny(warnings)]

use feats::edit::{attribute, experiment, rollout};
use feats::model::{Condition, Operator};

pub struct User {
    id: u64,
    country: String,
}

#[feats::segment]
pub trait Country {
    fn user(user: &User) -> &str {
        &user.country
    }
}

#[feats::segment]
pub trait UserId {
    fn user(user: &User) -> u64 {
        user.id
    }
}

#[feats::feature]
pub trait Fee {
    #[default]
    fn flat(_user: &User) -> u32 {
        2
    }
    fn free(_user: &User) -> u32 {
        0
    }
}

#[feats::boolean]
pub fn Banner() -> bool {
    false
}

fn in_production() -> Condition {
    Condition::attribute("Environment", Operator::Eq("prod".into()))
}

pub fn conditions(fee: &feats::FeatureHandle<Fee>, banner: &feats::FeatureHandle<Banner>) {
    let _ = fee
        .edit()
        .rule("attribute first", attribute("Environment", "prod").and(Country::is("CA")), Fee::Free)
        .rule("segment first", Country::is("CA").and(attribute("Environment", "prod")), Fee::Free)
        .rule("within", Country::is("CA").or(!attribute("Instance", 3).and(UserId::gt(3))), Fee::Free)
        .rule("alone", attribute("Environment", "prod"), Fee::Free)
        .rule("attributes", attribute("Environment", "prod").or(attribute("Beta", true)), Fee::Free)
        .rule("an input said", Country::is("CA").of("user").and(UserId::is(1)), Fee::Free)
        .rule("an input said last", UserId::is(1).and(Country::is("CA").of("user")), Fee::Free)
        .rule("data first", in_production().and(Country::is("CA")).or(attribute("Beta", true)), Fee::Free)
        .rule("data last", Country::is("CA").and(in_production()), Fee::Free);
    let _ = banner.edit().rule("without inputs", attribute("Environment", "prod"), Banner::Enabled);
}

pub fn percentages(fee: &feats::FeatureHandle<Fee>) {
    let arms = |free, flat| experiment(UserId, [(Fee::Free, free), (Fee::Flat, flat)]);
    let _ = fee.edit().otherwise(arms(50, 50).share(20));
    let _ = fee.edit().otherwise(experiment(UserId, [(Fee::Free, 12.5), (Fee::Flat, 87.5)]).share(0.5));
    let _ = fee.edit().otherwise(rollout(UserId, vec![(Fee::Free, 5u8), (Fee::Flat, 95)]).ramp_from([(Fee::Flat, 100)]));
    let _ = fee.edit().otherwise(rollout(UserId, [(Fee::Free, 5usize), (Fee::Flat, 95)]));
    let _ = feats::model::Rollout::new("UserId", [("free", 5), ("flat", 95)]);
}

fn main() {
    let _ = (conditions, percentages);
}
