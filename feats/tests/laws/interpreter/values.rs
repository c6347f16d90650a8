//! Operators on values: numbers as decimal text, and everything else with well-known libraries.

use std::cmp::Ordering;
use std::sync::LazyLock;

use feats::Value;
use feats::model::Operator;
use regex::Regex;
use semver::{Comparator, Op, Version, VersionReq};

/// A three-valued result: `all` is the minimum of its parts, `any` the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    False,
    Unknown,
    True,
}

/// Applies an operator. The result is unknown if a version or a time is compared with a value that is neither.
pub(crate) fn holds(test: &Operator, value: &Value<'_>) -> Truth {
    let truth = |holds| if holds { Truth::True } else { Truth::False };
    let text = value.as_text();
    match test {
        Operator::Semver(range) => text.and_then(|text| is_within(text, range)).map_or(Truth::Unknown, truth),
        Operator::Before(limit) => {
            text.and_then(time).map_or(Truth::Unknown, |known| truth(known < time(limit).unwrap()))
        }
        Operator::After(limit) => {
            text.and_then(time).map_or(Truth::Unknown, |known| truth(known > time(limit).unwrap()))
        }
        test => truth(passes(test, value)),
    }
}

fn passes(test: &Operator, value: &Value<'_>) -> bool {
    let text = |holds: &dyn Fn(&str) -> bool| match value {
        Value::Text(text) => holds(text),
        _ => false,
    };
    let is =
        |operand: &Value<'_>, orderings: &[Ordering]| order(value, operand).is_some_and(|is| orderings.contains(&is));
    match test {
        Operator::In(operands) => operands.iter().any(|operand| equal(value, operand)),
        Operator::NotIn(operands) => !operands.iter().any(|operand| equal(value, operand)),
        Operator::Eq(operand) => equal(value, operand),
        Operator::Ne(operand) => !equal(value, operand),
        Operator::Gt(operand) => is(operand, &[Ordering::Greater]),
        Operator::Gte(operand) => is(operand, &[Ordering::Greater, Ordering::Equal]),
        Operator::Lt(operand) => is(operand, &[Ordering::Less]),
        Operator::Lte(operand) => is(operand, &[Ordering::Less, Ordering::Equal]),
        Operator::StartsWith(start) => text(&|text| text.starts_with(start.as_str())),
        Operator::EndsWith(end) => text(&|text| text.ends_with(end.as_str())),
        Operator::Contains(part) => text(&|text| text.contains(part.as_str())),
        Operator::Matches(pattern) => text(&|text| Regex::new(pattern).unwrap().is_match(text)),
        Operator::Semver(_) | Operator::Before(_) | Operator::After(_) => unreachable!("three-valued"),
    }
}

/// Parses a version with the semver crate, after it is completed to three numbers.
fn version(text: &str) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let zeros = ".0".repeat(2_usize.checked_sub(core.matches('.').count())?);
    Version::parse(&format!("{core}{zeros}{rest}")).ok()
}

/// Compares two versions. Returns `None` if one of them is not a version.
pub(crate) fn precedence(a: &str, b: &str) -> Option<Ordering> {
    Some(version(a)?.cmp_precedence(&version(b)?))
}

/// Returns `true` if a version is within a range. Each comparator is a lower and an upper limit, as documented.
pub(crate) fn is_within(text: &str, range: &str) -> Option<bool> {
    let version = version(text)?;
    let within = |comparator: &Comparator| {
        let Comparator { op, major, minor, patch, pre } = comparator;
        let limit = Version { pre: pre.clone(), ..Version::new(*major, minor.unwrap_or(0), patch.unwrap_or(0)) };
        let order = version.cmp_precedence(&limit);
        let stated: Vec<u64> = [Some(*major), *minor, *patch].into_iter().map_while(|number| number).collect();
        let own = [version.major, version.minor, version.patch];
        let begins = |count: usize| own.iter().zip(&stated).take(count).all(|(own, stated)| own == stated);
        let whole = stated.len() == 3;
        match op {
            Op::Less => order.is_lt(),
            Op::GreaterEq => order.is_ge(),
            Op::Greater if whole => order.is_gt(),
            Op::LessEq if whole => order.is_le(),
            Op::Exact if whole => order.is_eq(),
            Op::Greater => order.is_gt() && !begins(3),
            Op::LessEq => order.is_le() || begins(3),
            Op::Exact | Op::Wildcard => order.is_ge() && begins(3),
            Op::Tilde => order.is_ge() && begins(2),
            Op::Caret => {
                let zeros = stated.iter().take_while(|number| **number == 0).count();
                order.is_ge() && begins((zeros + 1).min(stated.len()))
            }
            _ => panic!("unknown comparator: {comparator:?}"),
        }
    };
    Some(VersionReq::parse(range).unwrap().comparators.iter().all(within))
}

pub(super) fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    order(a, b) == Some(Ordering::Equal)
}

/// Compares two values. Numbers compare with numbers, other values only with the same type.
pub(crate) fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.chars().cmp(b.chars())),
        (Value::Bool(a), Value::Bool(b)) => Some(u8::from(*a).cmp(&u8::from(*b))),
        (Value::Text(_) | Value::Bool(_), _) | (_, Value::Text(_) | Value::Bool(_)) => None,
        (a, b) => {
            let (a, b) = (Decimal::new(a)?, Decimal::new(b)?);
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

/// A number as exact decimal digits.
struct Decimal {
    negative: bool,
    /// The number of digits before the point, these digits, and the digits after it.
    magnitude: (usize, String, String),
}

impl Decimal {
    fn new(number: &Value<'_>) -> Option<Self> {
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

/// Returns the milliseconds of an RFC 3339 time, rounded down.
pub(crate) fn time(text: &str) -> Option<i128> {
    static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
        let shape = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$";
        Regex::new(&shape.replace(r"\d", "[0-9]")).unwrap()
    });
    let time: jiff::Timestamp = SHAPE.is_match(text).then(|| text.parse().ok())??;
    Some(time.as_nanosecond().div_euclid(1_000_000))
}
