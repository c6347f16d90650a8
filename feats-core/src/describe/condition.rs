//! Descriptions of conditions.

use super::rich_text::RichText;

use crate::model::{By, Condition, Operator, Predicate, Source, Value};

/// The maximum number of values of a list in a description.
const MAX_VALUES: usize = 8;

/// Describes a condition, to follow the word "if".
pub fn condition(condition: &Condition) -> RichText {
    match condition {
        Condition::All { all } if all.is_empty() => "anything".into(),
        Condition::Any { any } if any.is_empty() => "nothing".into(),
        Condition::All { all } => group(all, " and "),
        Condition::Any { any } => group(any, " or "),
        Condition::Not { not } => RichText::from("not (").then(self::condition(not)).text(")"),
        Condition::Predicate(known) => predicate(known),
    }
}

/// Describes a predicate: `Country is CA`.
pub fn predicate(predicate: &Predicate) -> RichText {
    let (is, operand) = match &predicate.operator {
        Operator::In(values) if values.len() == 1 => (" is ", list(values, "or")),
        Operator::In(values) => (" is one of ", list(values, "or")),
        Operator::NotIn(values) => (" is not one of ", list(values, "or")),
        Operator::Eq(operand) => (" is ", value(operand)),
        Operator::Ne(operand) => (" is not ", value(operand)),
        Operator::Gt(operand) => (" is greater than ", value(operand)),
        Operator::Gte(operand) => (" is at least ", value(operand)),
        Operator::Lt(operand) => (" is less than ", value(operand)),
        Operator::Lte(operand) => (" is at most ", value(operand)),
        Operator::StartsWith(text) => (" starts with ", quoted(text)),
        Operator::EndsWith(text) => (" ends with ", quoted(text)),
        Operator::Contains(text) => (" contains ", quoted(text)),
        Operator::Matches(pattern) => (" matches ", quoted(pattern)),
        Operator::Semver(range) => (" is a version in ", quoted(range)),
        Operator::Before(time) => (" is before ", RichText::new().value(time)),
        Operator::After(time) => (" is after ", RichText::new().value(time)),
    };
    source(&predicate.source).text(is).then(operand)
}

/// Describes the source of a value: `Zip of address`, `the program's Environment`.
pub(super) fn source(source: &Source) -> RichText {
    match source {
        Source::Segment { segment, input } => self::segment(segment, input.as_deref()),
        Source::Attribute { attribute } => RichText::from("the program's ").segment(attribute),
    }
}

pub(super) fn segment(name: &str, input: Option<&str>) -> RichText {
    let segment = RichText::new().segment(name);
    match input {
        Some(input) => segment.text(format!(" of {input}")),
        None => segment,
    }
}

pub(super) fn list(values: &[Value<'_>], word: &'static str) -> RichText {
    let shown = values.iter().take(MAX_VALUES).map(value);
    if values.len() > MAX_VALUES {
        return RichText::join(shown, ", ").text(format!(", … ({} values)", values.len()));
    }
    enumeration(shown.collect(), word)
}

/// Joins texts with commas, the last two with a word.
pub(super) fn enumeration(mut texts: Vec<RichText>, word: &'static str) -> RichText {
    match texts.pop() {
        None => "nothing".into(),
        Some(last) if texts.is_empty() => last,
        Some(last) => RichText::join(texts, ", ").text(format!(" {word} ")).then(last),
    }
}

/// Describes the segments whose values are the units of a rollout: `UserId`, `tenant and user`.
pub(super) fn units(by: &By, input: Option<&str>) -> RichText {
    match by.names() {
        [] if by.is_all() => "all attributes".into(),
        names => enumeration(names.iter().map(|name| segment(name, input)).collect(), "and"),
    }
}

/// Describes a value: a plain word as it is; text that could be mistaken for something else is quoted.
pub(super) fn value(value: &Value<'_>) -> RichText {
    let word = |text: &str| {
        text.starts_with(char::is_alphabetic)
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
            && !matches!(text, "true" | "false")
    };
    RichText::new().value(match value.as_text() {
        Some(text) if word(text) => text.to_owned(),
        _ => format!("{value:?}"),
    })
}

fn group(parts: &[Condition], word: &'static str) -> RichText {
    let nested = |part: &Condition| match part {
        Condition::All { all: inner } | Condition::Any { any: inner } if inner.len() > 1 && parts.len() > 1 => {
            RichText::from("(").then(condition(part)).text(")")
        }
        _ => condition(part),
    };
    RichText::join(parts.iter().map(nested), word)
}

fn quoted(text: &str) -> RichText {
    RichText::new().value(format!("{text:?}"))
}
