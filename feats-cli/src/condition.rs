//! Conditions as typed: `Country = CA`, `Age >= 18`, `Country not in CA, US`.
//!
//! ```text
//! condition = source operator operand
//! source    = a segment, input.Segment, or an attribute of the program; in "…" if there are spaces in it
//! operator  = "=" "!=" "<" "<=" ">" ">=" "in" "not in" "starts-with" "ends-with" "contains" "matches"
//!             "semver" "before" "after"
//! operand   = the rest of the line; for "in" and "not in" values between commas; in "…" if spaces, commas or
//!             quotes belong to it
//! ```
//!
//! A value has the type that its segment declares. What is no value of that type stays text, and publishing refuses it
//! with its path; so all problems of a change are told at once.

use std::collections::BTreeMap;

use feats::model::{Check, Condition, Declaration, Source, Test, ValueKind};
use feats::{Problem, Value};

use crate::names::SegmentName;

/// The syntax in `--help`.
pub(crate) const HELP: &str = "\
Conditions:
  Country = CA                 equal, also: !=
  Age >= 18                    also: > < <=
  Country in CA, US            one of these, also: not in
  Email ends-with @acme.test   also: starts-with, contains
  Email matches ^ada@          a regular expression
  AppVersion semver >=1.2, <2  a range of versions
  SignedUp before 2026-12-01T00:00:00Z   also: after
Double quotes keep the spaces, commas and quotes of a value. Where a segment can be taken from
several inputs, write input.Segment. Several --when must all hold.";

/// What a condition can be about.
pub(crate) struct Vocabulary<'a> {
    pub(crate) declaration: &'a Declaration,
    /// The attributes of programs, with the types of their values.
    pub(crate) attributes: BTreeMap<String, ValueKind>,
}

/// Reads one condition.
pub(crate) fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Condition, Problem> {
    let unreadable = |message: String| Problem::new("--when", format!("{text:?} {message}"));
    let (source, rest) = source(text).ok_or_else(|| unreadable("does not begin with a segment".to_owned()))?;
    let (operator, operand) = operator(rest).map_err(|unknown| match unknown {
        "" => unreadable(format!("has no operator; for example: {source} = CA")),
        other => unreadable(format!("has no operator {other:?}")).meaning(likely(other), OPERATORS),
    })?;
    let segment = SegmentName::find(vocabulary.declaration, &source);
    let attribute = vocabulary.attributes.get(&source).filter(|_| segment.kind.is_none());
    let kind = segment.kind.or(attribute.copied()).unwrap_or(ValueKind::Text);
    let value = |text: &str| kind.read(text).unwrap_or_else(|| Value::from(text.to_owned()));
    let test = test(operator, operand, value).ok_or_else(|| unreadable(format!("has nothing after {operator:?}")))?;
    let source = match attribute {
        Some(_) => Source::Attribute { attribute: source },
        None => Source::Segment { segment: segment.segment, of: segment.of },
    };
    Ok(Condition::Check(Check { source, test }))
}

/// The values between commas, without their quotes.
pub(crate) fn items(text: &str) -> Vec<String> {
    let (mut items, mut item, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        if c == ',' && !quoted {
            items.push(unquoted(&item));
            item.clear();
            continue;
        }
        if c == '"' && !escaped && (quoted || item.trim().is_empty()) {
            quoted = !quoted;
        }
        escaped = c == '\\' && quoted && !escaped;
        item.push(c);
    }
    items.push(unquoted(&item));
    items
}

const OPERATORS: [&str; 15] = [
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in",
    "not in",
    "starts-with",
    "ends-with",
    "contains",
    "matches",
    "semver",
    "before",
    "after",
];

fn test(operator: &str, operand: &str, value: impl Fn(&str) -> Value<'static>) -> Option<Test> {
    let operand = Some(operand.trim()).filter(|operand| !operand.is_empty())?;
    let one = || value(&unquoted(operand));
    let many = || items(operand).iter().map(|item| value(item)).collect();
    let text = || unquoted(operand);
    Some(match operator {
        "=" => Test::Eq(one()),
        "!=" => Test::Ne(one()),
        "<" => Test::Lt(one()),
        "<=" => Test::Lte(one()),
        ">" => Test::Gt(one()),
        ">=" => Test::Gte(one()),
        "in" => Test::In(many()),
        "not in" => Test::NotIn(many()),
        "starts-with" => Test::StartsWith(text()),
        "ends-with" => Test::EndsWith(text()),
        "contains" => Test::Contains(text()),
        "matches" => Test::Matches(text()),
        "semver" => Test::Semver(text()),
        "before" => Test::Before(text()),
        _ => Test::After(text()),
    })
}

