//! Bucketers for Flipper.

use super::super::bucketer::{Bucketer, Percentage};
use super::ramp::ramp;
use crate::model::{BucketFunction, ENABLED, Percent, Rollout, SLOTS, Selector, SlotRange, Timestamp};

/// The number of slots of a bucket of Flipper.
pub(super) const SLOTS_OF_BUCKET: u32 = SLOTS / BucketFunction::Flipper.buckets();

/// Returns the bucketer that stands for the selector of subjects whom no condition covers.
pub(super) fn bucketer(otherwise: Option<&Selector>, now: Timestamp, lost: &mut Vec<String>) -> Bucketer {
    match otherwise {
        Some(Selector::Static(name)) if name == ENABLED => Bucketer::NoOp,
        None | Some(Selector::Static(_)) => no_one(),
        Some(Selector::Rollout(rollout)) if rollout.by.is_random() => random(rollout, now, lost),
        Some(Selector::Rollout(rollout)) => consistent(rollout, now, lost),
        Some(Selector::Experiment(_) | Selector::Gate(_)) => {
            lost.push("Flipper has no experiments and no other conditions; exported as a bucketer of 0%".to_owned());
            no_one()
        }
    }
}

fn no_one() -> Bucketer {
    Bucketer::Random(Percentage::Fixed(0.0.into()))
}

fn random(rollout: &Rollout, now: Timestamp, lost: &mut Vec<String>) -> Bucketer {
    let ramp = ramp(rollout, now, lost, |slots| Some(f64::from(enabled(slots)) / f64::from(SLOTS)));
    let share = || f64::from(enabled(&rollout.allocation_at(now))) / f64::from(SLOTS);
    Bucketer::Random(ramp.unwrap_or_else(|| Percentage::Fixed(share().into())))
}

fn consistent(rollout: &Rollout, now: Timestamp, lost: &mut Vec<String>) -> Bucketer {
    let keys = rollout.by.names().to_vec();
    let allocation = rollout.allocation_at(now);
    let is_flipper = rollout.bucketing.is_some_and(|bucketing| bucketing.function == BucketFunction::Flipper);
    if !is_flipper {
        lost.push(
            "Flipper has other buckets than this rollout, so the flag is enabled for other users there".to_owned(),
        );
    }
    let ramp = ramp(rollout, now, lost, |slots| whole_buckets(slots).filter(|_| is_flipper).map(boundary));
    let percentage = ramp.unwrap_or_else(|| {
        let slots = enabled(&allocation);
        let buckets = slots / SLOTS_OF_BUCKET;
        let share = Percent::from_slots(slots).0;
        match whole_buckets(&allocation) {
            _ if !is_flipper => {}
            None if slots.is_multiple_of(SLOTS_OF_BUCKET) => lost.push(format!(
                "the {share}% are not the first of Flipper's buckets, so other users keep the flag; exported as {buckets} buckets"
            )),
            None => lost.push(format!(
                "{share}% is not a whole number of Flipper's 100 buckets; exported as {buckets} buckets"
            )),
            Some(_) => {}
        }
        Percentage::Fixed(percentage(buckets).into())
    });
    Bucketer::Consistent { percentage, keys }
}

/// Returns the number of enabled slots.
fn enabled(slots: &[SlotRange]) -> u32 {
    slots.iter().filter(|range| range.implementation == ENABLED).map(|range| range.length).sum()
}

/// Returns the number of enabled buckets; `None` unless these are the first ones, as a whole.
fn whole_buckets(slots: &[SlotRange]) -> Option<u32> {
    let is_enabled = |range: &&SlotRange| range.implementation == ENABLED;
    let first: u32 = slots.iter().take_while(is_enabled).map(|range| range.length).sum();
    (first == enabled(slots) && first.is_multiple_of(SLOTS_OF_BUCKET)).then_some(first / SLOTS_OF_BUCKET)
}

/// Returns a percentage that admits a number of buckets.
fn percentage(buckets: u32) -> f64 {
    match buckets {
        0 => 0.0,
        // A percentage of exactly 0 admits no bucket.
        1 => 0.005,
        100 => 1.0,
        buckets => boundary(buckets),
    }
}

/// Returns the least share that admits a number of buckets: that of the last of them. It is exactly 0 for one bucket, and negative for
/// none.
fn boundary(buckets: u32) -> f64 {
    (f64::from(buckets) - 1.0) / f64::from(BucketFunction::Flipper.buckets())
}
