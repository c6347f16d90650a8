//! Conditions that are read, those that are refused, and those that are printed and read again.

use std::collections::BTreeMap;

use feats::model::{Condition, Declaration, Operator, Predicate, Source, ValueKind};
use feats::{Problem, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Vocabulary, parse};
use crate::values::with_quotes;

fn read(text: &str) -> Result<Condition, Problem> {
    let declaration = Declaration::new("Payments", ["acme"])
        .segment("Country", ValueKind::Text)
        .segment("Age", ValueKind::Integer)
        .segment("Score", ValueKind::Float)
        .segment("Member", ValueKind::Bool)
        .segment("App version", ValueKind::Text);
    let attributes = BTreeMap::from([("Environment".to_owned(), ValueKind::Text)]);
    parse("--when", text, &Vocabulary { declaration: &declaration, attributes })
}

fn parsed(text: &str) -> Result<Json, Problem> {
    read(text).map(|condition| serde_json::to_value(condition).expect("a condition is JSON"))
}

/// The condition as it is typed.
fn printed(condition: &Condition) -> String {
    let part = |part: &Condition| match part {
        Condition::Predicate(_) | Condition::Not { .. } => printed(part),
        group => format!("({})", printed(group)),
    };
    match condition {
        Condition::All { all } => all.iter().map(part).collect::<Vec<_>>().join(" and "),
        Condition::Any { any } => any.iter().map(part).collect::<Vec<_>>().join(" or "),
        Condition::Not { not } => format!("not {}", part(not)),
        Condition::Predicate(Predicate { source, operator: test }) => {
            let source = match source {
                Source::Segment { segment, input: None } => segment.clone(),
                Source::Segment { segment, input: Some(of) } => format!("{of}.{segment}"),
                Source::Attribute { attribute } => attribute.clone(),
            };
            let (operator, operand) = operand(test);
            format!("{} {operator} {operand}", with_quotes(&source))
        }
    }
}

fn operand(test: &Operator) -> (&'static str, String) {
    let value = |value: &Value<'_>| match value {
        Value::Text(text) => with_quotes(text),
        other => other.to_string(),
    };
    let values = |values: &[Value<'_>]| values.iter().map(value).collect::<Vec<_>>().join(", ");
    match test {
        Operator::In(many) => ("in", values(many)),
        Operator::NotIn(many) => ("not in", values(many)),
        Operator::Eq(one) => ("=", value(one)),
        Operator::Ne(one) => ("!=", value(one)),
        Operator::Gt(one) => (">", value(one)),
        Operator::Gte(one) => (">=", value(one)),
        Operator::Lt(one) => ("<", value(one)),
        Operator::Lte(one) => ("<=", value(one)),
        Operator::StartsWith(text) => ("starts-with", with_quotes(text)),
        Operator::EndsWith(text) => ("ends-with", with_quotes(text)),
        Operator::Contains(text) => ("contains", with_quotes(text)),
        Operator::Matches(text) => ("matches", with_quotes(text)),
        Operator::Semver(text) => ("semver", with_quotes(text)),
        Operator::Before(text) => ("before", with_quotes(text)),
        Operator::After(text) => ("after", with_quotes(text)),
    }
}

