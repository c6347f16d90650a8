//! Units: their text, their names in stores, and their hashes.

use std::borrow::Cow;

use feats_core::__private::Experiment;
use feats_core::__private::shorten;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::model::Value;

/// The maximum length of a name in a store, in characters.
const MAX_NAME_CHARS: usize = 200;

/// A 128-bit hash of one unit of one experiment, long enough that collisions are negligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u128);

impl Key {
    #[inline]
    pub(super) fn new(experiment: &Experiment, unit: &str) -> Self {
        Self(xxh3_128_with_seed(unit.as_bytes(), experiment.key_hash))
    }

    /// Returns the low half of the bits.
    pub(super) fn low(self) -> u64 {
        self.0 as u64
    }

    /// Returns the high half of the bits.
    pub(super) fn high(self) -> u64 {
        (self.0 >> 64) as u64
    }
}

/// Passes the text of a unit to `use_text`: text as it is, integers and whole floats in decimal digits, bools as `true` and
/// `false`. Returns `None` for any other float, which is not a unit.
#[inline]
pub(super) fn with_text<R>(unit: &Value<'_>, use_text: impl FnOnce(&str) -> R) -> Option<R> {
    Some(match unit {
        Value::Text(text) => use_text(text),
        Value::Integer(integer) => match u64::try_from(*integer) {
            Ok(unsigned) => use_text(itoa::Buffer::new().format(unsigned)),
            Err(_) => use_text(itoa::Buffer::new().format(*integer)),
        },
        Value::Bool(true) => use_text("true"),
        Value::Bool(false) => use_text("false"),
        Value::Float(_) => use_text(itoa::Buffer::new().format(unit.as_integer_unit()?)),
    })
}

/// Returns the name of a unit in stores: its text, or the hash of a text that is too long or contains NUL.
pub(super) fn stored(text: &str) -> Cow<'_, str> {
    shorten(text, MAX_NAME_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exposure::tests::compiled::experiment;

    fn text(value: impl Into<Value<'static>>) -> Option<String> {
        with_text(&value.into(), str::to_owned)
    }

    #[test]
    fn the_text_of_a_unit_is_the_one_that_its_slot_is_computed_from() {
        assert_eq!(text("Zoë").as_deref(), Some("Zoë"));
        assert_eq!(text(42).as_deref(), Some("42"));
        assert_eq!(text(-42).as_deref(), Some("-42"));
        assert_eq!(text(u64::MAX).as_deref(), Some("18446744073709551615"));
        assert_eq!(text(true).as_deref(), Some("true"));
        assert_eq!(text(42.0).as_deref(), Some("42"));
        assert_eq!(text(-0.0).as_deref(), Some("0"));
        assert_eq!(text(9_007_199_254_740_992.0).as_deref(), Some("9007199254740992"));
        for float in [4.2, 9_007_199_254_740_994.0, f64::NAN, f64::INFINITY] {
            assert_eq!(text(float), None);
        }
    }

    #[test]
    fn keys_differ_by_unit_and_by_experiment() {
        let experiments = [("F", "a"), ("F", "b"), ("G", "a"), ("Fa", "b"), ("F", "ab")];
        let experiments = experiments.map(|(feature, seed)| experiment(feature, seed, 1, &["acme"]));
        let keys: Vec<Key> = experiments
            .iter()
            .flat_map(|experiment| ["", "a", "b", "ab"].map(|unit| Key::new(experiment, unit)))
            .collect();
        for (index, key) in keys.iter().enumerate() {
            assert_eq!(keys.iter().position(|other| other == key), Some(index));
        }
    }
}
