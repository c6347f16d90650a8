//! Compiling conditions.

use std::sync::Arc;

use super::route::lookup::Lookup;
use super::route::matcher::{Matcher, Test as Compiled};
use super::route::operand::Operand;
use super::route::version::Range;
use super::{Compiler, Cost, Stage, operand_bytes};
use crate::error::quoted;

use crate::model::{
    ApplicableSegment, Condition, Operator, Predicate, Source, Timestamp, Value, ValueKind, join, limits,
};

impl<'a> Compiler<'a> {
    pub(super) fn condition(&mut self, path: &str, condition: &'a Condition, depth: usize) -> Option<Compiled> {
        if depth > limits::MAX_DEPTH {
            self.problem(path, format!("conditions nest at most {} levels deep", limits::MAX_DEPTH));
            return None;
        }
        self.spend(path, Cost::Conditions, 1)?;
        match condition {
            Condition::All { all } => self.parts(&join(path, "all"), all, depth).map(Compiled::All),
            Condition::Any { any } => self.parts(&join(path, "any"), any, depth).map(Compiled::Any),
            Condition::Not { not } => {
                let part = self.condition(&join(path, "not"), not, depth + 1)?;
                Some(Compiled::Not(Arc::new(part)))
            }
            Condition::Predicate(check) => self.check(path, check),
        }
    }

    fn parts(&mut self, path: &str, parts: &'a [Condition], depth: usize) -> Option<Arc<[Compiled]>> {
        self.limit(path, parts.len(), limits::MAX_RULES);
        let parts = parts.iter().enumerate().take(limits::MAX_RULES);
        let compiled: Vec<_> =
            parts.map(|(at, part)| self.condition(&format!("{path}[{at}]"), part, depth + 1)).collect();
        compiled.into_iter().collect()
    }

    fn check(&mut self, path: &str, check: &'a Predicate) -> Option<Compiled> {
        let operator = join(path, check.operator.name());
        self.operand_budget(&operator, &check.operator)?;
        self.numbers(&operator, &check.operator);
        match &check.source {
            Source::Segment { segment, input: of } => {
                let found = self.segment(path, segment, of.as_deref());
                if let Some((_, fitting)) = &found {
                    self.operands(&operator, &check.operator, fitting);
                }
                let (matcher, negated) = self.matcher(&operator, &check.operator)?;
                Some(Compiled::Check { source: found?.0, matcher, negated })
            }
            Source::Attribute { attribute } => {
                let value = self.attribute(path, attribute);
                if let Some(value) = &value {
                    let as_segment = ApplicableSegment {
                        segment: attribute.as_str().into(),
                        input: None,
                        kind: value.kind(),
                        options: Vec::new(),
                    };
                    self.operands(&operator, &check.operator, &as_segment);
                }
                let (matcher, negated) = self.matcher(&operator, &check.operator)?;
                Some(Compiled::Known(value.and_then(|value| Some(matcher.matches(&value)? != negated))))
            }
        }
    }

