//! Selectors as sentences.

use super::condition::segment;
use super::rich_text::RichText;

use crate::bucketing::allocation;
use crate::model::{Experiment, Percent, RANDOM, Rollout, Selector, Timestamp};

/// A selector as the rest of a sentence: what is done.
pub fn selector(selector: &Selector, now: Timestamp) -> RichText {
    match selector {
        Selector::Static(name) => RichText::from("give ").choice(name),
        Selector::Rollout(known) => rollout(known, now),
        Selector::Experiment(known) => {
            RichText::from("divide ").then(by(&known.rollout)).text(" in an ").then(experiment(known))
        }
    }
}

/// The shares that a rollout has, or is on its way to.
pub(super) fn shares(rollout: &Rollout) -> RichText {
    told(rollout.weights.iter().map(|(name, weight)| (name.as_str(), weight.0)).collect())
}

/// The shares of an experiment, and the share of units that enter it.
pub(super) fn experiment(experiment: &Experiment) -> RichText {
    let what = match experiment.share.0 {
        100.0 => "experiment: ".into(),
        share => RichText::from(format!("experiment on {share} % of them: ")),
    };
    what.then(shares(&experiment.rollout))
}

/// The shares in the middle of a ramp, with its start and end; `None` if there is no ramp or it is over.
pub(super) fn current(rollout: &Rollout, now: Timestamp) -> Option<(RichText, Timestamp, Timestamp)> {
    let (start, end) = rollout.ramp.as_ref()?.span().filter(|(_, end)| now < *end)?;
    let allocation = allocation::shares(&rollout.allocation_at(now));
    let shares = allocation.iter().map(|(name, slots)| (name.as_str(), Percent::of_slots(*slots).0));
    Some((told(shares.collect()), start, end))
}

pub(super) fn to_second(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1_000) * 1_000)
}

/// Shares, the largest one last: the others are what a rollout is about.
fn told(mut shares: Vec<(&str, f64)>) -> RichText {
    shares.sort_by(|a, b| a.1.total_cmp(&b.1));
    let shown = shares.into_iter().map(|(name, percent)| RichText::new().choice(name).text(format!(" {percent} %")));
    RichText::join(shown, ", ")
}

fn rollout(rollout: &Rollout, now: Timestamp) -> RichText {
    let how = match rollout.by.as_str() {
        RANDOM => "draw anew each time".into(),
        _ => RichText::from("divide ").then(by(rollout)),
    };
    let told = how.text(": ").then(shares(rollout));
    match current(rollout, now) {
        Some((standing, start, end)) => told
            .text(format!(" (bit by bit from {} to {}; now ", to_second(start), to_second(end)))
            .then(standing)
            .text(")"),
        None => told,
    }
}

fn by(rollout: &Rollout) -> RichText {
    RichText::from("by ").then(segment(&rollout.by, rollout.input.as_deref()))
}
