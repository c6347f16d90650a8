//! Compiled conditions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::lookup::Lookup;
use super::operand::Operand;

use super::source::Source;
use super::version::Range;
use crate::compile::pattern::Pattern;

use crate::model::{Timestamp, Value};

/// A compiled condition. Evaluates to `None` if it is unknown. Clones share the large parts.
#[derive(Clone, Debug)]
pub(crate) enum CompiledCondition {
    /// A constant: conditions that only depend on attributes of the program.
    Constant(Option<bool>),
    All(Arc<[CompiledCondition]>),
    Any(Arc<[CompiledCondition]>),
    Not(Arc<CompiledCondition>),
    Predicate {
        source: Source,
        matcher: Matcher,
        /// `true` if the result of the matcher is negated.
        negated: bool,
    },
}

/// A compiled operator.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    Equal(Operand),
    OneOf(Lookup<()>),
    Greater(Operand),
    GreaterOrEqual(Operand),
    Less(Operand),
    LessOrEqual(Operand),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    Contains(Box<str>),
    Matches(Arc<Pattern>),
    Semver(Range),
    Before(Timestamp),
    After(Timestamp),
}

impl CompiledCondition {
    pub(crate) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        match self {
            CompiledCondition::Constant(_) => {}
            CompiledCondition::All(parts) | CompiledCondition::Any(parts) => {
                Arc::get_mut(parts).into_iter().flatten().for_each(|part| part.for_each_source(visit));
            }
            CompiledCondition::Not(part) => Arc::get_mut(part).into_iter().for_each(|part| part.for_each_source(visit)),
            CompiledCondition::Predicate { source, .. } => visit(source),
        }
    }
}

impl Matcher {
    /// Returns whether the value matches; `false` for a value of a type that is not comparable, `None` for a value that is not a
    /// version or a time although the operator compares these.
    #[inline(always)]
    pub(crate) fn matches(&self, value: &Value<'_>) -> Option<bool> {
        match self {
            Matcher::Equal(operand) => Some(operand.equals(value)),
            Matcher::OneOf(values) => Some(values.get(value).is_some()),
            other => other.matches_otherwise(value),
        }
    }

    /// Compares in all other ways, which are less common and take more code.
    #[inline(never)]
    fn matches_otherwise(&self, value: &Value<'_>) -> Option<bool> {
        let text = |matches: &dyn Fn(&str) -> bool| value.as_text().is_some_and(matches);
        let time = || Timestamp::parse(value.as_text()?);
        Some(match self {
            Matcher::Equal(_) | Matcher::OneOf(_) => return self.matches(value),
            Matcher::Greater(operand) => operand.ordering_of(value).is_some_and(Ordering::is_gt),
            Matcher::GreaterOrEqual(operand) => operand.ordering_of(value).is_some_and(Ordering::is_ge),
            Matcher::Less(operand) => operand.ordering_of(value).is_some_and(Ordering::is_lt),
            Matcher::LessOrEqual(operand) => operand.ordering_of(value).is_some_and(Ordering::is_le),
            Matcher::StartsWith(operand) => text(&|text| text.starts_with(&**operand)),
            Matcher::EndsWith(operand) => text(&|text| text.ends_with(&**operand)),
            Matcher::Contains(operand) => text(&|text| text.contains(&**operand)),
            Matcher::Matches(pattern) => text(&|text| pattern.is_match(text)),
            Matcher::Semver(range) => range.contains(value.as_text()?)?,
            Matcher::Before(limit) => time()? < *limit,
            Matcher::After(limit) => time()? > *limit,
        })
    }
}
