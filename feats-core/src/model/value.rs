//! Values that segments return and operators compare with, and their comparison.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};

/// A value of a segment or an attribute: text, an integer (of `i64` or `u64`), a float or a bool.
///
/// Integers and floats compare as numbers, exactly, even beyond 2⁵³; other values of different types are
/// unequal and unordered. Text is ordered by code point.
///
/// ```
/// use feats::Value;
/// assert_eq!(Value::from(2), Value::from(2.0));
/// assert!(Value::from(9_007_199_254_740_993_i64) > Value::from(9_007_199_254_740_992.0));
/// assert!(Value::from("2") != Value::from(2));
/// assert_eq!(Value::from("a").partial_cmp(&Value::from(true)), None);
/// ```
#[derive(Clone)]
pub enum Value<'a> {
    /// UTF-8 text. Empty text is a value like any other.
    Text(Cow<'a, str>),
    /// An integer within `i64::MIN..=u64::MAX`.
    Integer(i128),
    /// A float.
    Float(f64),
    /// A boolean.
    Bool(bool),
}

/// The type of a [`Value`], as declared by a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Text.
    Text,
    /// An integer.
    Integer,
    /// A float.
    Float,
    /// A boolean.
    Bool,
}

impl Value<'_> {
    /// Returns the type of this value.
    pub fn kind(&self) -> ValueKind {
        match self {
            Value::Text(_) => ValueKind::Text,
            Value::Integer(_) => ValueKind::Integer,
            Value::Float(_) => ValueKind::Float,
            Value::Bool(_) => ValueKind::Bool,
        }
    }

    /// Returns the text; `None` for values of other types.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the whole number that equals this value; `None` for text, bools, numbers with a fraction, and floats beyond
    /// 2⁶⁴.
    pub(crate) fn as_whole(&self) -> Option<i128> {
        const LIMIT: f64 = 18_446_744_073_709_551_616.0; // 2⁶⁴
        #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and within the range")]
        match self {
            Value::Integer(integer) => Some(*integer),
            Value::Float(float) if float.fract() == 0.0 && float.abs() <= LIMIT => Some(*float as i128),
            _ => None,
        }
    }

    /// Returns the integer that identifies the same unit as this value: the value itself if it is an integer or a whole float, of
    /// at most 2⁵³ in magnitude. Beyond that, a float may be a rounded form of another number.
    pub fn as_integer_unit(&self) -> Option<i128> {
        const LIMIT: i128 = 1 << 53;
        self.as_whole().filter(|whole| (-LIMIT..=LIMIT).contains(whole))
    }

    /// Returns `true` if the value is a unit: anything but a float with a fraction or beyond 2⁵³.
    pub(crate) fn is_unit(&self) -> bool {
        !matches!(self, Value::Float(_)) || self.as_integer_unit().is_some()
    }

    /// Converts the value into one that owns its text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Integer(integer) => Value::Integer(integer),
            Value::Float(float) => Value::Float(float),
            Value::Bool(bool) => Value::Bool(bool),
        }
    }

    /// Returns the same value, borrowing its text; allocates nothing.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            Value::Integer(integer) => Value::Integer(*integer),
            Value::Float(float) => Value::Float(*float),
            Value::Bool(bool) => Value::Bool(*bool),
        }
    }
}

impl ValueKind {
    /// Parses text typed by a person as a value of this type; `None` if it is not one.
    ///
    /// ```
    /// use feats::{Value, model::ValueKind};
    /// assert_eq!(ValueKind::Integer.parse("42"), Some(Value::from(42)));
    /// assert_eq!(ValueKind::Integer.parse("4.2"), None);
    /// ```
    pub fn parse(self, text: &str) -> Option<Value<'static>> {
        match self {
            ValueKind::Text => Some(Value::from(text.to_owned())),
            ValueKind::Integer => {
                let signed = text.parse::<i64>().map(Value::from);
                signed.or_else(|_| text.parse::<u64>().map(Value::from)).ok()
            }
            ValueKind::Float => text.parse::<f64>().ok().filter(|float| float.is_finite()).map(Value::from),
            ValueKind::Bool => text.parse::<bool>().ok().map(Value::from),
        }
    }

    /// Returns `true` if values of the two types can be equal or ordered.
    pub fn is_comparable_with(self, other: ValueKind) -> bool {
        let number = |kind| matches!(kind, ValueKind::Integer | ValueKind::Float);
        self == other || (number(self) && number(other))
    }
}

