//! Selectors as sentences.

use super::condition::segment;
use super::sentence::Sentence;

use crate::bucketing::division;
use crate::model::{Experiment, RANDOM, Rollout, Selector, Timestamp, Weight};

/// A selector as the rest of a sentence: what is done.
pub fn selector(selector: &Selector, now: Timestamp) -> Sentence {
    match selector {
        Selector::Static(name) => Sentence::from("give ").choice(name),
        Selector::Rollout(known) => rollout(known, now),
        Selector::Experiment(known) => {
            Sentence::from("divide ").then(by(&known.rollout)).text(" in an ").then(experiment(known))
        }
    }
}

/// The shares that a rollout has, or is on its way to.
pub(super) fn shares(rollout: &Rollout) -> Sentence {
    told(rollout.weights.iter().map(|(name, weight)| (name.as_str(), weight.0)).collect())
}

/// The shares of an experiment, and the share of units that enter it.
pub(super) fn experiment(experiment: &Experiment) -> Sentence {
    let what = match experiment.share.0 {
        100.0 => "experiment: ".into(),
        share => Sentence::from(format!("experiment on {share} % of them: ")),
    };
    what.then(shares(&experiment.rollout))
}

/// The shares in the middle of a ramp, with its start and end; `None` if there is no ramp or it is over.
pub(super) fn standing(rollout: &Rollout, now: Timestamp) -> Option<(Sentence, Timestamp, Timestamp)> {
    let (start, end) = rollout.ramp.as_ref()?.span().filter(|(_, end)| now < *end)?;
    let division = division::shares(&rollout.division_at(now));
    let shares = division.iter().map(|(name, slots)| (name.as_str(), Weight::of_slots(*slots).0));
    Some((told(shares.collect()), start, end))
}

pub(super) fn to_second(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1_000) * 1_000)
}

/// Shares, the largest one last: the others are what a rollout is about.
fn told(mut shares: Vec<(&str, f64)>) -> Sentence {
    shares.sort_by(|a, b| a.1.total_cmp(&b.1));
    let shown = shares.into_iter().map(|(name, percent)| Sentence::new().choice(name).text(format!(" {percent} %")));
    Sentence::join(shown, ", ")
}

fn rollout(rollout: &Rollout, now: Timestamp) -> Sentence {
    let how = match rollout.by.as_str() {
        RANDOM => "draw anew each time".into(),
        _ => Sentence::from("divide ").then(by(rollout)),
    };
    let told = how.text(": ").then(shares(rollout));
    match standing(rollout, now) {
        Some((standing, start, end)) => told
            .text(format!(" (bit by bit from {} to {}; now ", to_second(start), to_second(end)))
            .then(standing)
            .text(")"),
        None => told,
    }
}

fn by(rollout: &Rollout) -> Sentence {
    Sentence::from("by ").then(segment(&rollout.by, rollout.of.as_deref()))
}
