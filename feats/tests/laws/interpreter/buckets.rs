//! The slots of units in the buckets of other systems: the bytes that the other system hashes are written out, then hashed.

use feats::Value;
use feats::model::BucketFunction;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::digests::{last_decimal_digits, md5, sha1};

/// Returns the bucket of the bytes of a unit.
pub(crate) fn bucket(function: BucketFunction, bytes: &[u8]) -> u32 {
    match function {
        BucketFunction::Flipper => last_decimal_digits(&sha1(bytes), 2),
        BucketFunction::Flypper => last_decimal_digits(&md5(bytes), 4),
    }
}

/// Returns the slot of the bytes of a unit.
pub(crate) fn slot(function: BucketFunction, seed: &str, bytes: &[u8]) -> u32 {
    let width: u32 = match function {
        BucketFunction::Flipper => 10_000,
        BucketFunction::Flypper => 100,
    };
    let hash = xxh3_64_with_seed(bytes, xxh3_64(seed.as_bytes()));
    let within = u128::from(hash) * u128::from(width) / (1 << 64);
    bucket(function, bytes) * width + u32::try_from(within).unwrap()
}

/// Returns what Python's `json.dumps` makes of a list of pairs, which are sorted by name before.
pub(crate) fn python_pairs<'v>(pairs: impl IntoIterator<Item = (&'v str, &'v Value<'v>)>) -> String {
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(name, _)| name.chars().collect::<Vec<char>>());
    let pairs = pairs.iter().map(|(name, value)| format!("[{}, {}]", python_text(name), python_value(value)));
    format!("[{}]", pairs.collect::<Vec<_>>().join(", "))
}

fn python_value(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => python_text(text),
        Value::Integer(integer) => integer.to_string(),
        Value::Bool(bool) => bool.to_string(),
        Value::Float(float) => python_float(*float),
    }
}

/// Returns text in quotes: only printable ASCII is not escaped.
pub(crate) fn python_text(text: &str) -> String {
    let mut json = "\"".to_owned();
    for unit in text.encode_utf16() {
        json += &match u8::try_from(unit) {
            Ok(b'"') => "\\\"".to_owned(),
            Ok(b'\\') => "\\\\".to_owned(),
            Ok(8) => "\\b".to_owned(),
            Ok(9) => "\\t".to_owned(),
            Ok(10) => "\\n".to_owned(),
            Ok(12) => "\\f".to_owned(),
            Ok(13) => "\\r".to_owned(),
            Ok(ascii @ 32..127) => char::from(ascii).to_string(),
            _ => format!("\\u{unit:04x}"),
        };
    }
    json + "\""
}

/// Returns the `repr` of a float: of the shortest decimal numbers that are read back as the float, the nearest one; of two that
/// are equally near, the one with the even last digit.
pub(crate) fn python_float(float: f64) -> String {
    if !float.is_finite() {
        return if float.is_nan() {
            "NaN"
        } else if float > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let (digits, exponent) = shortest(float.abs());
    let text = match exponent {
        -4..=-1 => format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1)),
        0..=15 => {
            let point = exponent.unsigned_abs() as usize + 1;
            let digits = format!("{digits:0<width$}", width = point + 1);
            let (whole, fraction) = digits.split_at(point);
            format!("{whole}.{fraction}")
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let exponent_sign = if exponent < 0 { '-' } else { '+' };
            format!("{first}{point}{rest}e{exponent_sign}{:02}", exponent.unsigned_abs())
        }
    };
    format!("{sign}{text}")
}

/// Returns the digits of a float, and the exponent of the first one.
fn shortest(float: f64) -> (String, i32) {
    (1..=17).find_map(|count| nearest(float, count)).expect("17 digits are enough for every float")
}

/// Returns the decimal number of `count` digits that is nearest to a float, if it is read back as the float. At a power of two,
/// the numbers above are read back in a wider range, so the neighbors count too.
fn nearest(float: f64, count: usize) -> Option<(String, i32)> {
    let rounded = format!("{float:.*e}", count - 1);
    let (mantissa, exponent) = rounded.split_once('e').unwrap();
    let number: u64 = mantissa.replace('.', "").parse().unwrap();
    let exponent: i32 = exponent.parse().unwrap();
    let candidates = [Some(number), number.checked_add(1), number.checked_sub(1)].into_iter().flatten();
    let digits = candidates.map(|number| number.to_string()).filter(|digits| digits.len() == count).find(|digits| {
        let (first, rest) = digits.split_at(1);
        format!("{first}.{rest}e{exponent}").parse() == Ok(float)
    })?;
    let shown = digits.trim_end_matches('0');
    Some((if shown.is_empty() { "0".to_owned() } else { shown.to_owned() }, exponent))
}

#[test]
fn floats_are_written_as_by_python() {
    for (float, repr) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (1e15, "1000000000000000.0"),
        (9_999_999_999_999_998.0, "9999999999999998.0"),
        (1e16, "1e+16"),
        (-1.5e-5, "-1.5e-05"),
        (1e-4, "0.0001"),
        (0.012, "0.012"),
        (1e22, "1e+22"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        (123_456.789, "123456.789"),
        // Two shortest numbers are equally near.
        (2_f64.powi(50) + 0.25, "1125899906842624.2"),
        (2_f64.powi(-25), "2.9802322387695312e-08"),
        // The shortest number is not the nearest one of 16 digits.
        (2_f64.powi(-1_017), "7.120236347223045e-307"),
    ] {
        assert_eq!(python_float(float), repr);
    }
}
