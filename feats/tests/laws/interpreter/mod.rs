//! A naive interpreter of states, written from the design: slow, simple, and independent of the engine.
//!
//! Numbers are compared as decimal text, truth values as numbers, and the owner of a slot in mid-ramp is found by
//! counting the slots before it.

mod buckets;
mod digests;
mod values;

use std::collections::BTreeMap;

use feats::bucketing::Seed;
use feats::model::{
    BucketFunction, By, Condition, Declaration, Experiment, Gate, MissingAttribute, Predicate, Ramp, RampFrom,
    Reassigned, ReassignedKind, Rollout, Selector, SlotRange, Source, State,
};
use feats::{Attributes, Reason, Value};

pub(crate) use self::buckets::{bucket, python_pairs};
use self::values::equal;
pub(crate) use self::values::{Truth, holds, is_within, order, precedence, time};

/// The context of a decision.
pub(crate) struct Interpreter<'a> {
    pub declaration: &'a Declaration,
    pub program: &'a Attributes<'a>,
    pub subject: &'a Attributes<'a>,
    /// The instant, in milliseconds.
    pub now: i64,
    pub draw: u64,
}

/// A decision, with names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub choice: String,
    pub reason: Reason,
    pub rule: Option<String>,
    pub slot: Option<u32>,
}

impl Interpreter<'_> {
    pub(crate) fn decide(&self, state: &State) -> Answer {
        let answer = |choice: &str, reason| Answer { choice: choice.to_owned(), reason, rule: None, slot: None };
        if let Some(pinned) = &state.pinned {
            return answer(pinned, Reason::Pinned);
        }
        for known in &state.overrides {
            let unit = self.segment(&known.segment, known.input.as_deref());
            if unit.is_some_and(|unit| known.values.iter().any(|value| equal(unit, value))) {
                return answer(&known.choice, Reason::UnitOverride);
            }
        }
        for rule in &state.rules {
            if self.condition(&rule.when) == Truth::True
                && let Some(answer) = self.select(&rule.select, Reason::Rule)
            {
                return Answer { rule: Some(rule.name.clone()), ..answer };
            }
        }
        let otherwise = state.otherwise.as_ref().and_then(|otherwise| self.select(otherwise, Reason::Otherwise));
        otherwise.unwrap_or_else(|| answer(self.declaration.default_implementation(), Reason::Default))
    }

    pub(crate) fn condition(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::All { all } => all.iter().map(|part| self.condition(part)).min().unwrap_or(Truth::True),
            Condition::Any { any } => any.iter().map(|part| self.condition(part)).max().unwrap_or(Truth::False),
            Condition::Not { not } => match self.condition(not) {
                Truth::True => Truth::False,
                Truth::Unknown => Truth::Unknown,
                Truth::False => Truth::True,
            },
            Condition::Predicate(Predicate { source, operator: test }) => {
                let value = match source {
                    Source::Segment { segment, input: of } => self.segment(segment, of.as_deref()),
                    Source::Attribute { attribute } => self.program.get(attribute),
                };
                match value {
                    None => Truth::Unknown,
                    Some(value) => holds(test, value),
                }
            }
        }
    }

    fn segment(&self, segment: &str, input: Option<&str>) -> Option<&Value<'_>> {
        let precise = input.and_then(|input| self.subject.get(&format!("{input}.{segment}")));
        precise.or_else(|| self.subject.get(segment))
    }

    pub(crate) fn select(&self, selector: &Selector, reason: Reason) -> Option<Answer> {
        let rollout = match selector {
            Selector::Static(choice) => return Some(Answer { choice: choice.clone(), reason, rule: None, slot: None }),
            Selector::Rollout(rollout) => rollout,
            Selector::Experiment(experiment) => return self.enter(experiment, reason),
            Selector::Gate(gate) => {
                let choice = self.gate(gate)?;
                return Some(Answer { choice, reason, rule: None, slot: None });
            }
        };
        let slot = self.slot(rollout)?;
        let owner = match &rollout.ramp {
            None => owner(&rollout.slots, slot),
            Some(ramp) => self.owner_in_ramp(ramp, &rollout.slots, slot),
        };
        Some(Answer { choice: owner.to_owned(), reason, rule: None, slot: Some(slot) })
    }

    /// Collects the results of all checks, and then decides by the table in the documentation of gates.
    fn gate(&self, gate: &Gate) -> Option<String> {
        let mut open: Vec<&Condition> = gate.conditions.iter().collect();
        let mut results = Vec::new();
        while let Some(condition) = open.pop() {
            match condition {
                Condition::All { all } => open.extend(all),
                check => results.push(self.condition(check)),
            }
        }
        let is_unknown = results.contains(&Truth::Unknown);
        if results.contains(&Truth::False) || (is_unknown && gate.missing == MissingAttribute::Fail) {
            return Some(gate.fail.clone());
        }
        if results.contains(&Truth::True) { gate.pass.clone() } else { None }
    }

    /// Without a look-up, a unit whose slot was reassigned provisionally gets the owner of the slot.
    fn enter(&self, experiment: &Experiment, reason: Reason) -> Option<Answer> {
        let rollout = &experiment.rollout;
        let seed = format!("{}/share", rollout.seed.as_ref().unwrap());
        let entry = Seed::new(&seed).slot_of(self.unit(rollout)?.as_bytes());
        if f64::from(entry) >= experiment.share.0 * 10_000.0 {
            return None;
        }
        let slot = self.slot(rollout)?;
        let touches = |Reassigned { kind: touch, first, length: count }: &Reassigned| {
            *touch == ReassignedKind::Slot && (*first..*first + *count).contains(&slot)
        };
        let reason = if experiment.reassigned.iter().any(touches) { Reason::Provisional } else { reason };
        Some(Answer { choice: owner(&rollout.slots, slot).to_owned(), reason, rule: None, slot: Some(slot) })
    }

    fn slot(&self, rollout: &Rollout) -> Option<u32> {
        if rollout.by == "random" {
            let slot = u128::from(self.draw) * 1_000_000 / (1 << 64);
            return Some(slot.try_into().unwrap());
        }
        let seed = rollout.seed.as_ref().unwrap();
        match rollout.bucketing {
            None => Some(Seed::new(seed).slot_of(self.unit(rollout)?.as_bytes())),
            Some(bucketing) => {
                let unit = match bucketing.function {
                    BucketFunction::Flipper => self.pairs(rollout),
                    BucketFunction::Flypper => self.unit(rollout)?,
                };
                Some(buckets::slot(bucketing.function, seed, unit.as_bytes()))
            }
        }
    }

    /// Returns the attributes of a unit of Flipper, of those that the subject has.
    fn pairs(&self, rollout: &Rollout) -> String {
        if rollout.by.is_all() {
            return python_pairs(self.subject.iter());
        }
        let names = rollout.by.names().iter();
        python_pairs(names.filter_map(|name| Some((name.as_str(), self.segment(name, rollout.input.as_deref())?))))
    }

    fn unit(&self, rollout: &Rollout) -> Option<String> {
        match &rollout.by {
            By::One(name) => value_unit(self.segment(name, rollout.input.as_deref())?),
            By::Several(names) if names.len() == 1 => value_unit(self.segment(&names[0], rollout.input.as_deref())?),
            By::Several(names) if names.is_empty() => {
                let attributes: BTreeMap<&[u8], &Value<'_>> =
                    self.subject.iter().map(|(name, value)| (name.as_bytes(), value)).collect();
                let mut parts = Vec::new();
                for (name, value) in attributes {
                    parts.push(String::from_utf8(name.to_vec()).unwrap());
                    parts.push(value_unit(value)?);
                }
                (!parts.is_empty()).then(|| with_lengths(&parts))
            }
            By::Several(names) => {
                let parts = names.iter().map(|name| value_unit(self.segment(name, None)?));
                Some(with_lengths(&parts.collect::<Option<Vec<_>>>()?))
            }
        }
    }

    /// Returns the owner of a slot in a ramp. Of n slots that move between the same two owners, the slot of rank r moves at
    /// `start + duration · r / n`, but not before the last slot of its step.
    pub(crate) fn owner_in_ramp<'r>(&self, ramp: &'r Ramp, to: &'r [SlotRange], slot: u32) -> &'r str {
        let Some(RampFrom::Slots(from)) = &ramp.from else { panic!("a stored ramp starts from slots: {ramp:?}") };
        let pair = (owner(from, slot), owner(to, slot));
        let (mut rank, mut all) = (0_i128, 0_i128);
        let mut start = 0;
        for end in ends(from, to) {
            if (owner(from, start), owner(to, start)) == pair {
                all += i128::from(end - start);
                rank += i128::from((slot + 1).clamp(start, end) - start);
            }
            start = end;
        }
        let step = i128::from(ramp.step.unwrap_or(1));
        let rank = ((rank + step - 1) / step * step).min(all);
        let duration: jiff::SignedDuration = ramp.duration.parse().unwrap();
        let elapsed = i128::from(self.now) - time(&ramp.start).unwrap();
        if elapsed * all >= duration.as_millis() * rank { pair.1 } else { pair.0 }
    }
}

