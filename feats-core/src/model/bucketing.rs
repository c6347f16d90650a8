//! The slot functions of other systems, in whose buckets a rollout can go on.

use serde::Serialize;

/// The buckets of another system, which a rollout has taken over: units keep the bucket that they have there.
///
/// [`bucketing`](crate::bucketing#buckets-of-other-systems) specifies the functions, and how slots divide buckets.
///
/// ```
/// use feats::model::{BucketFunction, Bucketing};
/// assert_eq!(Bucketing::from(BucketFunction::Flipper).buckets, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bucketing {
    /// The function that maps units to buckets.
    pub function: BucketFunction,
    /// The number of buckets, which the function determines.
    pub buckets: u32,
}

/// A function that maps units to buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BucketFunction {
    /// That of flipper-client: 100 buckets, by the SHA-1 of the subject's attributes as JSON.
    Flipper,
    /// That of Flypper: 10 000 buckets, by the MD5 of one attribute.
    Flypper,
}

impl BucketFunction {
    const ALL: [Self; 2] = [BucketFunction::Flipper, BucketFunction::Flypper];

    /// The wire names.
    pub(crate) const NAMES: [&'static str; 2] = ["flipper", "flypper"];

    /// Returns the wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            BucketFunction::Flipper => "flipper",
            BucketFunction::Flypper => "flypper",
        }
    }

    /// Returns the function with a wire name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// Returns the name of the system, as people write it.
    pub fn system(self) -> &'static str {
        match self {
            BucketFunction::Flipper => "Flipper",
            BucketFunction::Flypper => "Flypper",
        }
    }

    /// Returns the number of buckets.
    pub const fn buckets(self) -> u32 {
        match self {
            BucketFunction::Flipper => 100,
            BucketFunction::Flypper => 10_000,
        }
    }
}

/// Creates the bucketing of a function.
impl From<BucketFunction> for Bucketing {
    fn from(function: BucketFunction) -> Self {
        Self { function, buckets: function.buckets() }
    }
}
