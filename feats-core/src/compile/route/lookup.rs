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
    integers: FxHashMap<i128, T>,
    floats: FxHashMap<u64, T>,
    bools: [Option<T>; 2],
}

const MAX_LINEAR: usize = 4;

impl<T: Copy> Lookup<T> {
    pub(crate) fn new<'v>(pairs: impl ExactSizeIterator<Item = (&'v Value<'v>, T)>) -> Self {
        if pairs.len() <= MAX_LINEAR {
            return Lookup::Few(pairs.map(|(value, item)| (Operand::new(value), item)).collect());
        }
        let (texts, integers, floats) = Default::default();
        let mut tables = Tables { texts, integers, floats, bools: [None; 2] };
        for (value, item) in pairs {
            tables.insert(value, item);
        }
        tables.texts.shrink_to_fit();
        tables.integers.shrink_to_fit();
        Lookup::Many(Arc::new(tables))
    }

    #[inline]
    pub(crate) fn get(&self, value: &Value<'_>) -> Option<T> {
        match self {
            Lookup::Few(pairs) => pairs.iter().find(|(known, _)| known.equals(value)).map(|(_, item)| *item),
            Lookup::Many(tables) => tables.get(value),
        }
    }
}

impl<T: Copy> Tables<T> {
    fn insert(&mut self, value: &Value<'_>, item: T) {
        match value {
            Value::Text(text) => drop(self.texts.entry(text.as_ref().into()).or_insert(item)),
            Value::Integer(integer) => drop(self.integers.entry(*integer).or_insert(item)),
            Value::Bool(bool) => {
                if let Some(entry) = self.bools.get_mut(usize::from(*bool)) {
                    entry.get_or_insert(item);
                }
            }
            Value::Float(float) => match value.as_whole() {
                Some(integer) => drop(self.integers.entry(integer).or_insert(item)),
                None if float.is_nan() => {}
                None => drop(self.floats.entry(float.to_bits()).or_insert(item)),
            },
        }
    }

    fn get(&self, value: &Value<'_>) -> Option<T> {
        match value {
            Value::Text(text) => self.texts.get(&**text).copied(),
            Value::Integer(integer) => self.integers.get(integer).copied(),
            Value::Bool(bool) => self.bools.get(usize::from(*bool)).copied().flatten(),
            Value::Float(float) => match value.as_whole() {
                Some(integer) => self.integers.get(&integer).copied(),
                None => self.floats.get(&float.to_bits()).copied(),
            },
        }
    }
}
