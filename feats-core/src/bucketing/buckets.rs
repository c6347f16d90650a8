//! The slots of the buckets of other systems. Frozen.

use std::ops::Range;

use super::allocation::Builder;
use crate::model::{SLOTS, SlotRange};

/// Returns the slots of a bucket: from `bucket · 1 000 000 / buckets` to before `(bucket + 1) · 1 000 000 / buckets`, rounded down.
///
/// ```
/// assert_eq!(feats::bucketing::buckets::slots(48, 100), 480_000..490_000);
/// assert_eq!(feats::bucketing::buckets::slots(9_999, 10_000), 999_900..1_000_000);
/// ```
pub fn slots(bucket: u32, buckets: u32) -> Range<u32> {
    let start = |bucket: u64| {
        let slot = bucket.saturating_mul(SLOTS.into()) / u64::from(buckets.max(1));
        u32::try_from(slot).unwrap_or(SLOTS).min(SLOTS)
    };
    start(bucket.into())..start(u64::from(bucket) + 1)
}

/// Returns the slot of a unit in a bucket. `hash` is the native hash of the unit's bytes.
#[inline]
pub fn slot(bucket: u32, buckets: u32, hash: u64) -> u32 {
    let Range { start, end } = slots(bucket, buckets);
    let within = (u128::from(hash) * u128::from(end - start)) >> 64;
    start + u32::try_from(within).unwrap_or(0)
}

/// Returns the allocation that gives each bucket, as a whole, to an owner.
///
/// ```
/// use feats::bucketing::buckets::allocation;
/// use feats::model::SlotRange;
/// let first_half = allocation(100, 1, |bucket| if bucket <= 50 { "enabled" } else { "disabled" });
/// assert_eq!(first_half, [SlotRange::new("enabled", 510_000, 1), SlotRange::new("disabled", 490_000, 1)]);
/// ```
pub fn allocation<'a>(buckets: u32, version: u64, mut owner: impl FnMut(u32) -> &'a str) -> Vec<SlotRange> {
    let mut allocation = Builder::default();
    for bucket in 0..buckets {
        let slots = slots(bucket, buckets);
        allocation.push(owner(bucket), slots.end - slots.start, version);
    }
    allocation.ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slots_of_all_buckets_are_all_slots() {
        for buckets in [1, 2, 3, 7, 100, 999, 10_000, 999_999, SLOTS] {
            let mut end = 0;
            for bucket in 0..buckets {
                let slots = slots(bucket, buckets);
                assert_eq!(slots.start, end, "{bucket} of {buckets}");
                assert!(slots.end > slots.start, "{bucket} of {buckets}");
                assert_eq!([slot(bucket, buckets, 0), slot(bucket, buckets, u64::MAX)], [slots.start, slots.end - 1]);
                end = slots.end;
            }
            assert_eq!(end, SLOTS);
        }
    }
}
