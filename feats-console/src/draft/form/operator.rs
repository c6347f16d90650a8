//! Operators as people choose them: which fit a type, what they are called, and what they take.

use std::fmt;

use feats::model::{Test, Value, ValueKind};

/// An operator that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    /// The word on the wire.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) takes: Takes,
}

/// What an operator compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Any number of values of the segment's type.
    Values,
    /// One value of the segment's type.
    Value,
    /// Text, whatever it means.
    Text,
}

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    /// Whether the field is merely empty: that is told once it was left.
    pub(crate) is_missing: bool,
}

const OPERATORS: [Operator; 15] = [
    Operator { name: "in", label: "is one of", takes: Takes::Values },
    Operator { name: "not_in", label: "is none of", takes: Takes::Values },
    Operator { name: "eq", label: "is", takes: Takes::Value },
    Operator { name: "ne", label: "is not", takes: Takes::Value },
    Operator { name: "gte", label: "is at least", takes: Takes::Value },
    Operator { name: "gt", label: "is greater than", takes: Takes::Value },
    Operator { name: "lte", label: "is at most", takes: Takes::Value },
    Operator { name: "lt", label: "is less than", takes: Takes::Value },
    Operator { name: "starts_with", label: "starts with", takes: Takes::Text },
    Operator { name: "ends_with", label: "ends with", takes: Takes::Text },
    Operator { name: "contains", label: "contains", takes: Takes::Text },
    Operator { name: "matches", label: "matches (regular expression)", takes: Takes::Text },
    Operator { name: "semver", label: "is a version in", takes: Takes::Text },
    Operator { name: "before", label: "is a time before", takes: Takes::Text },
    Operator { name: "after", label: "is a time after", takes: Takes::Text },
];

impl Operator {
    pub(crate) fn named(name: &str) -> Option<Self> {
        OPERATORS.into_iter().find(|operator| operator.name == name)
    }

    /// The operators that fit a type, the usual ones first. Text is compared with `<` by nobody but who means versions or
    /// times, and those have operators of their own.
    pub(crate) fn fitting(kind: ValueKind) -> impl Iterator<Item = Self> {
        OPERATORS.into_iter().filter(move |operator| match kind {
            ValueKind::Text => !matches!(operator.name, "gt" | "gte" | "lt" | "lte"),
            ValueKind::Integer | ValueKind::Float => operator.takes != Takes::Text,
            ValueKind::Bool => matches!(operator.name, "eq" | "ne"),
        })
    }

    /// The test by texts as they were typed, or what is wrong with them. A text that stands for one of the values before stays
    /// this value: `1.0` is not `1`.
    pub(crate) fn test(self, kind: ValueKind, texts: &[String], before: &[Value<'static>]) -> Result<Test, Mistake> {
        let value = |text: &String| {
            let known = before.iter().find(|value| typed(value) == *text).cloned();
            known.or_else(|| kind.read(text)).ok_or_else(|| Mistake::wrong(format!("“{text}” is not {kind}")))
        };
        let missing = || Mistake::missing("Enter a value");
        let one = || texts.first().filter(|text| !text.is_empty()).ok_or_else(missing);
        let many = || match texts.is_empty() {
            true => Err(missing()),
            false => texts.iter().map(value).collect::<Result<Vec<Value<'static>>, _>>(),
        };
        Ok(match self.name {
            "in" => Test::In(many()?),
            "not_in" => Test::NotIn(many()?),
            "eq" => Test::Eq(value(one()?)?),
            "ne" => Test::Ne(value(one()?)?),
            "gte" => Test::Gte(value(one()?)?),
            "gt" => Test::Gt(value(one()?)?),
            "lte" => Test::Lte(value(one()?)?),
            "lt" => Test::Lt(value(one()?)?),
            "starts_with" => Test::StartsWith(one()?.clone()),
            "ends_with" => Test::EndsWith(one()?.clone()),
            "contains" => Test::Contains(one()?.clone()),
            "matches" => Test::Matches(one()?.clone()),
            "semver" => Test::Semver(one()?.clone()),
            "before" => Test::Before(one()?.clone()),
            _ => Test::After(one()?.clone()),
        })
    }
}

/// What a test compares with, as texts to type.
pub(crate) fn texts(test: &Test) -> Vec<String> {
    match test {
        Test::In(values) | Test::NotIn(values) => values.iter().map(typed).collect(),
        Test::Eq(value) | Test::Ne(value) | Test::Gt(value) | Test::Gte(value) | Test::Lt(value) | Test::Lte(value) => {
            vec![typed(value)]
        }
        Test::StartsWith(text)
        | Test::EndsWith(text)
        | Test::Contains(text)
        | Test::Matches(text)
        | Test::Semver(text)
        | Test::Before(text)
        | Test::After(text) => vec![text.clone()],
    }
}

/// A value as one types it.
pub(crate) fn typed(value: &Value<'_>) -> String {
    value.as_text().map_or_else(|| value.to_string(), str::to_owned)
}

impl Mistake {
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: false }
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: true }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
