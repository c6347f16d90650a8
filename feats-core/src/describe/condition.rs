//! Conditions as sentences.

use super::sentence::Sentence;

use crate::model::{Check, Condition, Source, Test, Value};

/// How many values of a list are shown.
const SHOWN: usize = 8;

/// A condition as the rest of a sentence that begins with "if".
pub fn condition(condition: &Condition) -> Sentence {
    match condition {
        Condition::All { all } if all.is_empty() => "anything".into(),
        Condition::Any { any } if any.is_empty() => "nothing".into(),
        Condition::All { all } => group(all, " and "),
        Condition::Any { any } => group(any, " or "),
        Condition::Not { not } => Sentence::from("not (").then(self::condition(not)).text(")"),
        Condition::Check(known) => check(known),
    }
}

/// One test of one value: `Country is CA`.
pub fn check(check: &Check) -> Sentence {
    let (is, operand) = match &check.test {
        Test::In(values) if values.len() == 1 => (" is ", list(values, "or")),
        Test::In(values) => (" is one of ", list(values, "or")),
        Test::NotIn(values) => (" is none of ", list(values, "or")),
        Test::Eq(operand) => (" is ", value(operand)),
        Test::Ne(operand) => (" is not ", value(operand)),
        Test::Gt(operand) => (" is greater than ", value(operand)),
        Test::Gte(operand) => (" is at least ", value(operand)),
        Test::Lt(operand) => (" is less than ", value(operand)),
        Test::Lte(operand) => (" is at most ", value(operand)),
        Test::StartsWith(text) => (" starts with ", quoted(text)),
        Test::EndsWith(text) => (" ends with ", quoted(text)),
        Test::Contains(text) => (" contains ", quoted(text)),
        Test::Matches(pattern) => (" matches ", quoted(pattern)),
        Test::Semver(range) => (" is a version in ", quoted(range)),
        Test::Before(time) => (" is before ", Sentence::new().value(time)),
        Test::After(time) => (" is after ", Sentence::new().value(time)),
    };
    source(&check.source).text(is).then(operand)
}

/// Where a value comes from: `Zip of address`, `the program's Environment`.
pub(super) fn source(source: &Source) -> Sentence {
    match source {
        Source::Segment { segment, of } => self::segment(segment, of.as_deref()),
        Source::Attribute { attribute } => Sentence::from("the program's ").segment(attribute),
    }
}

pub(super) fn segment(name: &str, of: Option<&str>) -> Sentence {
    let segment = Sentence::new().segment(name);
    match of {
        Some(of) => segment.text(format!(" of {of}")),
        None => segment,
    }
}

pub(super) fn list(values: &[Value<'_>], word: &'static str) -> Sentence {
    let shown = values.iter().take(SHOWN).map(value);
    if values.len() > SHOWN {
        return Sentence::join(shown, ", ").text(format!(", … ({} values)", values.len()));
    }
    let mut shown: Vec<Sentence> = shown.collect();
    match shown.pop() {
        None => "nothing".into(),
        Some(last) if shown.is_empty() => last,
        Some(last) => Sentence::join(shown, ", ").text(format!(" {word} ")).then(last),
    }
}

/// Words stand as they are; text that could be taken for something else is quoted.
pub(super) fn value(value: &Value<'_>) -> Sentence {
    let word = |text: &str| {
        text.starts_with(char::is_alphabetic)
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
            && !matches!(text, "true" | "false")
    };
    Sentence::new().value(match value.as_text() {
        Some(text) if word(text) => text.to_owned(),
        _ => format!("{value:?}"),
    })
}

fn group(parts: &[Condition], word: &'static str) -> Sentence {
    let nested = |part: &Condition| match part {
        Condition::All { all: inner } | Condition::Any { any: inner } if inner.len() > 1 && parts.len() > 1 => {
            Sentence::from("(").then(condition(part)).text(")")
        }
        _ => condition(part),
    };
    Sentence::join(parts.iter().map(nested), word)
}

fn quoted(text: &str) -> Sentence {
    Sentence::new().value(format!("{text:?}"))
}
