//! Compiled conditions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::lookup::Lookup;
use super::operand::Operand;

use super::source::Source;
use super::version::Range;
use crate::compile::pattern::Pattern;

use crate::model::{Timestamp, Value};

/// A compiled condition. `None` stands for unknown. Clones share what is large.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Known beforehand: what depends on attributes of the program alone.
    Known(Option<bool>),
    All(Arc<[Test]>),
    Any(Arc<[Test]>),
    Not(Arc<Test>),
    Check {
        source: Source,
        matcher: Matcher,
        /// Whether the matcher must not match.
        negated: bool,
    },
}

/// A compiled test of a value.
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

impl Test {
    pub(crate) fn for_each_source(&mut self, visit: &mut dyn FnMut(&mut Source)) {
        match self {
            Test::Known(_) => {}
            Test::All(parts) | Test::Any(parts) => {
                Arc::get_mut(parts).into_iter().flatten().for_each(|part| part.for_each_source(visit));
            }
            Test::Not(part) => Arc::get_mut(part).into_iter().for_each(|part| part.for_each_source(visit)),
            Test::Check { source, .. } => visit(source),
        }
    }
}

impl Matcher {
    /// Whether the value passes. Values of types that do not compare do not. `None` where the value is not what the test
    /// compares: not a version, or not a time.
    #[inline]
    pub(crate) fn matches(&self, value: &Value<'_>) -> Option<bool> {
        let text = |matches: &dyn Fn(&str) -> bool| value.as_text().is_some_and(matches);
        let time = || Timestamp::parse(value.as_text()?);
        Some(match self {
            Matcher::Equal(operand) => operand.equals(value),
            Matcher::OneOf(values) => values.get(value).is_some(),
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
