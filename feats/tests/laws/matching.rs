//! Matching: each operator is compared with a well-known library, and comparisons with decimal text.

use std::cmp::Ordering;

use feats::model::{Condition, Operator, Rule, Selector, State};
use feats::{Reason, Timestamp, Value, attributes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use semver::VersionReq;

use super::generators::{range, text, time, timelike, value, version};
use super::interpreter;
use super::world::{START, cases, choose, feature, route, to_publish};

/// Returns the texts that pass an operator.
fn passing<'t>(texts: &'t [String], test: &Operator) -> Vec<&'t str> {
    passing_condition(texts, Condition::segment("Country", test.clone()))
}

/// Returns the texts for which a condition on `Country` holds.
fn passing_condition(texts: &[String], when: Condition) -> Vec<&str> {
    let feature = feature();
    let mut state = State::default();
    state.rules.push(Rule::new("rule", when, Selector::Static("premium".to_owned())));
    let route = route(&state, &feature);
    let passes = |text: &&String| {
        let subject = attributes! { "Country" => (*text).clone() };
        choose(&route, &feature, &subject, START, 0).reason == Reason::Rule
    };
    texts.iter().filter(passes).map(String::as_str).collect()
}

/// Returns the problem of an operator that cannot be published.
fn refused(test: &Operator) -> Option<String> {
    to_publish(&with_rule(test), &feature()).problems.first().map(|problem| problem.message().to_owned())
}

fn with_rule(test: &Operator) -> State {
    let mut state = State::default();
    let select = Selector::Static("premium".to_owned());
    state.rules.push(Rule::new("rule", Condition::segment("Country", test.clone()), select));
    state
}

fn expected(texts: &[String], passes: impl Fn(&str) -> bool) -> Vec<&str> {
    texts.iter().map(String::as_str).filter(|text| passes(text)).collect()
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn comparison_is_exact(a in value(), b in value()) {
        prop_assert_eq!(a.partial_cmp(&b), interpreter::order(&a, &b));
        prop_assert_eq!(b.partial_cmp(&a), a.partial_cmp(&b).map(Ordering::reverse));
        prop_assert_eq!(a == b, interpreter::order(&a, &b) == Some(Ordering::Equal));
    }

    #[test]
    fn comparison_is_transitive(a in value(), b in value(), c in value()) {
        if a <= b && b <= c {
            prop_assert!(a <= c, "{a} <= {b} <= {c}");
        }
    }

    #[test]
    fn times_are_parsed_as_by_jiff(text in prop_oneof![timelike(), time(), "\\PC{0,30}"]) {
        let read = text.parse::<Timestamp>().ok().map(|time| i128::from(time.as_millis()));
        prop_assert_eq!(read, interpreter::time(&text));
    }

    #[test]
    fn formatted_times_parse_to_the_same_time(millis in -62_167_219_200_000..253_402_207_200_000_i64) {
        let time = Timestamp::from_millis(millis);
        prop_assert_eq!(time.as_millis(), millis);
        prop_assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn version_ranges_follow_precedence(versions in vec(version(), 8), range in range()) {
        let within = |version: &str| interpreter::is_within(version, &range) == Some(true);
        prop_assert_eq!(passing(&versions, &Operator::Semver(range.clone())), expected(&versions, within), "{}", range);
    }

    /// Versions are totally ordered: of two opposite comparators with full versions, exactly one holds.
    #[test]
    fn opposite_comparators_partition_versions(versions in vec(version(), 8), limit in version()) {
        prop_assume!(refused(&Operator::Semver(format!("<{limit}"))).is_none() && !limit.starts_with(['v', 'V']));
        let readable = |version: &str| interpreter::precedence(version, &limit);
        let passes = |operator: &str| passing(&versions, &Operator::Semver(format!("{operator}{limit}")));
        prop_assert_eq!(passes("<"), expected(&versions, |version| readable(version).is_some_and(Ordering::is_lt)));
        prop_assert_eq!(passes(">="), expected(&versions, |version| readable(version).is_some_and(Ordering::is_ge)));
        let either = [passes(">"), passes("<=")].concat().len();
        prop_assert_eq!(either, versions.iter().filter(|version| readable(version).is_some()).count());
    }

    /// A value that is not a version or a time is neither inside nor outside a range.
    #[test]
    fn unparsable_values_pass_neither_a_check_nor_its_negation(
        texts in vec(prop_oneof![version(), timelike(), text()], 8), range in range(), limit in time(),
    ) {
        for test in [Operator::Semver(range), Operator::Before(limit.clone()), Operator::After(limit)] {
            let readable = |text: &str| match &test {
                Operator::Semver(_) => interpreter::precedence(text, "0").is_some(),
                _ => interpreter::time(text).is_some(),
            };
            let negated = passing_condition(&texts, !Condition::segment("Country", test.clone()));
            let either = [passing(&texts, &test), negated].concat();
            let mut known = expected(&texts, readable);
            known.sort_unstable();
            let mut either = either;
            either.sort_unstable();
            prop_assert_eq!(either, known, "{:?}", test);
        }
    }

    #[test]
    fn ranges_are_refused_as_by_the_semver_crate(range in "[0-2.,<>=~^* x-]{0,8}") {
        let known = VersionReq::parse(&range).is_ok();
        prop_assert_eq!(refused(&Operator::Semver(range)).is_none(), known);
    }

    #[test]
    fn text_is_matched_as_by_the_standard_library(texts in vec(text(), 8), part in text()) {
        let starts = expected(&texts, |text| text.starts_with(&part));
        prop_assert_eq!(passing(&texts, &Operator::StartsWith(part.clone())), starts);
        let ends = expected(&texts, |text| text.ends_with(&part));
        prop_assert_eq!(passing(&texts, &Operator::EndsWith(part.clone())), ends);
        let containing = expected(&texts, |text| text.contains(&part));
        prop_assert_eq!(passing(&texts, &Operator::Contains(part)), containing);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn patterns_match_as_in_the_regex_crate(
        pattern in prop_oneof![
            2 => "[ab.*+?|^$()é]{0,8}",
            1 => "\\^?(\\(\\?[ims]\\))?([ab.é]|\\\\[dsDSbBAz]|\\[\\^?[ab-]{1,3}\\]|\\(a\\|b?\\)|[[:alpha:]])([*+?]|\\{1,3\\})?[ab]{0,2}\\$?",
            3 => pieces(),
        ],
        texts in vec("[abAé1_ \\r\\n-]{0,6}", 8),
    ) {
        let test = Operator::Matches(pattern.clone());
        match (refused(&test), Regex::new(&pattern)) {
            (None, Ok(known)) => {
                prop_assert_eq!(passing(&texts, &test), expected(&texts, |text| known.is_match(text)), "{}", pattern);
            }
            (Some(_), Err(_)) => {}
            (Some(message), Ok(_)) => prop_assert!(false, "{pattern:?}: {message}"),
            (None, Err(error)) => prop_assert!(false, "{pattern:?} is accepted, but {error}"),
        }
    }
}

/// Generates patterns with classes, repetitions and assertions.
fn pieces() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "a",
        "é",
        "[^a]",
        ".",
        r"\w",
        r"\W",
        r"\d",
        r"\s",
        r"\pL",
        r"[\w-]",
        "^",
        "$",
        r"\A",
        r"\z",
        r"\b",
        r"\B",
        r"(?-u:\b)",
        r"(?-u:\B)",
        r"\b{start}",
        r"\b{end}",
        r"\b{start-half}",
        r"\b{end-half}",
        r"(?-u:\b{start})",
        r"(?-u:\w)",
        "(?:ab|)",
        "(?:a|b_|é)",
        "_",
        "-",
        r"\r",
        r"\n",
    ]);
    let times = select(vec!["", "", "", "", "?", "*", "+", "{2}", "{0,3}", "{2,}", "*?"]);
    let flags = select(vec!["", "", "(?i)", "(?m)", "(?s)", "(?R)(?m)", "(?im)"]);
    (flags, vec((piece, times), 1..6)).prop_map(|(flags, pieces)| {
        pieces.into_iter().fold(flags.to_owned(), |pattern, (piece, times)| format!("{pattern}(?:{piece}){times}"))
    })
}

