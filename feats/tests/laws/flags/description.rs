//! Arbitrary flags, as their authors describe them, and subjects for them.

use feats::Attributes;
use feats::flags::{Bucketer, Condition, Flag, Flags, MissingAttribute};
use feats::model::{self, Operator, Percent, SLOTS};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value as Json;

use crate::generators::{test, value};
use crate::world::wait;

/// Names of attributes. Some are also words of operators and selectors, and one has the separator of operators.
pub(super) const ATTRIBUTES: [&str; 8] =
    ["user_id", "plan", "is admin?", "Größe__cm", "日本", "random", "billing.zip", "gt"];

/// A flag as its author describes it.
#[derive(Clone, Debug)]
pub(super) struct Description {
    pub(super) is_enabled: bool,
    pub(super) is_archived: bool,
    pub(super) conditions: Vec<Vec<Check>>,
    pub(super) missing: MissingAttribute,
    pub(super) bucketer: Option<Bucketing>,
}

/// A check of one attribute.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) attribute: String,
    pub(super) operator: Operator,
    /// `true` if an equality is written without its suffix.
    is_short: bool,
}

/// A bucketer whose decisions do not depend on a draw.
#[derive(Clone, Debug)]
pub(super) enum Bucketing {
    Consistent { keys: Vec<&'static str>, slots: u32 },
    Random { admits_everyone: bool },
}

impl Check {
    /// Returns the key and the operand, such as `("age__gt", 18)`.
    pub(super) fn key_and_operand(&self) -> (String, Json) {
        let json = serde_json::to_value(model::Condition::segment("", self.operator.clone())).unwrap();
        let mut fields = json.as_object().unwrap().iter();
        let (suffix, operand) = fields.find(|(name, _)| *name != "segment").unwrap();
        let is_short = self.is_short && suffix == "eq" && !self.attribute.contains("__");
        let key = if is_short { self.attribute.clone() } else { format!("{}__{suffix}", self.attribute) };
        (key, operand.clone())
    }
}

impl Bucketing {
    pub(super) fn bucketer(&self) -> Bucketer {
        match self {
            Bucketing::Consistent { keys, slots } => Bucketer::consistent(keys.clone()).percentage(percentage(*slots)),
            Bucketing::Random { admits_everyone } => {
                Bucketer::random().percentage(if *admits_everyone { 100.0 } else { 0.0 })
            }
        }
    }
}

impl Description {
    /// Creates the flag: with one write, or with one write for each property.
    pub(super) fn create(&self, flags: &Flags, name: &str, in_one_write: bool) -> Flag {
        let conditions = self.conditions.iter().map(|checks| condition(checks));
        let new = flags.create(name);
        let flag = if in_one_write {
            let new = if self.is_enabled { new.enabled() } else { new };
            let new = conditions.fold(new.missing_attribute(self.missing), |new, condition| new.condition(condition));
            wait(match &self.bucketer {
                Some(bucketer) => new.bucketer(bucketer.bucketer()),
                None => new,
            })
            .unwrap()
        } else {
            let flag = wait(new).unwrap();
            for condition in conditions {
                wait(flag.add_condition(condition)).unwrap();
            }
            if let Some(bucketer) = &self.bucketer {
                wait(flag.set_bucketer(bucketer.bucketer())).unwrap();
            }
            wait(flag.set_missing_attribute(self.missing)).unwrap();
            if self.is_enabled {
                wait(flag.enable()).unwrap();
            }
            flag
        };
        if self.is_archived {
            wait(flag.archive()).unwrap();
        }
        flag
    }
}

/// Returns a condition of all the checks.
pub(super) fn condition(checks: &[Check]) -> Condition {
    checks
        .iter()
        .map(Check::key_and_operand)
        .fold(Condition::new(), |condition, (key, operand)| condition.check(key, operand))
}

/// Returns the percentage of a number of slots.
pub(crate) fn percentage(slots: u32) -> f64 {
    Percent::from_slots(slots).0
}

/// Generates a number of slots: often a whole percentage, sometimes none or all of them.
pub(crate) fn slots() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 1 => Just(SLOTS), 3 => (0..=100_u32).prop_map(|percent| percent * (SLOTS / 100)), 3 => 0..=SLOTS]
}

/// Generates keys of a bucketer. No key means all attributes of the subject.
pub(super) fn keys() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![1 => Just(Vec::new()), 4 => subsequence(ATTRIBUTES.to_vec(), 1..4).prop_shuffle()]
}

pub(super) fn check() -> impl Strategy<Value = Check> {
    (select(&ATTRIBUTES[..]), test(), any::<bool>()).prop_map(|(attribute, operator, is_short)| Check {
        attribute: attribute.to_owned(),
        operator,
        is_short,
    })
}

pub(super) fn missing() -> impl Strategy<Value = MissingAttribute> {
    select(vec![MissingAttribute::Skip, MissingAttribute::Fail])
}

fn bucketing() -> impl Strategy<Value = Bucketing> {
    prop_oneof![
        4 => (keys(), slots()).prop_map(|(keys, slots)| Bucketing::Consistent { keys, slots }),
        1 => any::<bool>().prop_map(|admits_everyone| Bucketing::Random { admits_everyone }),
    ]
}

pub(super) fn description() -> impl Strategy<Value = Description> {
    let conditions = vec(vec(check(), 1..4), 0..4);
    let enabled = prop_oneof![9 => Just(true), 1 => Just(false)];
    let archived = prop_oneof![9 => Just(false), 1 => Just(true)];
    (enabled, archived, conditions, missing(), option::weighted(0.7, bucketing())).prop_map(
        |(is_enabled, is_archived, conditions, missing, bucketer)| Description {
            is_enabled,
            is_archived,
            conditions,
            missing,
            bucketer,
        },
    )
}

/// Generates a subject with some of the attributes.
pub(super) fn subject() -> impl Strategy<Value = Attributes<'static>> {
    let few = vec(option::weighted(0.3, value()), ATTRIBUTES.len());
    let many = vec(option::weighted(0.8, value()), ATTRIBUTES.len());
    prop_oneof![few, many].prop_map(|values| {
        let present = ATTRIBUTES.into_iter().zip(values);
        present.filter_map(|(name, value)| Some((name, value?))).collect()
    })
}
