//! Compilation of rollouts in the buckets of other systems.

use std::sync::Arc;

use super::Compiler;
use super::route::select::{Assembled, Units};
use super::route::source::Source;
use crate::model::{BucketFunction, Bucketing, Rollout, join};

impl Compiler<'_> {
    pub(super) fn bucketed(&mut self, path: &str, rollout: &Rollout, bucketing: Bucketing) -> Option<Assembled> {
        let Bucketing { function, buckets } = bucketing;
        let bucketing_path = join(path, "bucketing");
        if buckets != function.buckets() {
            let message = format!("{} has {} buckets, not {buckets}", function.as_str(), function.buckets());
            self.problem(&join(&bucketing_path, "buckets"), message);
        }
        match (self.units(path, rollout)?, function) {
            (Units::Random, _) => {
                self.problem(&bucketing_path, "a random rollout has no buckets; remove this field");
                None
            }
            (Units::One(source), BucketFunction::Flypper) => Some(Assembled::Flypper(source)),
            (_, BucketFunction::Flypper) => {
                self.problem(&join(path, "by"), "flypper maps the values of exactly one attribute to buckets");
                None
            }
            (Units::One(source), BucketFunction::Flipper) => Some(flipper(rollout, &[source])),
            (Units::Assembled(Assembled::Segments(sources)), BucketFunction::Flipper) => {
                Some(flipper(rollout, &sources))
            }
            (Units::Assembled(_), BucketFunction::Flipper) => Some(Assembled::FlipperAll),
        }
    }
}

/// Returns the attributes in the order in which Flipper hashes them.
fn flipper(rollout: &Rollout, sources: &[Source]) -> Assembled {
    let mut attributes: Vec<(Arc<str>, Source)> =
        rollout.by.names().iter().map(|name| name.as_str().into()).zip(sources.iter().copied()).collect();
    attributes.sort_by(|(name, _), (other, _)| name.cmp(other));
    Assembled::Flipper(attributes.into())
}