fn check() -> impl Strategy<Value = Condition> {
    let text = || prop_oneof!["\\PC{0,6}", "[ ,\"\\\\()a]{0,5}", Just("and".to_owned()), Just("OR".to_owned())];
    let texts = (prop_oneof![Just("Country"), Just("App version"), Just("Unknown")], text(), 0..13_usize)
        .prop_flat_map(move |(segment, text, which)| {
            (Just(segment), Just(text), Just(which), proptest::collection::vec("\\PC{0,4}", 1..4))
        })
        .prop_map(|(segment, text, which, many)| {
            let value = Value::from(text.clone());
            let values = || many.iter().cloned().map(Value::from).collect();
            let test = match which {
                0 => Operator::In(values()),
                1 => Operator::NotIn(values()),
                2 => Operator::Eq(value),
                3 => Operator::Ne(value),
                4 => Operator::Gt(value),
                5 => Operator::Lte(value),
                6 => Operator::StartsWith(text),
                7 => Operator::EndsWith(text),
                8 => Operator::Contains(text),
                9 => Operator::Matches(text),
                10 => Operator::Semver(text),
                11 => Operator::Before(text),
                _ => Operator::After(text),
            };
            Condition::segment(segment, test)
        });
    let typed = prop_oneof![
        any::<i64>().prop_map(|age| Condition::segment("Age", Operator::Gte(Value::from(age)))),
        any::<bool>().prop_map(|member| Condition::segment("Member", Operator::Eq(Value::from(member)))),
        (-1e9..1e9_f64).prop_map(|score| Condition::segment("Score", Operator::Lt(Value::from(score)))),
        "\\PC{0,4}".prop_map(|text| Condition::attribute("Environment", Operator::Ne(Value::from(text)))),
    ];
    prop_oneof![3 => texts, 1 => typed]
}

fn condition() -> impl Strategy<Value = Condition> {
    check().prop_recursive(4, 24, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(|all| Condition::All { all }),
            several().prop_map(|any| Condition::Any { any }),
            inner.clone().prop_map(|not| !not),
        ]
    })
}

proptest! {
    #[test]
    fn a_condition_that_is_printed_is_read_as_the_same(condition in condition()) {
        let text = printed(&condition);
        let read = read(&text).map_err(|problem| problem.to_string());
        prop_assert_eq!(read, Ok(condition), "{}", text);
    }

    #[test]
    fn any_text_is_a_condition_that_can_be_printed_or_a_problem(
        words in proptest::collection::vec(prop_oneof![
            "\\PC{0,4}",
            proptest::sample::select(vec![
                "Country", "Age", "=", "!=", "in", "not in", "not", "and", "OR", "(", ")", ",", "\"", "\"a b\"", "CA", "18",
                "matches", "semver", ">=1.2", "^a(b|c)$", "==", "&&", "“CA”", "\\", "\"\"", "contains",
            ]).prop_map(str::to_owned),
        ], 0..10),
        between in prop_oneof![Just(""), Just(" ")],
    ) {
        let text = words.join(between);
        if let Ok(condition) = read(&text) {
            let again = read(&printed(&condition)).map_err(|problem| problem.to_string());
            prop_assert_eq!(again, Ok(condition), "{}", text);
        }
    }
}

#[test]
fn every_operator_has_its_test() {
    for (text, json) in [
        ("Country = CA", json!({ "segment": "Country", "eq": "CA" })),
        ("Country=CA", json!({ "segment": "Country", "eq": "CA" })),
        ("Country != CA", json!({ "segment": "Country", "ne": "CA" })),
        ("Age < 18", json!({ "segment": "Age", "lt": 18 })),
        ("Age<=18", json!({ "segment": "Age", "lte": 18 })),
        ("Age > 18", json!({ "segment": "Age", "gt": 18 })),
        ("Age >= 18", json!({ "segment": "Age", "gte": 18 })),
        ("Country in CA, US", json!({ "segment": "Country", "in": ["CA", "US"] })),
        ("Country in (CA, US)", json!({ "segment": "Country", "in": ["CA", "US"] })),
        ("Age not in 1,2", json!({ "segment": "Age", "not_in": [1, 2] })),
        ("Country starts-with C", json!({ "segment": "Country", "starts_with": "C" })),
        ("Country starts_with C", json!({ "segment": "Country", "starts_with": "C" })),
        ("Country ends-with A", json!({ "segment": "Country", "ends_with": "A" })),
        ("Country contains =", json!({ "segment": "Country", "contains": "=" })),
        (r"Country matches ^C,\w$", json!({ "segment": "Country", "matches": r"^C,\w$" })),
        (r"Country matches ^(a|b)[)]\($", json!({ "segment": "Country", "matches": r"^(a|b)[)]\($" })),
        ("Country matches \"^a b$\"", json!({ "segment": "Country", "matches": "^a b$" })),
        ("\"App version\" semver >=1.2, <2", json!({ "segment": "App version", "semver": ">=1.2, <2" })),
        ("\"App version\" semver >= 1.2,<2", json!({ "segment": "App version", "semver": ">= 1.2,<2" })),
        ("Country before 2026-12-01T00:00:00Z", json!({ "segment": "Country", "before": "2026-12-01T00:00:00Z" })),
        ("Country after 2026-12-01T00:00:00Z", json!({ "segment": "Country", "after": "2026-12-01T00:00:00Z" })),
    ] {
        assert_eq!(parsed(text).expect(text), json);
    }
}

