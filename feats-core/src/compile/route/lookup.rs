//! Lookup tables by value, with which the cost of a rule does not depend on the number of its values.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::operand::Operand;

use crate::model::Value;

/// A map from values to small items. Of two equal values, the first one wins. Clones share the large parts.
#[derive(Clone, Debug)]
pub(crate) enum Lookup<T> {
    /// A few values, which are faster to compare than to hash.
    Few(Box<[(Operand, T)]>),
    Many(Arc<Tables<T>>),
}

#[derive(Debug)]
pub(crate) struct Tables<T> {
    texts: FxHashMap<Box<str>, T>,
    /// Includes floats without a fraction, since they equal integers.
    integers: FxHashMap<i64, T>,
    /// The integers beyond `i64::MAX`. They are rare, and keys of 8 bytes halve the memory that a look-up reads.
    large: FxHashMap<u64, T>,
    /// The bits of all other floats.
    floats: FxHashMap<u64, T>,
    bools: [Option<T>; 2],
}

/// A number as a key: equal numbers have equal keys, whether they are integers or floats.
#[derive(Debug, PartialEq)]
enum Number {
    Integer(i64),
    Large(u64),
    Float(u64),
}

const MAX_LINEAR: usize = 4;

impl<T: Copy> Lookup<T> {
    pub(crate) fn new<'v>(pairs: impl ExactSizeIterator<Item = (&'v Value<'v>, T)>) -> Self {
        if pairs.len() <= MAX_LINEAR {
            return Lookup::Few(pairs.map(|(value, item)| (Operand::new(value), item)).collect());
        }
        let (texts, integers, large, floats) = Default::default();
        let mut tables = Tables { texts, integers, large, floats, bools: [None; 2] };
        for (value, item) in pairs {
            tables.insert(value, item);
        }
        tables.texts.shrink_to_fit();
        tables.integers.shrink_to_fit();
        tables.large.shrink_to_fit();
        tables.floats.shrink_to_fit();
        Lookup::Many(Arc::new(tables))
    }

    #[inline(always)]
    pub(crate) fn get(&self, value: &Value<'_>) -> Option<T> {
        match self {
            Lookup::Few(pairs) => Self::find(pairs, value),
            Lookup::Many(tables) => tables.get(value),
        }
    }

    #[inline(never)]
    fn find(pairs: &[(Operand, T)], value: &Value<'_>) -> Option<T> {
        pairs.iter().find(|(known, _)| known.equals(value)).map(|(_, item)| *item)
    }
}

impl<T: Copy> Tables<T> {
    fn insert(&mut self, value: &Value<'_>, item: T) {
        match value {
            Value::Text(text) => drop(self.texts.entry(text.as_ref().into()).or_insert(item)),
            Value::Bool(bool) => {
                if let Some(entry) = self.bools.get_mut(usize::from(*bool)) {
                    entry.get_or_insert(item);
                }
            }
            Value::Integer(_) | Value::Float(_) => match Number::new(value) {
                Some(Number::Integer(integer)) => drop(self.integers.entry(integer).or_insert(item)),
                Some(Number::Large(large)) => drop(self.large.entry(large).or_insert(item)),
                Some(Number::Float(bits)) => drop(self.floats.entry(bits).or_insert(item)),
                None => {}
            },
        }
    }

    #[inline(always)]
    fn get(&self, value: &Value<'_>) -> Option<T> {
        // Most long lists are lists of ids.
        if let Value::Integer(integer) = value
            && let Ok(integer) = i64::try_from(*integer)
        {
            return self.integers.get(&integer).copied();
        }
        self.get_other(value)
    }

    #[inline(never)]
    fn get_other(&self, value: &Value<'_>) -> Option<T> {
        match value {
            Value::Text(text) => self.texts.get(&**text).copied(),
            Value::Bool(bool) => self.bools.get(usize::from(*bool)).copied().flatten(),
            Value::Integer(_) | Value::Float(_) => match Number::new(value)? {
                Number::Integer(integer) => self.integers.get(&integer).copied(),
                Number::Large(large) => self.large.get(&large).copied(),
                Number::Float(bits) => self.floats.get(&bits).copied(),
            },
        }
    }
}

