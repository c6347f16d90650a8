//! Conditions: `all`, `any` and `not` over checks on a segment or an attribute.

use serde::Serialize;

use super::value::Value;

/// Whom a rule is for.
///
/// Three-valued: a check on a value that the subject does not have is *unknown*, `not` keeps it unknown, `all` is
/// false if a part is false and `any` true if a part is true; what stays unknown does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Condition {
    /// Every part holds; `{"all": []}` always holds.
    All {
        /// The parts.
        all: Vec<Condition>,
    },
    /// At least one part holds; `{"any": []}` never holds.
    Any {
        /// The parts.
        any: Vec<Condition>,
    },
    /// The part does not hold.
    Not {
        /// The part.
        not: Box<Condition>,
    },
    /// One test of one value.
    Predicate(Predicate),
}

/// One test of one value: `{"segment": "Country", "in": ["CA"]}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Predicate {
    /// Whose value is tested.
    #[serde(flatten)]
    pub source: Source,
    /// The test.
    #[serde(flatten)]
    pub operator: Operator,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Source {
    /// A segment of the subject.
    Segment {
        /// The segment's name.
        segment: String,
        /// The input that it is taken from, where several fit.
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<String>,
    },
    /// An attribute of the program.
    Attribute {
        /// The attribute's name.
        attribute: String,
    },
}

/// A test of a value. Operands of another type than the value's are refused on publish.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal to one of these.
    In(Vec<Value<'static>>),
    /// Equal to none of these.
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
    /// The text starts with this one.
    StartsWith(String),
    /// The text ends with this one.
    EndsWith(String),
    /// The text contains this one.
    Contains(String),
    /// The text has a match of this regular expression of at most 1 KiB; linear in the text's length.
    Matches(String),
    /// The text is a version within this range: `>=1.2, <2`. Ranges are written as in Cargo; versions are ordered as
    /// <https://semver.org> says, pre-releases among them: `2.1.0-beta.1` is at least `2.0.0` and less than `2.1.0`. A
    /// version may begin with `v`, and numbers that are missing are 0. For text that is not a version, the check is
    /// unknown, and so is its negation: neither holds.
    Semver(String),
    /// The text is an RFC 3339 time before this one. For text that is not such a time, the check is unknown.
    Before(String),
    /// The text is an RFC 3339 time after this one. For text that is not such a time, the check is unknown.
    After(String),
}

impl Operator {
    /// The names of all operators on the wire.
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

    /// The values that the test compares with. A part of a text, a pattern, a range and a time are not values.
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

    /// The operator's name on the wire.
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
    /// The condition that always holds.
    pub fn always() -> Self {
        Condition::All { all: Vec::new() }
    }

    /// A test of a segment.
    pub fn segment(name: impl Into<String>, test: Operator) -> Self {
        Condition::Predicate(Predicate {
            source: Source::Segment { segment: name.into(), input: None },
            operator: test,
        })
    }

    /// A test of an attribute of the program.
    pub fn attribute(name: impl Into<String>, test: Operator) -> Self {
        Condition::Predicate(Predicate { source: Source::Attribute { attribute: name.into() }, operator: test })
    }

    /// Both hold.
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

    /// At least one holds.
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

    /// The names of all attributes that the condition looks at.
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

    /// Whether this is the condition that always holds.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All { all } if all.is_empty())
    }
}

/// The condition that always holds.
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