/// Returns the text of a value as a unit; `None` for a float that is not a unit.
fn value_unit(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Integer(integer) => Some(integer.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Float(float) if float.trunc() == *float && float.abs() <= 9_007_199_254_740_992.0 => {
            let digits = format!("{float:.0}");
            Some(if digits == "-0" { "0".to_owned() } else { digits })
        }
        Value::Float(_) => None,
    }
}

/// Joins texts, each preceded by its length in bytes and a colon.
fn with_lengths(parts: &[String]) -> String {
    parts.iter().map(|part| format!("{}:{part}", part.len())).collect()
}

/// Returns the ends of the ranges of both allocations.
pub(crate) fn ends(from: &[SlotRange], to: &[SlotRange]) -> Vec<u32> {
    let ends = |runs: &[SlotRange]| {
        runs.iter()
            .scan(0, |end, run| {
                *end += run.length;
                Some(*end)
            })
            .collect::<Vec<u32>>()
    };
    let mut all = [ends(from), ends(to)].concat();
    all.sort_unstable();
    all.dedup();
    all
}

pub(crate) fn owner(runs: &[SlotRange], slot: u32) -> &str {
    let mut end = 0;
    for SlotRange { implementation: name, length, .. } in runs {
        end += length;
        if slot < end {
            return name;
        }
    }
    panic!("slot {slot} has no owner in {runs:?}")
}
