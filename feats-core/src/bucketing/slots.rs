//! The slot function, which maps a unit to one of 1 000 000 slots. Frozen.

use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_64_with_seed};

use crate::model::{SLOTS, Value};

/// A hashed seed.
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

    /// Returns the slot of a unit: `(xxh3_64_with_seed(unit, xxh3_64(seed)) · 1 000 000) / 2⁶⁴`, rounded down.
    ///
    /// Do not improve this function: every change would reassign every unit. `tests/vectors/slots.json`, computed with the
    /// [reference library](https://github.com/Cyan4973/xxHash), ensures that it does not change.
    #[inline]
    pub fn slot_of(self, unit: &[u8]) -> u32 {
        scale(self.hash(unit))
    }

    /// Returns the hash from which the slot is computed.
    #[inline]
    pub(crate) fn hash(self, unit: &[u8]) -> u64 {
        xxh3_64_with_seed(unit, self.0)
    }

    /// Returns the slot of a value: text as UTF-8, integers as decimal ASCII, bools as `true` and `false`. A whole float of at most
    /// 2⁵³ in magnitude has the slot of the equal integer; any other float is not a unit.
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

    /// Returns a hasher of a unit's bytes, whose digest is [`hash`](Self::hash) of all of them.
    pub(super) fn hasher(self) -> Xxh3 {
        Xxh3::with_seed(self.0)
    }

    #[inline]
    fn slot_of_integer(self, integer: i128) -> u32 {
        self.slot_of(decimal(integer, &mut itoa::Buffer::new()).as_bytes())
    }
}

/// Scales 64 random bits to a slot.
#[inline]
pub fn scale(bits: u64) -> u32 {
    ((u128::from(bits) * u128::from(SLOTS)) >> 64) as u32
}

/// Formats decimal digits; 64-bit integers, the only ones that occur, take the fast path.
#[inline]
pub(super) fn decimal(integer: i128, buffer: &mut itoa::Buffer) -> &str {
    match (u64::try_from(integer), i64::try_from(integer)) {
        (Ok(unsigned), _) => buffer.format(unsigned),
        (_, Ok(signed)) => buffer.format(signed),
        _ => buffer.format(integer),
    }
}
