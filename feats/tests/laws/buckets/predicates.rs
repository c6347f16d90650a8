//! A rollout of whole buckets decides like the predicate of the system that it was taken over from.

use feats::bucketing::buckets;
use feats::model::{BucketFunction, By, DISABLED, Declaration, ENABLED, Percent, Rollout, SlotRange};
use feats::{Attributes, Value};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::generators::bucket_function;
use crate::interpreter::{bucket, owner, python_pairs};
use crate::world::{cases, choose_of_flag, enabled_flag};

/// Generates a percentage as the other systems store them: of 1 for Flipper, of 100 for Flypper.
pub(super) fn percentage() -> impl Strategy<Value = f64> {
    let buckets = (0..=10_000_u32, prop_oneof![Just(100.0), Just(10_000.0)], -1..=1_i64);
    let near_a_bucket = buckets.prop_map(|(bucket, count, step)| {
        let score = f64::from(bucket) / count;
        if score == 0.0 { score } else { f64::from_bits(score.to_bits().saturating_add_signed(step)) }
    });
    prop_oneof![4 => near_a_bucket, 2 => 0.0..=1.0, 2 => 0.0..=100.0, 1 => any::<f64>(), 1 => Just(0.1 + 0.2)]
}

/// Decides as `ConsistentHashPercentageBucketer.check` and `Flag._is_enabled_for_percentage_of_actors` do.
pub(super) fn admits(function: BucketFunction, percentage: f64, bucket: u32) -> bool {
    match function {
        BucketFunction::Flipper if percentage == 0.0 => false,
        BucketFunction::Flipper => f64::from(bucket) / 100.0 <= percentage,
        BucketFunction::Flypper if percentage == 100.0 => true,
        BucketFunction::Flypper => f64::from(bucket) / 100.0 <= percentage,
    }
}

fn slots(function: BucketFunction, percentage: f64) -> Vec<SlotRange> {
    buckets::allocation(
        function.buckets(),
        1,
        |bucket| if admits(function, percentage, bucket) { ENABLED } else { DISABLED },
    )
}

fn share(slots: &[SlotRange]) -> u32 {
    slots.iter().filter(|range| range.implementation == ENABLED).map(|range| range.length).sum()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn whole_buckets_decide_like_the_predicate(
        function in bucket_function(), percentage in percentage(), ids in vec(any::<u32>(), 16),
    ) {
        let slots = slots(function, percentage);
        let enabled = Percent::from_slots(share(&slots));
        let weights = [(ENABLED, enabled), (DISABLED, Percent::from_slots(1_000_000 - share(&slots)))];
        let rollout = Rollout::new(By::from("user"), weights);
        let state = enabled_flag(Rollout { bucketing: Some(function.into()), seed: Some("s".to_owned()), slots, ..rollout });
        for id in ids.into_iter().map(|id| Value::from(id.to_string())) {
            let bytes = match function {
                BucketFunction::Flipper => python_pairs([("user", &id)]),
                BucketFunction::Flypper => id.to_string(),
            };
            let expected = admits(function, percentage, bucket(function, bytes.as_bytes()));
            let subject: Attributes<'_> = [("user", id.borrowed())].into_iter().collect();
            let choice = choose_of_flag(&state, &subject).choice;
            prop_assert_eq!(Declaration::flag("Flag").implementation(choice) == ENABLED, expected, "{} at {}", id, percentage);
        }
    }

    #[test]
    fn each_bucket_has_one_owner(function in bucket_function(), percentage in percentage()) {
        let slots = slots(function, percentage);
        let width = 1_000_000 / function.buckets();
        for bucket in (0..function.buckets()).step_by(if width == 100 { 97 } else { 1 }) {
            let expected = if admits(function, percentage, bucket) { ENABLED } else { DISABLED };
            for slot in [bucket * width, (bucket + 1) * width - 1] {
                prop_assert_eq!(owner(&slots, slot), expected);
            }
        }
        prop_assert!(slots.len() <= 2, "the enabled buckets are the first ones: {:?}", slots);
    }
}