impl Number {
    /// Returns the key of a number; `None` for values that are not numbers, and for NaN, which equals nothing.
    fn new(value: &Value<'_>) -> Option<Self> {
        let whole = value.as_whole();
        let integer = whole.and_then(|whole| i64::try_from(whole).ok()).map(Number::Integer);
        let large = || whole.and_then(|whole| u64::try_from(whole).ok()).map(Number::Large);
        let float = || match value {
            Value::Float(float) if !float.is_nan() => Some(Number::Float(float.to_bits())),
            _ => None,
        };
        integer.or_else(large).or_else(float)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_TO_53: i64 = 1 << 53;
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

    /// Returns values at the edges of what integers and floats represent. No two of them are equal.
    fn edges() -> Vec<Value<'static>> {
        let integers =
            [i64::MIN, i64::MIN + 1, -TWO_TO_53 - 1, -TWO_TO_53, -1, 0, 1, TWO_TO_53 - 1, TWO_TO_53, TWO_TO_53 + 1];
        let large = [i64::MAX as u64 - 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX - 1, u64::MAX];
        let floats = [0.5, -0.5, f64::MIN_POSITIVE, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY];
        let beyond = [TWO_TO_64, -TWO_TO_64, 2.0 * TWO_TO_64, -TWO_TO_63 - 2_048.0];
        let other = [Value::from("0"), Value::from(""), Value::from(true), Value::from(false)];
        let numbers = integers.map(Value::from).into_iter().chain(large.map(Value::from));
        numbers.chain(floats.map(Value::from)).chain(beyond.map(Value::from)).chain(other).collect()
    }

    fn lookup(values: &[Value<'_>]) -> Lookup<u16> {
        Lookup::new(values.iter().zip(0_u16..).collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn every_value_is_found_by_itself_alone() {
        let edges = edges();
        let many = lookup(&edges);
        assert!(matches!(many, Lookup::Many(_)));
        for (value, index) in edges.iter().zip(0_u16..) {
            assert_eq!(many.get(value), Some(index), "{value}");
            let others: Vec<_> = edges.iter().filter(|other| *other != value).cloned().collect();
            assert_eq!(lookup(&others).get(value), None, "{value}");
        }
    }

    #[test]
    fn equal_integers_and_floats_find_each_other() {
        let pairs: [(Value<'_>, f64); 8] = [
            (0.into(), 0.0),
            (0.into(), -0.0),
            (TWO_TO_53.into(), 9_007_199_254_740_992.0),
            ((-TWO_TO_53).into(), -9_007_199_254_740_992.0),
            (i64::MIN.into(), -TWO_TO_63),
            ((i64::MAX as u64 + 1).into(), TWO_TO_63),
            ((u64::MAX - 2_047).into(), 18_446_744_073_709_549_568.0),
            (1.into(), 1.0),
        ];
        let filler = ["a", "b", "c", "d", "e"].map(Value::from);
        for (integer, float) in pairs {
            let float = Value::from(float);
            for (known, value) in [(&integer, &float), (&float, &integer)] {
                let few = lookup(std::slice::from_ref(known));
                let many = lookup(&[std::slice::from_ref(known), &filler].concat());
                assert!(matches!((&few, &many), (Lookup::Few(_), Lookup::Many(_))));
                assert_eq!((few.get(value), many.get(value)), (Some(0), Some(0)), "{known} and {value}");
            }
        }
    }

    /// Above 2⁵³, a float is not equal to the integers next to it, although they are rounded to it.
    #[test]
    fn rounded_floats_do_not_find_the_integers_next_to_them() {
        let many = lookup(&edges());
        for float in [9_007_199_254_740_994.0, -9_007_199_254_740_994.0, f64::NAN, 1.5] {
            assert_eq!(many.get(&float.into()), None, "{float}");
        }
        let integers = [TWO_TO_53 + 1, i64::MAX, i64::MAX - 1, 5, 6].map(Value::from);
        assert_eq!(lookup(&integers).get(&9_007_199_254_740_992.0.into()), None);
        assert_eq!(lookup(&integers).get(&TWO_TO_63.into()), None);
        let floats = [9_007_199_254_740_992.0, TWO_TO_63, TWO_TO_64, 5.0, 6.0].map(Value::from);
        assert_eq!(lookup(&floats).get(&(TWO_TO_53 + 1).into()), None);
        assert_eq!(lookup(&floats).get(&i64::MAX.into()), None);
        assert_eq!(lookup(&floats).get(&u64::MAX.into()), None);
    }

    #[test]
    fn of_equal_values_the_first_one_wins_and_nan_equals_nothing() {
        let repeated: [Value<'_>; 10] = [
            f64::NAN.into(),
            7.into(),
            7.0.into(),
            u64::MAX.into(),
            u64::MAX.into(),
            "a".into(),
            "a".into(),
            0.5.into(),
            0.5.into(),
            true.into(),
        ];
        let many = lookup(&repeated);
        let found = [7.into(), 7.0.into(), u64::MAX.into(), "a".into(), 0.5.into(), true.into(), f64::NAN.into()];
        let found = found.map(|value: Value<'_>| many.get(&value));
        assert_eq!(found, [Some(1), Some(1), Some(3), Some(5), Some(7), Some(9), None]);
    }

    #[test]
    fn few_values_and_many_agree() {
        let edges = edges();
        let filler = ["w", "x", "y", "z"].map(Value::from);
        for known in &edges {
            let few = lookup(std::slice::from_ref(known));
            let many = lookup(&[std::slice::from_ref(known), &filler].concat());
            for value in &edges {
                assert_eq!(few.get(value), many.get(value), "{known} and {value}");
            }
        }
    }
}