impl PartialEq for Value<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => a.as_ref() == b.as_ref(),
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (a, b) => a.partial_cmp(b) == Some(Ordering::Equal),
        }
    }
}

impl PartialOrd for Value<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Text(a), Value::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
            (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
            (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Integer(a), Value::Float(b)) => compare_exactly(*a, *b),
            (Value::Float(a), Value::Integer(b)) => compare_exactly(*b, *a).map(Ordering::reverse),
            _ => None,
        }
    }
}

/// Compares without rounding the integer: a float has an exact integer part and an exact fraction.
fn compare_exactly(integer: i128, float: f64) -> Option<Ordering> {
    const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0; // 2¹²⁷
    if float.is_nan() {
        None
    } else if float >= LIMIT {
        Some(Ordering::Less)
    } else if float < -LIMIT {
        Some(Ordering::Greater)
    } else {
        #[allow(clippy::cast_possible_truncation, reason = "within the range, and only the integer part is wanted")]
        let whole = float.trunc() as i128;
        let fraction = float.fract();
        Some(integer.cmp(&whole).then_with(|| 0.0_f64.total_cmp(&(fraction + 0.0))))
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Integer(integer) => write!(f, "{integer}"),
            Value::Float(float) => write!(f, "{float:?}"),
            Value::Bool(bool) => write!(f, "{bool}"),
        }
    }
}

/// Formats the value as in JSON, with text quoted.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "{text:?}"),
            other => write!(f, "{other}"),
        }
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ValueKind::Text => "text",
            ValueKind::Integer => "an integer",
            ValueKind::Float => "a float",
            ValueKind::Bool => "a bool",
        })
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Integer(integer) => match (i64::try_from(*integer), u64::try_from(*integer)) {
                (Ok(signed), _) => serializer.serialize_i64(signed),
                (_, Ok(unsigned)) => serializer.serialize_u64(unsigned),
                _ => Err(serde::ser::Error::custom("the integer does not fit into i64 or u64")),
            },
            Value::Float(float) => serializer.serialize_f64(*float),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Value<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "description": "Text, a number or a bool.", "type": ["string", "number", "boolean"] })
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Text(text)
    }
}

impl From<f64> for Value<'_> {
    fn from(float: f64) -> Self {
        Value::Float(float)
    }
}

impl From<bool> for Value<'_> {
    fn from(bool: bool) -> Self {
        Value::Bool(bool)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Value<'_> {
            fn from(integer: $integer) -> Self {
                Value::Integer(integer as i128)
            }
        }
    )*};
}

from_integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_parsed_as_the_declared_type() {
        assert_eq!(ValueKind::Text.parse("42"), Some(Value::from("42")));
        assert_eq!(ValueKind::Integer.parse("42"), Some(Value::from(42)));
        assert_eq!(ValueKind::Integer.parse("18446744073709551615"), Some(Value::from(u64::MAX)));
        assert_eq!(ValueKind::Integer.parse("4.2"), None);
        assert_eq!(ValueKind::Float.parse("4.5"), Some(Value::from(4.5)));
        assert_eq!(ValueKind::Float.parse("NaN"), None);
        assert_eq!(ValueKind::Bool.parse("true"), Some(Value::from(true)));
        assert_eq!(ValueKind::Bool.parse("yes"), None);
    }
}
