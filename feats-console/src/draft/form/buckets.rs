//! The buckets of another system, which a rollout keeps while its attributes stay the same.

use feats::model::{BucketFunction, Bucketing, By, Rollout};
use serde_json::{Value as Json, json};

/// Units, and the other system in whose buckets they are. A form keeps it while other attributes are tried.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BucketsOf {
    pub(crate) by: By,
    pub(crate) bucketing: Bucketing,
}

impl BucketsOf {
    /// Encodes it as the value of a field.
    pub(crate) fn encode(&self) -> String {
        json!({ "by": self.by, "function": self.bucketing.function.as_str() }).to_string()
    }

    pub(super) fn parse(field: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(field).ok()?;
        let function = BucketFunction::from_name(json.get("function")?.as_str()?)?;
        let name = |json: &Json| json.as_str().map(str::to_owned);
        let by = match json.get("by")? {
            Json::Array(names) => By::Several(names.iter().map(name).collect::<Option<_>>()?),
            one => By::One(name(one)?),
        };
        Some(Self { by, bucketing: function.into() })
    }

    /// Returns `true` if a rollout has these units. The other system sorts the attributes.
    pub(crate) fn has_units_of(&self, by: &By) -> bool {
        let sorted = |by: &By| {
            let mut names = by.names().to_vec();
            names.sort();
            names
        };
        by.is_random() == self.by.is_random() && sorted(by) == sorted(&self.by)
    }

    /// Makes a rollout go on in the buckets if it has the same units.
    pub(super) fn keep_in(&self, rollout: &mut Rollout) {
        if rollout.input.is_none() && self.has_units_of(&rollout.by) {
            (rollout.by, rollout.bucketing) = (self.by.clone(), Some(self.bucketing));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_stay_while_the_attributes_are_the_same() {
        for by in [By::from("user"), By::from(["tenant", "user"]), By::Several(Vec::new())] {
            let known = BucketsOf { by: by.clone(), bucketing: BucketFunction::Flipper.into() };
            assert_eq!(BucketsOf::parse(&known.encode()), Some(known.clone()));
            let mut rollout = Rollout::new::<String, f64>(by.clone(), []);
            known.keep_in(&mut rollout);
            assert_eq!((rollout.by, rollout.bucketing), (by, Some(known.bucketing)));
        }
        let team = BucketsOf { by: By::from(["tenant", "user"]), bucketing: BucketFunction::Flipper.into() };
        let mut reordered = Rollout::new::<String, f64>(By::from(["user", "tenant"]), []);
        team.keep_in(&mut reordered);
        assert_eq!((reordered.by, reordered.bucketing), (team.by.clone(), Some(team.bucketing)));
        let mut other = Rollout::new::<String, f64>("user", []);
        team.keep_in(&mut other);
        assert_eq!(other.bucketing, None);
    }
}
