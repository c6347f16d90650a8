//! Descriptions of selectors.

use super::condition::{condition, units};
use super::rich_text::{RichText, grouped};

use crate::bucketing::allocation;
use crate::model::{Bucketing, Condition, Experiment, Gate, MissingAttribute, Percent, Rollout, Selector, Timestamp};

/// Describes a selector as an instruction.
pub fn selector(selector: &Selector, now: Timestamp) -> RichText {
    match selector {
        Selector::Static(name) => RichText::from("serve ").choice(name),
        Selector::Rollout(known) => rollout(known, now),
        Selector::Experiment(known) => {
            RichText::from("split ").then(by(&known.rollout)).text(" in an ").then(experiment(known))
        }
        Selector::Gate(known) => gate(known),
    }
}

/// Describes a gate: its conditions, and what is served.
fn gate(gate: &Gate) -> RichText {
    if gate.conditions.is_empty() {
        return "check nothing".into();
    }
    let conditions = gate.conditions.iter().map(|known| match known {
        // The parts of an `all` are conditions of their own.
        Condition::Any { any } if any.len() > 1 => RichText::from("(").then(condition(known)).text(")"),
        _ => condition(known),
    });
    let text = RichText::from("check that ").then(RichText::join(conditions, " and ")).text(" (");
    let text = text.text(match gate.missing {
        MissingAttribute::Skip => "skip missing attributes",
        MissingAttribute::Fail => "missing attributes fail",
    });
    let text = match &gate.pass {
        Some(pass) => text.text("); serve ").choice(pass).text(" if met, "),
        None => text.text("); serve "),
    };
    text.choice(&gate.fail).text(" if violated")
}

/// Describes the target shares of a rollout.
pub(super) fn shares(rollout: &Rollout) -> RichText {
    sorted_shares(rollout.weights.iter().map(|(name, weight)| (name.as_str(), weight.0)).collect())
}

/// Describes the shares of an experiment, and the share of units that enter it.
pub(super) fn experiment(experiment: &Experiment) -> RichText {
    let what = match experiment.share.0 {
        100.0 => "experiment: ".into(),
        share => RichText::from(format!("experiment with {share}% of them: ")),
    };
    what.then(shares(&experiment.rollout))
}

/// Describes the shares in the middle of a ramp, with its start and end; `None` if there is no ramp or it is over.
pub(super) fn current(rollout: &Rollout, now: Timestamp) -> Option<(RichText, Timestamp, Timestamp)> {
    let (start, end) = rollout.ramp.as_ref()?.span().filter(|(_, end)| now < *end)?;
    let allocation = allocation::shares(&rollout.allocation_at(now));
    let shares = allocation.iter().map(|(name, slots)| (name.as_str(), Percent::from_slots(*slots).0));
    Some((sorted_shares(shares.collect()), start, end))
}

pub(super) fn to_second(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1_000) * 1_000)
}

/// Describes shares, the largest one last: the smaller ones are the subject of a rollout.
fn sorted_shares(mut shares: Vec<(&str, f64)>) -> RichText {
    shares.sort_by(|a, b| a.1.total_cmp(&b.1));
    let shown = shares.into_iter().map(|(name, percent)| RichText::new().choice(name).text(format!(" {percent}%")));
    RichText::join(shown, ", ")
}

fn rollout(rollout: &Rollout, now: Timestamp) -> RichText {
    let how = match rollout.by.is_random() {
        true => "split at random per request".into(),
        false => RichText::from("split ").then(by(rollout)),
    };
    let text = how.text(": ").then(shares(rollout));
    match current(rollout, now) {
        Some((current, start, end)) => text
            .text(format!(" ({} from {} to {}; currently ", pace(rollout), to_second(start), to_second(end)))
            .then(current)
            .text(")"),
        None => text,
    }
}

/// Describes how the slots of a ramp move.
fn pace(rollout: &Rollout) -> String {
    match rollout.ramp.as_ref().and_then(|ramp| ramp.step).filter(|step| *step > 1) {
        None => "gradually".to_owned(),
        Some(step) => format!("in steps of {}%", Percent::from_slots(step).0),
    }
}

fn by(rollout: &Rollout) -> RichText {
    let text = RichText::from("by ").then(units(&rollout.by, rollout.input.as_deref()));
    match rollout.bucketing {
        None => text,
        Some(Bucketing { function, buckets }) => {
            text.text(format!(" in {}'s {} buckets", function.system(), grouped(buckets.into())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DISABLED, ENABLED, Operator};

    #[test]
    fn the_conditions_of_a_gate_are_distinguished() {
        let is = |name: &str| Condition::segment(name, Operator::Eq(true.into()));
        let mut known = Gate::new(Some(ENABLED), DISABLED);
        known.conditions = vec![is("a").or(is("b")), is("c").and(is("d"))];
        let expected = "check that (a is true or b is true) and c is true and d is true (skip missing attributes); serve enabled if \
                        met, disabled if violated";
        assert_eq!(gate(&known).to_string(), expected);
    }
}
