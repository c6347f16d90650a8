//! Conditions: `all`, `any` and `not` over predicates on a segment or an attribute.

use serde::Serialize;

use super::value::Value;

/// The audience of a rule.
///
/// Conditions follow Kleene's three-valued logic: a predicate on a value that the subject does not have is *unknown*, and so is
/// its negation; `all` is false if a part is false, `any` is true if a part is true. A rule with an unknown condition does not
/// apply.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Condition {
    /// True if every part is; `{"all": []}` is true for everyone.
    All {
        /// The parts.
        all: Vec<Condition>,
    },
    /// True if at least one part is; `{"any": []}` is false for everyone.
    Any {
        /// The parts.
        any: Vec<Condition>,
    },
    /// True if the part is false.
    Not {
        /// The part.
        not: Box<Condition>,
    },
    /// A predicate on one value.
    Predicate(Predicate),
}

/// A predicate on one value: `{"segment": "Country", "in": ["CA"]}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Predicate {
    /// The source of the value.
    #[serde(flatten)]
    pub source: Source,
    /// The operator, with its operand.
    #[serde(flatten)]
    pub operator: Operator,
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Source {
    /// A segment of the subject.
    Segment {
        /// The segment's name.
        segment: String,
        /// The input from which it is computed; given only if several inputs apply.
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<String>,
    },
    /// An attribute of the program.
    Attribute {
        /// The attribute's name.
        attribute: String,
    },
}

/// An operator with its operand. Operands whose type differs from the segment's are rejected on publish.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal to one of the values.
    In(Vec<Value<'static>>),
    /// Equal to none of the values.
    NotIn(Vec<Value<'static>>),
    /// Equal.
    Eq(Value<'static>),
    /// Not equal.
    Ne(Value<'static>),
    /// Greater.
    Gt(Value<'static>),
    /// Greater or equal.
    Gte(Value<'static>),
    /// Less.
    Lt(Value<'static>),
    /// Less or equal.
    Lte(Value<'static>),
    /// The text starts with the operand.
    StartsWith(String),
    /// The text ends with the operand.
    EndsWith(String),
    /// The text contains the operand.
    Contains(String),
    /// The text contains a match of this regular expression of at most 1 KiB; takes time linear in the length of the text.
    Matches(String),
    /// The text is a version within this range: `>=1.2, <2`. Ranges are written as in Cargo; versions are ordered according to
    /// <https://semver.org>, including pre-releases: `2.1.0-beta.1` is at least `2.0.0` and less than `2.1.0`. A version may start
    /// with `v`, and missing numbers count as 0. For text that is not a version, the predicate and its negation are unknown.
    Semver(String),
    /// The text is an RFC 3339 time before this one. For text that is not such a time, the predicate is unknown.
    Before(String),
    /// The text is an RFC 3339 time after this one. For text that is not such a time, the predicate is unknown.
    After(String),
}

impl Operator {
    /// The wire names of all operators.
    pub const NAMES: [&'static str; 15] = [
        "in",
        "not_in",
        "eq",
        "ne",
        "gt",
        "gte",
        "lt",
        "lte",
        "starts_with",
        "ends_with",
        "contains",
        "matches",
        "semver",
        "before",
        "after",
    ];

    /// Returns the values that the operator compares with; empty for operators on a part of a text, a pattern, a range or a time.
    pub fn values(&self) -> &[Value<'static>] {
        match self {
            Operator::In(values) | Operator::NotIn(values) => values,
            Operator::Eq(value)
            | Operator::Ne(value)
            | Operator::Gt(value)
            | Operator::Gte(value)
            | Operator::Lt(value)
            | Operator::Lte(value) => std::slice::from_ref(value),
            Operator::StartsWith(_)
            | Operator::EndsWith(_)
            | Operator::Contains(_)
            | Operator::Matches(_)
            | Operator::Semver(_)
            | Operator::Before(_)
            | Operator::After(_) => &[],
        }
    }

    /// Returns the wire name of the operator.
    pub fn name(&self) -> &'static str {
        match self {
            Operator::In(_) => "in",
            Operator::NotIn(_) => "not_in",
            Operator::Eq(_) => "eq",
            Operator::Ne(_) => "ne",
            Operator::Gt(_) => "gt",
            Operator::Gte(_) => "gte",
            Operator::Lt(_) => "lt",
            Operator::Lte(_) => "lte",
            Operator::StartsWith(_) => "starts_with",
            Operator::EndsWith(_) => "ends_with",
            Operator::Contains(_) => "contains",
            Operator::Matches(_) => "matches",
            Operator::Semver(_) => "semver",
            Operator::Before(_) => "before",
            Operator::After(_) => "after",
        }
    }
}

impl Condition {
    /// Returns the condition that is true for everyone.
    pub fn always() -> Self {
        Condition::All { all: Vec::new() }
    }

    /// Creates a condition on a segment.
    pub fn segment(name: impl Into<String>, operator: Operator) -> Self {
        Condition::Predicate(Predicate { source: Source::Segment { segment: name.into(), input: None }, operator })
    }

    /// Creates a condition on an attribute of the program.
    pub fn attribute(name: impl Into<String>, operator: Operator) -> Self {
        Condition::Predicate(Predicate { source: Source::Attribute { attribute: name.into() }, operator })
    }

    /// Returns a condition that is true if both conditions are.
    #[must_use]
    pub fn and(self, other: impl Into<Condition>) -> Self {
        let other = other.into();
        match self {
            Condition::All { mut all } if !all.is_empty() => {
                all.push(other);
                Condition::All { all }
            }
            first => Condition::All { all: vec![first, other] },
        }
    }

    /// Returns a condition that is true if at least one of the conditions is.
    #[must_use]
    pub fn or(self, other: impl Into<Condition>) -> Self {
        let other = other.into();
        match self {
            Condition::Any { mut any } if !any.is_empty() => {
                any.push(other);
                Condition::Any { any }
            }
            first => Condition::Any { any: vec![first, other] },
        }
    }

    /// Returns the names of all attributes that the condition uses.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            Condition::All { all: parts } | Condition::Any { any: parts } => {
                parts.iter().flat_map(Condition::attributes).collect()
            }
            Condition::Not { not } => not.attributes(),
            Condition::Predicate(Predicate { source: Source::Attribute { attribute }, .. }) => vec![attribute],
            Condition::Predicate(_) => Vec::new(),
        }
    }

    /// Returns `true` if this is the condition that is true for everyone.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All { all } if all.is_empty())
    }
}

/// Returns the condition that is true for everyone.
impl Default for Condition {
    fn default() -> Self {
        Self::always()
    }
}

impl std::ops::Not for Condition {
    type Output = Condition;

    fn not(self) -> Condition {
        Condition::Not { not: Box::new(self) }
    }
}