#[test]
fn values_have_the_type_of_their_segment() {
    for (text, json) in [
        ("Country = 42", json!({ "segment": "Country", "eq": "42" })),
        ("Score > 1", json!({ "segment": "Score", "gt": 1.0 })),
        ("Member = true", json!({ "segment": "Member", "eq": true })),
        ("Age = old", json!({ "segment": "Age", "eq": "old" })),
        ("Unknown = 1", json!({ "segment": "Unknown", "eq": "1" })),
        ("user.Age = 1", json!({ "segment": "Age", "input": "user", "eq": 1 })),
        ("Environment = dev", json!({ "attribute": "Environment", "eq": "dev" })),
    ] {
        assert_eq!(parsed(text).expect(text), json);
    }
}

#[test]
fn conditions_are_joined_with_the_usual_precedence() {
    let country = |code: &str| json!({ "segment": "Country", "eq": code });
    let adult = json!({ "segment": "Age", "gte": 18 });
    for (text, json) in [
        ("Country = CA or Country = US", json!({ "any": [country("CA"), country("US")] })),
        ("Country = CA AND Age >= 18", json!({ "all": [country("CA"), adult] })),
        ("not Country = CA", json!({ "not": country("CA") })),
        ("not (Country = CA)", json!({ "not": country("CA") })),
        ("not(Country=CA)and(Age>=18)", json!({ "all": [{ "not": country("CA") }, adult] })),
        (
            "Country = CA or Country = US and Age >= 18",
            json!({ "any": [country("CA"), { "all": [country("US"), adult] }] }),
        ),
        (
            "(Country = CA or Country = US) and Age >= 18",
            json!({ "all": [{ "any": [country("CA"), country("US")] }, adult] }),
        ),
        (
            "not Country = CA and not not Age >= 18",
            json!({ "all": [{ "not": country("CA") }, { "not": { "not": adult } }] }),
        ),
        ("Country in CA, US and Age >= 18", json!({ "all": [{ "segment": "Country", "in": ["CA", "US"] }, adult] })),
        (
            "Country matches ^a(b|c)$ or Age >= 18",
            json!({ "any": [{ "segment": "Country", "matches": "^a(b|c)$" }, adult] }),
        ),
        (
            "(Country matches ^a(b|c)$) or Age >= 18",
            json!({ "any": [{ "segment": "Country", "matches": "^a(b|c)$" }, adult] }),
        ),
        (
            "\"App version\" semver >=1.2, <2 and Age >= 18",
            json!({ "all": [{ "segment": "App version", "semver": ">=1.2, <2" }, adult] }),
        ),
        ("Country = \"CA or Country = US\"", country("CA or Country = US")),
        ("Country = \"or\"", country("or")),
    ] {
        assert_eq!(parsed(text).expect(text), json, "{text}");
    }
}

