//! Numbers of JSON, as Python reads them: integers of any size, and floats.

use std::fmt;

use feats_core::__private::python_json;

use crate::model::Value;

/// A number. One without a fraction and an exponent is an integer.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) enum Number {
    /// The decimal digits of an integer, with a sign if it is negative.
    Integer(String),
    Float(f64),
}

impl Number {
    /// Parses a number of JSON; `None` if it is a float beyond 64 bits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.contains(['.', 'e', 'E']) {
            return text.parse().ok().filter(|float: &f64| float.is_finite()).map(Number::Float);
        }
        Some(Number::Integer(if text == "-0" { "0" } else { text }.to_owned()))
    }

    /// Returns the nearest float; infinite for an integer beyond the range of floats.
    pub(in crate::flags) fn to_f64(&self) -> f64 {
        match self {
            Number::Integer(digits) => digits.parse().unwrap_or(f64::NAN),
            Number::Float(float) => *float,
        }
    }

    /// Returns the number as a value of feats; `None` for an integer beyond 64 bits.
    pub(in crate::flags) fn to_value(&self) -> Option<Value<'static>> {
        match self {
            Number::Float(float) => Some(Value::from(*float)),
            Number::Integer(digits) => {
                let signed = digits.parse::<i64>().map(Value::from);
                signed.or_else(|_| digits.parse::<u64>().map(Value::from)).ok()
            }
        }
    }

    pub(super) fn to_serde(&self) -> serde_json::Value {
        match self {
            Number::Float(float) => (*float).into(),
            Number::Integer(digits) => match (digits.parse::<i64>(), digits.parse::<u64>()) {
                (Ok(signed), _) => signed.into(),
                (_, Ok(unsigned)) => unsigned.into(),
                _ => self.to_f64().into(),
            },
        }
    }

    pub(super) fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Number::Integer(digits) => out.write_str(digits),
            Number::Float(float) => python_json::write_float(out, *float),
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Number::Integer(integer.to_string())
    }
}

impl From<f64> for Number {
    fn from(float: f64) -> Self {
        Number::Float(float)
    }
}
