//! Weights: shares in percent, of a fixed number of slots.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// The number of slots of a rollout.
pub const SLOTS: u32 = 1_000_000;

/// The shares of implementations, by name; they sum to 100%.
pub type Weights = BTreeMap<String, Percent>;

/// A share in percent with at most four decimals; any other number is a problem on publish. A number less than a ten-millionth
/// off such a share counts as a rounding error and is corrected: `0.1 + 0.2` is published as 0.3.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Percent(pub f64);

impl Percent {
    /// Returns the number of slots of this share; `None` if it is not a number from 0 to 100 with at most four decimals.
    pub fn slots(self) -> Option<u32> {
        let slots = self.0 * f64::from(SLOTS / 100);
        let whole = slots.round();
        let valid = (0.0..=f64::from(SLOTS)).contains(&whole) && (slots - whole).abs() < 1e-5;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within the range")]
        valid.then_some(whole as u32)
    }

    /// Returns the share without floating-point rounding errors: `0.1 + 0.2` is 0.3. A number that is not a share is unchanged.
    #[must_use]
    pub fn rounded(self) -> Self {
        self.slots().map_or(self, Self::from_slots)
    }

    /// Returns the share of a number of slots.
    pub fn from_slots(slots: u32) -> Self {
        Self(f64::from(slots) / f64::from(SLOTS / 100))
    }
}

impl From<f64> for Percent {
    fn from(percent: f64) -> Self {
        Self(percent)
    }
}

macro_rules! whole_percentages {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Percent {
            #[allow(clippy::cast_lossless, clippy::cast_precision_loss, reason = "what is not exact is far from a percentage")]
            fn from(percent: $integer) -> Self {
                Self(percent as f64)
            }
        }
    )*};
}

whole_percentages!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// Serializes up to four decimals, and whole percentages as integers.
impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
        match self.rounded().0 {
            whole if whole.fract() == 0.0 && whole.abs() < 1e9 => serializer.serialize_i64(whole as i64),
            percent => serializer.serialize_f64(percent),
        }
    }
}