    /// The value of an attribute in this program; others may have attributes that this one lacks.
    fn attribute(&mut self, path: &str, name: &str) -> Option<Value<'static>> {
        let attributes = self.context.attributes;
        let value = attributes.get(name).cloned().map(Value::into_owned);
        if let (None, Stage::Publish { other_attributes }) = (&value, self.context.stage)
            && other_attributes.iter().all(|other| other != name)
        {
            let known = attributes.iter().map(|(known, _)| known).chain(other_attributes.iter().map(String::as_str));
            self.unknown(&join(path, "attribute"), format!("no attribute named {}", quoted(name)), name, known);
        }
        value
    }

    /// Takes the operands of a test from the budget.
    fn operand_budget(&mut self, path: &str, test: &Operator) -> Option<()> {
        let bytes = match test {
            Operator::In(values) | Operator::NotIn(values) => return self.values(path, values),
            Operator::Eq(value) | Operator::Ne(value) => operand_bytes(value),
            Operator::Gt(value) | Operator::Gte(value) | Operator::Lt(value) | Operator::Lte(value) => {
                operand_bytes(value)
            }
            Operator::StartsWith(text)
            | Operator::EndsWith(text)
            | Operator::Contains(text)
            | Operator::Matches(text) => text.len(),
            Operator::Semver(text) | Operator::Before(text) | Operator::After(text) => text.len(),
        };
        self.spend(path, Cost::OperandBytes, bytes)
    }

    fn numbers(&mut self, path: &str, test: &Operator) {
        match test {
            Operator::In(values) | Operator::NotIn(values) => {
                for (at, value) in values.iter().enumerate() {
                    self.number(|| format!("{path}[{at}]"), value);
                }
            }
            Operator::Eq(value) | Operator::Ne(value) => self.number(|| path.to_owned(), value),
            Operator::Gt(value) | Operator::Gte(value) | Operator::Lt(value) | Operator::Lte(value) => {
                self.number(|| path.to_owned(), value)
            }
            _ => {}
        }
    }

    fn operands(&mut self, path: &str, test: &Operator, segment: &ApplicableSegment) {
        match test {
            Operator::In(values) | Operator::NotIn(values) => {
                self.limit(path, values.len(), limits::MAX_VALUES);
                for (at, value) in values.iter().enumerate() {
                    self.operand(&format!("{path}[{at}]"), value, segment);
                }
            }
            Operator::Eq(value) | Operator::Ne(value) => self.operand(path, value, segment),
            #[allow(clippy::collapsible_match, reason = "with a guard, the arm for text below would apply")]
            Operator::Gt(value) | Operator::Gte(value) | Operator::Lt(value) | Operator::Lte(value) => {
                if !value.kind().is_comparable_with(segment.kind) {
                    self.operand(path, value, segment);
                }
            }
            _ if segment.kind != ValueKind::Text => {
                let message = format!("{} is for text, but {} is {}", test.name(), segment.segment, segment.kind);
                self.doubt(path, message);
            }
            _ => {}
        }
    }

    /// The matcher of a test, and whether it must not match.
    fn matcher(&mut self, path: &str, test: &'a Operator) -> Option<(Matcher, bool)> {
        let lookup = |values: &[Value<'static>]| match values {
            [only] => Matcher::Equal(Operand::new(only)),
            values => Matcher::OneOf(Lookup::new(values.iter().map(|value| (value, ())))),
        };
        let matcher = match test {
            Operator::In(values) | Operator::NotIn(values) => lookup(values),
            Operator::Eq(value) | Operator::Ne(value) => Matcher::Equal(Operand::new(value)),
            Operator::Gt(value) => Matcher::Greater(Operand::new(value)),
            Operator::Gte(value) => Matcher::GreaterOrEqual(Operand::new(value)),
            Operator::Lt(value) => Matcher::Less(Operand::new(value)),
            Operator::Lte(value) => Matcher::LessOrEqual(Operand::new(value)),
            Operator::StartsWith(text) => Matcher::StartsWith(text.as_str().into()),
            Operator::EndsWith(text) => Matcher::EndsWith(text.as_str().into()),
            Operator::Contains(text) => Matcher::Contains(text.as_str().into()),
            Operator::Matches(pattern) => {
                let compiled = self.patterns.compile(pattern)?;
                Matcher::Matches(self.or_problem(path, compiled)?)
            }
            Operator::Semver(range) => Matcher::Semver(self.or_problem(path, Range::new(range))?),
            Operator::Before(time) => Matcher::Before(self.time(path, time)?),
            Operator::After(time) => Matcher::After(self.time(path, time)?),
        };
        Some((matcher, matches!(test, Operator::NotIn(_) | Operator::Ne(_))))
    }

    fn or_problem<T>(&mut self, path: &str, compiled: Result<T, String>) -> Option<T> {
        compiled.map_err(|message| self.problem(path, message)).ok()
    }

    pub(super) fn time(&mut self, path: &str, text: &str) -> Option<Timestamp> {
        self.or_problem(path, text.parse().map_err(|error: crate::Error| error.message().to_owned()))
    }
}
