//! The operators of the form: their labels, their operands, and the types that they apply to.

use std::fmt;

use feats::model::{Operator, Value, ValueKind};

/// An operator of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperatorField {
    /// The name in the wire format.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) operand: OperandKind,
}

/// The kind of operand that an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperandKind {
    /// Any number of values of the segment's type.
    Values,
    /// One value of the segment's type.
    Value,
    /// Free text.
    Text,
}

/// The error of a form field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldError {
    pub(crate) message: String,
    /// `true` if the field is merely empty. Such an error is shown once the user has visited the field.
    pub(crate) is_missing: bool,
}

const OPERATORS: [OperatorField; 15] = [
    OperatorField { name: "in", label: "is one of", operand: OperandKind::Values },
    OperatorField { name: "not_in", label: "is none of", operand: OperandKind::Values },
    OperatorField { name: "eq", label: "is", operand: OperandKind::Value },
    OperatorField { name: "ne", label: "is not", operand: OperandKind::Value },
    OperatorField { name: "gte", label: "is at least", operand: OperandKind::Value },
    OperatorField { name: "gt", label: "is greater than", operand: OperandKind::Value },
    OperatorField { name: "lte", label: "is at most", operand: OperandKind::Value },
    OperatorField { name: "lt", label: "is less than", operand: OperandKind::Value },
    OperatorField { name: "starts_with", label: "starts with", operand: OperandKind::Text },
    OperatorField { name: "ends_with", label: "ends with", operand: OperandKind::Text },
    OperatorField { name: "contains", label: "contains", operand: OperandKind::Text },
    OperatorField { name: "matches", label: "matches (regular expression)", operand: OperandKind::Text },
    OperatorField { name: "semver", label: "is a version in", operand: OperandKind::Text },
    OperatorField { name: "before", label: "is a time before", operand: OperandKind::Text },
    OperatorField { name: "after", label: "is a time after", operand: OperandKind::Text },
];

impl OperatorField {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        OPERATORS.into_iter().find(|operator| operator.name == name)
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        OPERATORS.into_iter()
    }

    /// Returns the operators for a type, the usual ones first. Text has no `<`: such comparisons are of versions or times, which
    /// have their own operators.
    pub(crate) fn for_kind(kind: ValueKind) -> impl Iterator<Item = Self> {
        Self::all().filter(move |operator| match kind {
            ValueKind::Text => !matches!(operator.name, "gt" | "gte" | "lt" | "lte"),
            ValueKind::Integer | ValueKind::Float => operator.operand != OperandKind::Text,
            ValueKind::Bool => matches!(operator.name, "eq" | "ne"),
        })
    }

    /// Builds the operator from typed texts, with a parser of its values.
    pub(crate) fn to_operator(
        self,
        texts: &[String],
        parse: impl Fn(&str) -> Result<Value<'static>, String>,
    ) -> Result<Operator, FieldError> {
        let value = |text: &String| parse(text).map_err(FieldError::invalid);
        let missing = || FieldError::missing("Enter a value");
        let one = || texts.first().filter(|text| !text.is_empty()).ok_or_else(missing);
        let many = || match texts.is_empty() {
            true => Err(missing()),
            false => texts.iter().map(value).collect::<Result<Vec<Value<'static>>, _>>(),
        };
        Ok(match self.name {
            "in" => Operator::In(many()?),
            "not_in" => Operator::NotIn(many()?),
            "eq" => Operator::Eq(value(one()?)?),
            "ne" => Operator::Ne(value(one()?)?),
            "gte" => Operator::Gte(value(one()?)?),
            "gt" => Operator::Gt(value(one()?)?),
            "lte" => Operator::Lte(value(one()?)?),
            "lt" => Operator::Lt(value(one()?)?),
            "starts_with" => Operator::StartsWith(one()?.clone()),
            "ends_with" => Operator::EndsWith(one()?.clone()),
            "contains" => Operator::Contains(one()?.clone()),
            "matches" => Operator::Matches(one()?.clone()),
            "semver" => Operator::Semver(one()?.clone()),
            "before" => Operator::Before(one()?.clone()),
            _ => Operator::After(one()?.clone()),
        })
    }
}

/// Returns the operands of an operator as texts, with a format of its values.
pub(crate) fn texts(test: &Operator, format: impl Fn(&Value<'_>) -> String) -> Vec<String> {
    match test {
        Operator::In(values) | Operator::NotIn(values) => values.iter().map(format).collect(),
        Operator::Eq(value)
        | Operator::Ne(value)
        | Operator::Gt(value)
        | Operator::Gte(value)
        | Operator::Lt(value)
        | Operator::Lte(value) => vec![format(value)],
        Operator::StartsWith(text)
        | Operator::EndsWith(text)
        | Operator::Contains(text)
        | Operator::Matches(text)
        | Operator::Semver(text)
        | Operator::Before(text)
        | Operator::After(text) => vec![text.clone()],
    }
}

/// Formats a value as a user would type it.
pub(crate) fn typed(value: &Value<'_>) -> String {
    value.as_text().map_or_else(|| value.to_string(), str::to_owned)
}

impl FieldError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: false }
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_missing: true }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
