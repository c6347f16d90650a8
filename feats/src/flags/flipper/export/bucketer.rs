//! Bucketers for Flipper.

use super::super::bucketer::{Bucketer, Percentage};
use super::ramp::ramp;
use crate::flags::whole_buckets::{enabled_slots, exported_buckets, whole_buckets};
use crate::model::{BucketFunction, ENABLED, Rollout, SLOTS, Selector, SlotRange, Timestamp};

/// Returns the bucketer for the selector of subjects whom no condition covers.
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
    let share = |slots: &[SlotRange]| f64::from(enabled_slots(slots)) / f64::from(SLOTS);
    let ramp = ramp(rollout, now, lost, |slots| Some(share(slots)));
    Bucketer::Random(ramp.unwrap_or_else(|| Percentage::Fixed(share(&rollout.allocation_at(now)).into())))
}

fn consistent(rollout: &Rollout, now: Timestamp, lost: &mut Vec<String>) -> Bucketer {
    const FUNCTION: BucketFunction = BucketFunction::Flipper;
    let is_flipper = rollout.bucketing.is_some_and(|bucketing| bucketing.function == FUNCTION);
    let share = |slots: &[SlotRange]| whole_buckets(slots, FUNCTION).filter(|_| is_flipper).map(boundary);
    let percentage = ramp(rollout, now, lost, share)
        .unwrap_or_else(|| Percentage::Fixed(percentage(exported_buckets(rollout, FUNCTION, now, lost)).into()));
    Bucketer::Consistent { percentage, keys: rollout.by.names().to_vec() }
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
