//! Tests of values: numbers as decimal text, and everything else by the libraries that everybody knows.

use std::cmp::Ordering;
use std::sync::LazyLock;

use feats::Value;
use feats::model::Test;
use regex::Regex;

pub(super) fn holds(test: &Test, value: &Value<'_>) -> bool {
    let text = |holds: &dyn Fn(&str) -> bool| match value {
        Value::Text(text) => holds(text),
        _ => false,
    };
    let is =
        |operand: &Value<'_>, orderings: &[Ordering]| order(value, operand).is_some_and(|is| orderings.contains(&is));
    match test {
        Test::In(operands) => operands.iter().any(|operand| equal(value, operand)),
        Test::NotIn(operands) => !operands.iter().any(|operand| equal(value, operand)),
        Test::Eq(operand) => equal(value, operand),
        Test::Ne(operand) => !equal(value, operand),
        Test::Gt(operand) => is(operand, &[Ordering::Greater]),
        Test::Gte(operand) => is(operand, &[Ordering::Greater, Ordering::Equal]),
        Test::Lt(operand) => is(operand, &[Ordering::Less]),
        Test::Lte(operand) => is(operand, &[Ordering::Less, Ordering::Equal]),
        Test::StartsWith(start) => text(&|text| text.starts_with(start.as_str())),
        Test::EndsWith(end) => text(&|text| text.ends_with(end.as_str())),
        Test::Contains(part) => text(&|text| text.contains(part.as_str())),
        Test::Matches(pattern) => text(&|text| Regex::new(pattern).unwrap().is_match(text)),
        Test::Semver(range) => text(&|text| {
            let range = semver::VersionReq::parse(range).unwrap();
            semver::Version::parse(text).is_ok_and(|version| range.matches(&version))
        }),
        Test::Before(limit) => text(&|text| time(text).is_some_and(|time| time < self::time(limit).unwrap())),
        Test::After(limit) => text(&|text| time(text).is_some_and(|time| time > self::time(limit).unwrap())),
    }
}

pub(super) fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    order(a, b) == Some(Ordering::Equal)
}

/// Numbers compare as numbers, the rest only with their like.
pub(crate) fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.chars().cmp(b.chars())),
        (Value::Bool(a), Value::Bool(b)) => Some(u8::from(*a).cmp(&u8::from(*b))),
        (Value::Text(_) | Value::Bool(_), _) | (_, Value::Text(_) | Value::Bool(_)) => None,
        (a, b) => {
            let (a, b) = (Decimal::of(a)?, Decimal::of(b)?);
            Some(match (a.negative, b.negative) {
                (false, false) => a.magnitude.cmp(&b.magnitude),
                (true, true) => b.magnitude.cmp(&a.magnitude),
                (negative, _) => {
                    if negative {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
            })
        }
    }
}

/// A number as its exact decimal digits.
struct Decimal {
    negative: bool,
    /// The number of digits before the point, those digits, and those after it.
    magnitude: (usize, String, String),
}

impl Decimal {
    fn of(number: &Value<'_>) -> Option<Self> {
        let text = match number {
            Value::Integer(integer) => integer.to_string(),
            Value::Float(float) if float.is_nan() => return None,
            Value::Float(float) if float.is_infinite() => {
                format!("{}{}", if *float < 0.0 { "-" } else { "" }, "9".repeat(400))
            }
            // No float has more than 1 074 digits after the point.
            Value::Float(float) => format!("{float:.1074}"),
            Value::Text(_) | Value::Bool(_) => return None,
        };
        let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, rest) = (whole.trim_start_matches('0'), rest.trim_end_matches('0'));
        let zero = whole.is_empty() && rest.is_empty();
        Some(Self { negative: negative && !zero, magnitude: (whole.len(), whole.to_owned(), rest.to_owned()) })
    }
}

/// The milliseconds of an RFC 3339 time, rounded down.
pub(crate) fn time(text: &str) -> Option<i128> {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        let shape = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$";
        Regex::new(&shape.replace(r"\d", "[0-9]")).unwrap()
    });
    let time: jiff::Timestamp = SHAPE.is_match(text).then(|| text.parse().ok())??;
    Some(time.as_nanosecond().div_euclid(1_000_000))
}