/// Covers every kind of comparator that the rules of versions distinguish.
#[test]
fn every_kind_of_comparator_follows_precedence() {
    let cores = ["0.0.0", "0.0.1", "0.1.0", "0.1.1", "1.0.0", "1.0.1", "1.1.0"];
    let pres = ["", "-1", "-2", "-10", "-alpha", "-alpha.1", "-alpha.beta"];
    let versions: Vec<String> = cores.iter().flat_map(|core| pres.map(|pre| format!("{core}{pre}"))).collect();
    let partial = ["0", "1", "0.0", "0.1", "1.0"].map(str::to_owned);
    for operator in ["", "=", ">", ">=", "<", "<=", "~", "^"] {
        for version in versions.iter().chain(&partial) {
            let range = format!("{operator}{version}");
            let within = |version: &str| interpreter::is_within(version, &range).unwrap();
            assert_eq!(passing(&versions, &Operator::Semver(range.clone())), expected(&versions, within), "{range}");
        }
    }
}

#[test]
fn integers_beyond_two_to_the_53_differ_from_the_nearest_float() {
    let integer = Value::from(9_007_199_254_740_993_i64);
    let float = Value::from(9_007_199_254_740_992.0);
    assert!(integer > float);
    assert!(Value::from(u64::MAX) < Value::from(18_446_744_073_709_551_616.0));
    assert!(Value::from(i64::MIN) == Value::from(-9_223_372_036_854_775_808.0));
}

/// RFC 3339 does not limit the digits of a second, and allows the second 60.
#[test]
fn a_time_may_have_a_leap_second_and_more_digits_than_jiff_supports() {
    let millis = |text: &str| text.parse::<Timestamp>().unwrap().as_millis();
    assert_eq!(millis("1970-01-01T00:00:00.0019999999999Z"), 1);
    assert_eq!(millis("2016-12-31T23:59:60Z"), millis("2017-01-01T00:00:00Z"));
}

#[test]
fn a_time_after_the_end_of_the_calendar_is_a_time() {
    let last = "9999-12-31T23:59:59Z".parse::<Timestamp>().unwrap();
    assert!(last > "9999-12-30T00:00:00Z".parse().unwrap());
    assert_eq!(last.to_string().parse::<Timestamp>().unwrap(), last);
}

#[test]
fn look_around_and_large_patterns_are_refused() {
    assert!(refused(&Operator::Matches("a(?=b)".to_owned())).unwrap().contains("look-around"));
    assert_eq!(refused(&Operator::Matches("a".repeat(1_024))), None);
    assert!(refused(&Operator::Matches("a".repeat(1_025))).unwrap().contains("the maximum is 1024"));
    assert!(refused(&Operator::Matches("(\\pL{40}x){40}".to_owned())).unwrap().contains("too complex"));
}
