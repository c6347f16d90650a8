//! Compact operands of compiled operators.

use std::cmp::Ordering;

use crate::model::Value;

/// A value in 24 bytes.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Text(Box<str>),
    Integer(i64),
    /// Beyond `i64::MAX`.
    Large(u64),
    Float(f64),
    Bool(bool),
}

impl Operand {
    /// Creates an operand. Integers always fit into `i64` or `u64`; one that does not equals nothing.
    pub(crate) fn new(value: &Value<'_>) -> Self {
        match value {
            Value::Text(text) => Operand::Text(text.as_ref().into()),
            Value::Integer(integer) => match (i64::try_from(*integer), u64::try_from(*integer)) {
                (Ok(integer), _) => Operand::Integer(integer),
                (_, Ok(large)) => Operand::Large(large),
                _ => Operand::Float(f64::NAN),
            },
            Value::Float(float) => Operand::Float(*float),
            Value::Bool(bool) => Operand::Bool(*bool),
        }
    }

    #[inline(always)]
    pub(crate) fn equals(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Operand::Text(operand), Value::Text(text)) => **operand == **text,
            (Operand::Integer(operand), Value::Integer(integer)) => i128::from(*operand) == *integer,
            _ => self.equals_other(value),
        }
    }

    /// Compares values of different types, and of types that are rarely compared for equality.
    #[inline(never)]
    fn equals_other(&self, value: &Value<'_>) -> bool {
        self.value() == *value
    }

    /// Compares a value with this operand.
    #[inline]
    pub(crate) fn ordering_of(&self, value: &Value<'_>) -> Option<Ordering> {
        value.partial_cmp(&self.value())
    }

    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Operand::Text(text) => Value::from(&**text),
            Operand::Integer(integer) => Value::from(*integer),
            Operand::Large(large) => Value::from(*large),
            Operand::Float(float) => Value::from(*float),
            Operand::Bool(bool) => Value::from(*bool),
        }
    }
}
