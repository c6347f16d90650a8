//! The slot function: which of 1 000 000 slots a unit falls into. Frozen.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::model::{SLOTS, Value};

/// A seed, hashed once.
///
/// ```
/// use feats::bucketing::Seed;
/// use feats::model::Value;
/// let seed = Seed::new("9f3k2m7q1x8c4v5b");
/// assert_eq!(seed.slot_of(b"42"), 176_419);
/// assert_eq!(seed.slot(&Value::from(42)), Some(176_419));
/// assert_eq!(seed.slot(&Value::from(42.0)), Some(176_419));
/// assert_eq!(seed.slot(&Value::from(4.2)), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// Hashes the text of a seed.
    pub fn new(seed: &str) -> Self {
        Self(xxh3_64(seed.as_bytes()))
    }

    /// The slot of a unit: `(xxh3_64_with_seed(unit, xxh3_64(seed)) · 1 000 000) / 2⁶⁴`, rounded down.
    ///
    /// Do not improve this function: every unit in the field would move. `tests/vectors/slots.json`, computed with the
    /// [reference library](https://github.com/Cyan4973/xxHash), holds it in place.
    #[inline]
    pub fn slot_of(self, unit: &[u8]) -> u32 {
        scale(self.hash(unit))
    }

    /// The bits that the slot is made of.
    #[inline]
    pub(crate) fn hash(self, unit: &[u8]) -> u64 {
        xxh3_64_with_seed(unit, self.0)
    }

    /// The slot of a value: text as UTF-8, integers as decimal ASCII, bools as `true` and `false`. A whole float of up to
    /// 2⁵³ has the slot of the integer that it equals; any other float is not a unit.
    #[inline]
    pub fn slot(self, unit: &Value<'_>) -> Option<u32> {
        Some(match unit {
            Value::Text(text) => self.slot_of(text.as_bytes()),
            Value::Integer(integer) => self.slot_of_integer(*integer),
            Value::Bool(true) => self.slot_of(b"true"),
            Value::Bool(false) => self.slot_of(b"false"),
            Value::Float(_) => self.slot_of_integer(unit.as_integer_unit()?),
        })
    }

    #[inline]
    fn slot_of_integer(self, integer: i128) -> u32 {
        self.slot_of(decimal(integer, &mut itoa::Buffer::new()).as_bytes())
    }
}

/// The slot of 64 random bits.
#[inline]
pub fn scale(bits: u64) -> u32 {
    ((u128::from(bits) * u128::from(SLOTS)) >> 64) as u32
}

/// Decimal digits; 64-bit integers, which are all that occur, take the short way.
#[inline]
fn decimal(integer: i128, buffer: &mut itoa::Buffer) -> &str {
    match (u64::try_from(integer), i64::try_from(integer)) {
        (Ok(unsigned), _) => buffer.format(unsigned),
        (_, Ok(signed)) => buffer.format(signed),
        _ => buffer.format(integer),
    }
}