/// The source and what comes after it.
fn source(text: &str) -> Option<(String, &str)> {
    let text = text.trim();
    let end = match text.strip_prefix('"') {
        Some(quoted) => quoted.find('"')? + 2,
        None => text.find(|c: char| c.is_whitespace() || is_symbol(c)).unwrap_or(text.len()),
    };
    let (source, rest) = text.split_at_checked(end)?;
    let source = source.trim_matches('"');
    (!source.is_empty()).then(|| (source.to_owned(), rest.trim_start()))
}

/// The operator and what comes after it; what stands in its place if it is none.
fn operator(text: &str) -> Result<(&'static str, &str), &str> {
    let symbols = text.find(|c| !is_symbol(c)).unwrap_or(text.len());
    let word = |text: &str| text.find(char::is_whitespace).unwrap_or(text.len());
    let end = match symbols {
        0 => word(text),
        symbols => symbols,
    };
    let (found, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let after = rest.trim_start();
    let (next, beyond) = after.split_at_checked(word(after)).unwrap_or((after, ""));
    if (found, next) == ("not", "in") {
        return Ok(("not in", beyond));
    }
    let known = OPERATORS.into_iter().find(|known| *known == found.replace('_', "-"));
    known.map(|known| (known, rest)).ok_or(found)
}

fn is_symbol(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | '~')
}

/// What other languages call it.
fn likely(operator: &str) -> &str {
    match operator {
        "==" | "===" | "is" | "eq" => "=",
        "<>" | "!==" | "ne" => "!=",
        "=<" => "<=",
        "=>" => ">=",
        "not" => "not in",
        "~" | "=~" => "matches",
        other => other,
    }
}

/// The text without the quotes around it; in quotes, a backslash stands before a quote or a backslash.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn parsed(text: &str) -> Result<Json, Problem> {
        let declaration = Declaration::new("Payments", ["acme"])
            .segment("Country", ValueKind::Text)
            .segment("Age", ValueKind::Integer)
            .segment("Score", ValueKind::Float)
            .segment("Member", ValueKind::Bool)
            .segment("App version", ValueKind::Text);
        let attributes = BTreeMap::from([("Environment".to_owned(), ValueKind::Text)]);
        let condition = parse(text, &Vocabulary { declaration: &declaration, attributes })?;
        Ok(serde_json::to_value(condition).expect("a condition is JSON"))
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
            ("Age not in 1,2", json!({ "segment": "Age", "not_in": [1, 2] })),
            ("Country starts-with C", json!({ "segment": "Country", "starts_with": "C" })),
            ("Country starts_with C", json!({ "segment": "Country", "starts_with": "C" })),
            ("Country ends-with A", json!({ "segment": "Country", "ends_with": "A" })),
            ("Country contains =", json!({ "segment": "Country", "contains": "=" })),
            (r"Country matches ^C,\w$", json!({ "segment": "Country", "matches": r"^C,\w$" })),
            ("\"App version\" semver >=1.2, <2", json!({ "segment": "App version", "semver": ">=1.2, <2" })),
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
            ("user.Age = 1", json!({ "segment": "Age", "of": "user", "eq": 1 })),
            ("Environment = dev", json!({ "attribute": "Environment", "eq": "dev" })),
        ] {
            assert_eq!(parsed(text).expect(text), json);
        }
    }

    #[test]
    fn quotes_keep_spaces_commas_and_quotes() {
        assert_eq!(parsed(r#"Country = " a, \"b\" ""#).expect("read")["eq"], " a, \"b\" ");
        assert_eq!(parsed(r#"Country in "a, b", c"#).expect("read")["in"], json!(["a, b", "c"]));
        assert_eq!(parsed(r#"Country in "a\"", b"#).expect("read")["in"], json!(["a\"", "b"]));
        assert_eq!(parsed(r#"Country contains 3" pipe"#).expect("read")["contains"], "3\" pipe");
    }

    #[test]
    fn what_cannot_be_read_is_said_with_what_was_meant() {
        for (text, said) in [
            ("", "does not begin with a segment"),
            ("= CA", "does not begin with a segment"),
            ("Country", "has no operator; for example: Country = CA"),
            ("Country == CA", "has no operator \"==\"; did you mean \"=\"?"),
            ("Country => CA", "has no operator \"=>\"; did you mean \">=\"?"),
            ("Country start-with C", "has no operator \"start-with\"; did you mean \"starts-with\"?"),
            ("Country not CA", "has no operator \"not\"; did you mean \"not in\"?"),
            ("Country =", "has nothing after \"=\""),
            ("Country in ", "has nothing after \"in\""),
        ] {
            let problem = parsed(text).expect_err(text).to_string();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
