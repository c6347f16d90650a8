//! Shares as whole buckets of another system, which is all that the other system can express.

use crate::model::{BucketFunction, ENABLED, Percent, Rollout, SLOTS, SlotRange, Timestamp};

/// Returns the number of enabled slots.
pub(super) fn enabled_slots(slots: &[SlotRange]) -> u32 {
    slots.iter().filter(|range| range.implementation == ENABLED).map(|range| range.length).sum()
}

/// Returns the number of enabled buckets; `None` unless these are the first ones, as a whole.
pub(super) fn whole_buckets(slots: &[SlotRange], function: BucketFunction) -> Option<u32> {
    let is_enabled = |range: &&SlotRange| range.implementation == ENABLED;
    let first: u32 = slots.iter().take_while(is_enabled).map(|range| range.length).sum();
    let of_bucket = SLOTS / function.buckets();
    (first == enabled_slots(slots) && first.is_multiple_of(of_bucket)).then_some(first / of_bucket)
}

/// Returns the number of buckets that the other system enables for the share of a rollout at an instant. Lists a share that is none.
pub(super) fn exported_buckets(
    rollout: &Rollout,
    function: BucketFunction,
    now: Timestamp,
    lost: &mut Vec<String>,
) -> u32 {
    let allocation = rollout.allocation_at(now);
    let (slots, of_bucket, system) = (enabled_slots(&allocation), SLOTS / function.buckets(), function.system());
    let buckets = slots / of_bucket;
    let share = Percent::from_slots(slots).0;
    if rollout.bucketing.is_none_or(|bucketing| bucketing.function != function) {
        lost.push(format!(
            "{system} has other buckets than this rollout, so the flag is enabled for other users there"
        ));
    } else if !slots.is_multiple_of(of_bucket) {
        let all = function.buckets();
        lost.push(format!("{share}% is not a whole number of {system}'s {all} buckets; exported as {buckets} buckets"));
    } else if whole_buckets(&allocation, function).is_none() {
        lost.push(format!(
            "the {share}% are not the first of {system}'s buckets, so the flag is enabled for other users there; exported as \
             {buckets} buckets"
        ));
    }
    buckets
}
