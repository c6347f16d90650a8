//! Units of several values, and in the buckets of other systems.

use super::values::Values;
use crate::bucketing::flipper::FlipperUnit;
use crate::bucketing::{Seed, UnitHasher, flypper};
use crate::compile::route::select::Assembled;
use crate::model::{BucketFunction, Subject};

/// The place of a unit.
pub(crate) struct Located {
    pub(crate) slot: u32,
    /// The function of another system, and the bucket that it gives the unit.
    pub(crate) bucket: Option<(BucketFunction, u32)>,
}

/// Locates a unit; `None` if a value is missing or not a unit.
// Not inlined: a unit of one value needs none of this code.
#[inline(never)]
pub(crate) fn locate<S: Subject + ?Sized, const N: usize>(
    seed: Seed,
    assembled: &Assembled,
    values: &Values<'_, S, N>,
) -> Option<Located> {
    match assembled {
        Assembled::Segments(sources) => {
            let mut unit = UnitHasher::new(seed);
            let is_unit =
                sources.iter().all(|source| values.with(*source, |value| value.is_some_and(|value| unit.push(value))));
            is_unit.then(|| Located { slot: unit.slot(), bucket: None })
        }
        Assembled::All => {
            let mut unit = UnitHasher::new(seed);
            let (mut has_attributes, mut are_units) = (false, true);
            values.for_each_attribute(&mut |name, value| {
                has_attributes = true;
                are_units &= unit.push_attribute(name, value);
            });
            (has_attributes && are_units).then(|| Located { slot: unit.slot(), bucket: None })
        }
        Assembled::Flipper(attributes) => {
            let mut unit = FlipperUnit::new(seed);
            for (name, source) in attributes {
                values.with(*source, |value| value.into_iter().for_each(|value| unit.push(name, value)));
            }
            Some(in_bucket(BucketFunction::Flipper, unit.locate()))
        }
        Assembled::FlipperAll => {
            let mut unit = FlipperUnit::new(seed);
            values.for_each_attribute(&mut |name, value| unit.push(name, value));
            Some(in_bucket(BucketFunction::Flipper, unit.locate()))
        }
        Assembled::Flypper(source) => {
            let located = values.with(*source, |id| flypper::locate(seed, id?))?;
            Some(in_bucket(BucketFunction::Flypper, located))
        }
    }
}

fn in_bucket(function: BucketFunction, (bucket, slot): (u32, u32)) -> Located {
    Located { slot, bucket: Some((function, bucket)) }
}
