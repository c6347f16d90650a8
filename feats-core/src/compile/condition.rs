//! Compilation of conditions.

use std::sync::Arc;

use super::route::lookup::Lookup;
use super::route::matcher::{CompiledCondition, Matcher};
use super::route::operand::Operand;
use super::route::version::Range;
use super::{Compiler, Cost, Stage, operand_bytes};
use crate::error::quoted;

use crate::model::{
    ApplicableSegment, Condition, Operator, Predicate, Source, Timestamp, Value, ValueKind, join, limits,
};

impl<'a> Compiler<'a> {
    pub(super) fn condition(
        &mut self,
        path: &str,
        condition: &'a Condition,
        depth: usize,
    ) -> Option<CompiledCondition> {
        if depth > limits::MAX_DEPTH {
            self.problem(path, format!("conditions can be nested at most {} levels deep", limits::MAX_DEPTH));
            return None;
        }
        self.spend(path, Cost::Conditions, 1)?;
        match condition {
            Condition::All { all } => self.parts(&join(path, "all"), all, depth).map(CompiledCondition::All),
            Condition::Any { any } => self.parts(&join(path, "any"), any, depth).map(CompiledCondition::Any),
            Condition::Not { not } => {
                let part = self.condition(&join(path, "not"), not, depth + 1)?;
                Some(CompiledCondition::Not(Arc::new(part)))
            }
            Condition::Predicate(predicate) => self.predicate(path, predicate),
        }
    }

    fn parts(&mut self, path: &str, parts: &'a [Condition], depth: usize) -> Option<Arc<[CompiledCondition]>> {
        self.check_limit(path, parts.len(), limits::MAX_RULES);
        let parts = parts.iter().enumerate().take(limits::MAX_RULES);
        let compiled: Vec<_> =
            parts.map(|(index, part)| self.condition(&format!("{path}[{index}]"), part, depth + 1)).collect();
        compiled.into_iter().collect()
    }

    fn predicate(&mut self, path: &str, predicate: &'a Predicate) -> Option<CompiledCondition> {
        let operator_path = join(path, predicate.operator.name());
        self.spend_operand(&operator_path, &predicate.operator)?;
        self.check_numbers(&operator_path, &predicate.operator);
        match &predicate.source {
            Source::Segment { segment, input } => {
                let source = match self.context.declaration.flag {
                    true => {
                        self.check_list(&operator_path, &predicate.operator);
                        self.flag_attribute(path, segment, input.as_deref())
                    }
                    false => {
                        let found = self.segment(path, segment, input.as_deref());
                        if let Some((_, applicable)) = &found {
                            self.check_operands(&operator_path, &predicate.operator, applicable);
                        }
                        found.map(|(source, _)| source)
                    }
                };
                let (matcher, negated) = self.matcher(&operator_path, &predicate.operator)?;
                Some(CompiledCondition::Predicate { source: source?, matcher, negated })
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
                    self.check_operands(&operator_path, &predicate.operator, &as_segment);
                }
                let (matcher, negated) = self.matcher(&operator_path, &predicate.operator)?;
                Some(CompiledCondition::Constant(value.and_then(|value| Some(matcher.matches(&value)? != negated))))
            }
        }
    }

    /// Returns the value of an attribute in this program. Other programs may have attributes that this one lacks.
    fn attribute(&mut self, path: &str, name: &str) -> Option<Value<'static>> {
        let attributes = self.context.attributes;
        let value = attributes.get(name).cloned().map(Value::into_owned);
        if let (None, Stage::Publish { other_attributes }) = (&value, self.context.stage)
            && other_attributes.iter().all(|other| other != name)
        {
            let known = attributes.iter().map(|(known, _)| known).chain(other_attributes.iter().map(String::as_str));
            self.unknown_name(&join(path, "attribute"), format!("no attribute named {}", quoted(name)), name, known);
        }
        value
    }

    /// Spends the budget for the operands of an operator.
    fn spend_operand(&mut self, path: &str, operator: &Operator) -> Option<()> {
        let bytes = match operator {
            Operator::In(values) | Operator::NotIn(values) => return self.spend_values(path, values),
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

    fn check_numbers(&mut self, path: &str, operator: &Operator) {
        match operator {
            Operator::In(values) | Operator::NotIn(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.check_number(|| format!("{path}[{index}]"), value);
                }
            }
            Operator::Eq(value) | Operator::Ne(value) => self.check_number(|| path.to_owned(), value),
            Operator::Gt(value) | Operator::Gte(value) | Operator::Lt(value) | Operator::Lte(value) => {
                self.check_number(|| path.to_owned(), value)
            }
            _ => {}
        }
    }

    /// Checks the length of an operator's list.
    fn check_list(&mut self, path: &str, operator: &Operator) {
        if let Operator::In(values) | Operator::NotIn(values) = operator {
            self.check_limit(path, values.len(), limits::MAX_VALUES);
        }
    }

    fn check_operands(&mut self, path: &str, operator: &Operator, segment: &ApplicableSegment) {
        match operator {
            Operator::In(values) | Operator::NotIn(values) => {
                self.check_list(path, operator);
                for (index, value) in values.iter().enumerate() {
                    self.check_operand(&format!("{path}[{index}]"), value, segment);
                }
            }
            Operator::Eq(value) | Operator::Ne(value) => self.check_operand(path, value, segment),
            #[allow(clippy::collapsible_match, reason = "with a guard, the arm for text below would apply")]
            Operator::Gt(value) | Operator::Gte(value) | Operator::Lt(value) | Operator::Lte(value) => {
                if !value.kind().is_comparable_with(segment.kind) {
                    self.check_operand(path, value, segment);
                }
            }
            _ if segment.kind != ValueKind::Text => {
                let message = format!("{} requires text, but {} is {}", operator.name(), segment.segment, segment.kind);
                self.problem_on_publish(path, message);
            }
            _ => {}
        }
    }

    /// Returns the matcher of an operator, and whether its result is negated.
    fn matcher(&mut self, path: &str, operator: &'a Operator) -> Option<(Matcher, bool)> {
        let lookup = |values: &[Value<'static>]| match values {
            [only] => Matcher::Equal(Operand::new(only)),
            values => Matcher::OneOf(Lookup::new(values.iter().map(|value| (value, ())))),
        };
        let matcher = match operator {
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
        Some((matcher, matches!(operator, Operator::NotIn(_) | Operator::Ne(_))))
    }

    fn or_problem<T>(&mut self, path: &str, compiled: Result<T, String>) -> Option<T> {
        compiled.map_err(|message| self.problem(path, message)).ok()
    }

    pub(super) fn time(&mut self, path: &str, text: &str) -> Option<Timestamp> {
        self.or_problem(path, text.parse().map_err(|error: crate::Error| error.message().to_owned()))
    }
}