#[test]
fn quotes_keep_spaces_commas_and_quotes() {
    assert_eq!(parsed(r#"Country = " a, \"b\" ""#).expect("read")["eq"], " a, \"b\" ");
    assert_eq!(parsed(r#"Country in "a, b", c"#).expect("read")["in"], json!(["a, b", "c"]));
    assert_eq!(parsed(r#"Country in "a\"", b"#).expect("read")["in"], json!(["a\"", "b"]));
    assert_eq!(parsed(r#"Country in CA, """#).expect("read")["in"], json!(["CA", ""]));
    assert_eq!(parsed(r#"Country matches "^\d+ \\$""#).expect("read")["matches"], r"^\d+ \$");
}

#[test]
fn mistakes_are_reported_with_a_suggestion() {
    for (text, expected) in [
        ("", "does not start with a segment"),
        ("= CA", "does not start with a segment"),
        ("and", "does not start with a segment"),
        ("Country", "has no operator; write, for example, Country = CA"),
        ("Country and Age > 1", "has no operator; write, for example, Country = CA"),
        ("Country == CA", "has the unknown operator \"==\"; did you mean \"=\"?"),
        ("Country => CA", "has the unknown operator \"=>\"; did you mean \">=\"?"),
        ("Country is CA", "has the unknown operator \"is\"; did you mean \"=\"?"),
        ("Country IN CA, US", "has the unknown operator \"IN\"; did you mean \"in\"?"),
        ("Country NOT IN CA", "has the unknown operator \"NOT\"; did you mean \"not in\"?"),
        ("Country start-with C", "has the unknown operator \"start-with\"; did you mean \"starts-with\"?"),
        ("Country not CA", "has the unknown operator \"not\"; did you mean \"not in\"?"),
        ("Country =", "has nothing after \"=\""),
        ("Country in ", "has nothing after \"in\""),
        ("(Country =)", "has nothing after \"=\""),
        ("Country in CA, US,", "write an empty value as \"\" (at character 19)"),
        ("Country in CA,,US", "write an empty value as \"\" (at character 15)"),
        ("Country in ,CA", "write an empty value as \"\" (at character 12)"),
        ("Country in (CA, )", "write an empty value as \"\""),
        ("Country in ()", "write an empty value as \"\""),
        ("Country = New York", "write a value with spaces as \"New York\""),
        ("Country in New York, Paris", "write a value with spaces as \"New York\""),
        ("Country = CA, US", "use \"in\" or \"not in\" for several values"),
        ("Country = CA && Age > 1", "has \"&&\"; join conditions with \"and\" (at character 14)"),
        ("Country = CA || Age > 1", "has \"||\"; join conditions with \"or\""),
        ("Country = CA&&Age>1", "without quotes"),
        ("Country = CA and", "has no segment at character"),
        ("Country = CA or or Age > 1", "has no segment at character"),
        ("Country = or", "to use it as a value, write \"or\""),
        ("State in CA, OR", "to use it as a value, write \"OR\""),
        ("(Country = CA", "does not close the parenthesis at character 1"),
        ("Country = CA)", "has a closing parenthesis without an opening one"),
        ("Country = f(x)", "has \"f(x)\" without quotes"),
        ("Country = \"CA", "does not close the quote at character 11"),
        ("\"Country = CA", "does not close the quote at character 1"),
        ("Country = \"CA\"x", "right after a closing quote"),
        ("Country = “CA”", "“ is not a quotation mark here; write \"CA\""),
        ("Country = 'CA'", "' is not a quotation mark here; write \"CA\""),
        ("Country contains 3\" pipe", "is written \"3\\\"\""),
        ("Country = CA\u{200b}", "U+200B ZERO WIDTH SPACE"),
        ("Country = CA\u{a0}or Age > 1", "U+00A0 NO-BREAK SPACE"),
        ("Country matches ^a b$", "write a value with spaces as \"^a b$\""),
        ("Country matches ^(a b)$", "put a pattern with spaces in \"…\""),
        ("Country semver >=1.2 <2", "continues with \"<2\""),
        ("Country semver >=1.2,", "an empty value"),
    ] {
        let problem = parsed(text).expect_err(text).to_string();
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn nesting_has_a_limit() {
    for text in
        ["(".repeat(100_000), "not ".repeat(100_000), format!("{}Country = CA{}", "(".repeat(40), ")".repeat(40))]
    {
        assert!(parsed(&text).expect_err("too deep").message().contains("is nested more than 32 levels deep"));
    }
}
