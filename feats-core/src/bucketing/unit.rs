//! Units of several values. Their bytes are frozen.

use arrayvec::ArrayVec;
use xxhash_rust::xxh3::Xxh3;

use super::slots::{Seed, decimal, scale};

use crate::model::Value;

/// The number of bytes of a unit that are collected before they are hashed. Most units have fewer.
const INLINE_BYTES: usize = 240;

/// A unit of several values, which are hashed one by one. Allocates nothing.
///
/// [Units of several values](crate::bucketing#units-of-several-values) specifies the bytes.
pub struct UnitHasher {
    seed: Seed,
    /// The bytes that are not hashed yet.
    bytes: ArrayVec<u8, INLINE_BYTES>,
    /// The hasher of a unit that has more bytes than `bytes` holds.
    long: Option<Xxh3>,
}

impl UnitHasher {
    /// Starts a unit of a rollout with this seed.
    #[inline]
    pub fn new(seed: Seed) -> Self {
        Self { seed, bytes: ArrayVec::new(), long: None }
    }

    /// Adds a value, preceded by its number of bytes. Returns `false` and adds nothing if the value is not a unit by itself: a
    /// float with a fraction or beyond 2⁵³.
    #[must_use]
    pub fn push(&mut self, value: &Value<'_>) -> bool {
        let integer = match value {
            Value::Text(text) => {
                self.push_text(text);
                return true;
            }
            Value::Bool(bool) => {
                self.push_text(if *bool { "true" } else { "false" });
                return true;
            }
            Value::Integer(integer) => Some(*integer),
            Value::Float(_) => value.as_integer_unit(),
        };
        if let Some(integer) = integer {
            self.push_text(decimal(integer, &mut itoa::Buffer::new()));
        }
        integer.is_some()
    }

    /// Adds the name and the value of an attribute, each preceded by its number of bytes. Returns `false` if the value is not a
    /// unit by itself.
    #[must_use]
    pub fn push_attribute(&mut self, name: &str, value: &Value<'_>) -> bool {
        self.push_text(name);
        self.push(value)
    }

    /// Returns the slot of the unit.
    pub fn slot(&self) -> u32 {
        scale(self.hash())
    }

    /// Returns the native hash of the unit's bytes.
    pub(super) fn hash(&self) -> u64 {
        match &self.long {
            None => self.seed.hash(&self.bytes),
            Some(hashed) => {
                let mut hasher = hashed.clone();
                hasher.update(&self.bytes);
                hasher.digest()
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        self.push_bytes(itoa::Buffer::new().format(text.len()).as_bytes());
        self.push_bytes(b":");
        self.push_bytes(text.as_bytes());
    }

    /// Adds bytes as they are.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        if self.bytes.try_extend_from_slice(bytes).is_err() {
            let hasher = self.long.get_or_insert_with(|| self.seed.hasher());
            hasher.update(&self.bytes);
            hasher.update(bytes);
            self.bytes.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_units_have_the_slot_of_all_their_bytes() {
        let seed = Seed::new("s");
        for length in (0..40).chain(200..300).chain([511, 512, 513, 1_023, 1_024, 1_025, 4_096, 100_000]) {
            for parts in 1..4 {
                let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
                let mut unit = UnitHasher::new(seed);
                let mut bytes = String::new();
                for _ in 0..parts {
                    assert!(unit.push(&Value::from(text.as_str())));
                    bytes += &format!("{length}:{text}");
                }
                assert_eq!(unit.slot(), seed.slot_of(bytes.as_bytes()), "{parts} times {length}");
            }
        }
    }

    #[test]
    fn a_value_that_is_not_a_unit_adds_nothing() {
        let seed = Seed::new("s");
        let mut unit = UnitHasher::new(seed);
        assert!(unit.push(&Value::from("a")));
        for float in [4.2, f64::NAN, f64::INFINITY, 9_007_199_254_740_994.0] {
            assert!(!unit.push(&Value::from(float)), "{float}");
        }
        assert!(unit.push(&Value::from(42.0)) && unit.push(&Value::from(true)));
        assert_eq!(unit.slot(), seed.slot_of(b"1:a2:424:true"));
    }
}
