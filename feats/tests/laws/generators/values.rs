//! Arbitrary values, and texts for operators: versions, times, patterns.

use feats::Value;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(vec!["", "a", "ab", "abc", "b", "CA", "US", "É", "42", "0", "true", "日本語", "a\nb", "free", "pro"])
            .prop_map(str::to_owned),
        1 => version(),
        1 => timelike(),
        1 => "[ab-]{0,6}",
    ]
}

pub(crate) fn integer() -> impl Strategy<Value = i128> {
    let near =
        |center: i128| (-2..=2_i128).prop_map(move |step| (center + step).clamp(i64::MIN.into(), u64::MAX.into()));
    prop_oneof![4 => near(0), 1 => near(1 << 53), 1 => near(-(1 << 53)), 1 => near(1 << 63), 1 => near(1 << 64),
        1 => near(-(1 << 63)), 1 => any::<i64>().prop_map(i128::from)]
}

/// Generates a float that JSON can represent.
pub(crate) fn finite() -> impl Strategy<Value = f64> {
    #[allow(clippy::cast_precision_loss, reason = "rounding is intended")]
    let near_integer = integer().prop_map(|integer| integer as f64);
    prop_oneof![
        4 => near_integer,
        2 => select(vec![0.5, -0.5, 1.5, -0.0, 1e300, -1e300, f64::MIN_POSITIVE, 5e-324, 9_007_199_254_740_993.5]),
        1 => any::<f64>().prop_filter("finite", |float| float.is_finite()),
    ]
}

/// Generates a value for an operand.
pub(crate) fn operand() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        3 => integer().prop_map(Value::Integer),
        2 => finite().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

/// Generates a value that a segment can return.
pub(crate) fn value() -> impl Strategy<Value = Value<'static>> {
    let infinite = select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]).prop_map(Value::from);
    prop_oneof![8 => operand(), 1 => infinite]
}

/// Generates a version, or text similar to one. It uses few numbers, so that pre-releases of the same version are frequent.
pub(crate) fn version() -> impl Strategy<Value = String> {
    let core = "(0\\.0\\.[01]|0\\.[12]\\.[01]|1\\.[01]\\.[01]|2\\.0\\.0)";
    let pre = option::of("-(alpha|beta|[0-2]|10|-)(\\.[0-2]|\\.x)?");
    let build = option::weighted(0.2, "\\+(build|01)");
    let whole = (core, pre, build)
        .prop_map(|(core, pre, build)| format!("{core}{}{}", pre.unwrap_or_default(), build.unwrap_or_default()));
    prop_oneof![
        5 => whole,
        2 => "[vV]?[0-2](\\.[0-2])?(-(alpha|1))?",
        1 => "v[0-2]\\.[0-2]\\.[0-2]",
        1 => "[0-2]?\\.?[0-2]{0,2}\\.[0-2]?(-|\\+|-a\\.|-01|\\+\\.|-é)?",
        1 => Just("18446744073709551616.0.0".to_owned()),
    ]
}

pub(crate) fn range() -> impl Strategy<Value = String> {
    let core = "(=|>|>=|<|<=|~|\\^)?(0\\.0\\.[01]|0\\.[12]\\.[01]|1\\.[01]\\.[01])";
    let whole = (core, option::of("-(alpha|beta|[0-2])(\\.[0-2])?"))
        .prop_map(|(core, pre)| format!("{core}{}", pre.unwrap_or_default()));
    let partial = "(=|>|>=|<|<=|~|\\^)?[0-2](\\.[0-2])?";
    let wildcard = select(vec!["*", "1.*", "0.1.*"]).prop_map(str::to_owned);
    let comparator = prop_oneof![4 => whole, 1 => partial];
    prop_oneof![8 => vec(comparator, 1..3).prop_map(|parts| parts.join(", ")), 1 => wildcard]
}

/// Generates an RFC 3339 time near [`START`].
pub(crate) fn time() -> impl Strategy<Value = String> {
    "2026-12-01[Tt ](08|09|10):(00|30):(00|59)(\\.(0|5|999|123456789))?(Z|z|\\+00:00|-01:30|\\+01:00)"
}

/// Generates text similar to an RFC 3339 time, of any year.
pub(crate) fn timelike() -> impl Strategy<Value = String> {
    let date = "(0001|0004|1969|1970|2000|2023|2024|2100|9998)-(00|01|02|04|12|13)-(00|01|28|29|30|31|32)";
    let clock = "[Tt _]?(00|23|24):(00|59|60):(00|59)(\\.|\\.0006|\\.9999|,5)?";
    let zone = "(Z|z|-23:59|\\+23:59|-24:00|\\+01:60|-00:00|\\+01|)";
    prop_oneof![8 => (date, clock, zone).prop_map(|(date, clock, zone)| format!("{date}{clock}{zone}")), 1 => time()]
}

pub(crate) fn pattern() -> impl Strategy<Value = String> {
    select(vec![
        "",
        "a",
        "^a",
        "b$",
        "^ab?c?$",
        "[[:digit:]]+",
        "(?i)ca|us",
        "\\p{Lu}",
        "^.$",
        "(?s)^a.b$",
        "(?m)^b$",
        "^$",
        "a{2,4}",
        "[^a]",
        "(?-u:\\b)a(?-u:\\b)",
        "\\d{4}-\\d\\d",
        "本",
    ])
    .prop_map(str::to_owned)
}
