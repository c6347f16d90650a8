//! Logical consequences of conditions for all subjects: which are never true, and which are true whenever another one is.
//!
//! The conclusions are sound but not complete: nothing is concluded that takes more than a bounded number of comparisons. A subject
//! may have a value of any type, or none, so declared types prove nothing.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::model::{Condition, Operator, Predicate, Source, Value};

/// A condition in negation normal form, as far as three-valued logic allows moving negations to the predicates.
#[derive(Clone, Debug)]
pub(super) enum Nnf<'c> {
    All(Vec<Nnf<'c>>),
    Any(Vec<Nnf<'c>>),
    Literal(Literal<'c>),
}

/// A predicate or its negation: there is a value that the operator can compare, and its result is `holds`. For text that is not a
/// version or a time, neither a predicate nor its negation is true, so nothing follows from the two together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'c> {
    source: &'c Source,
    test: LiteralTest<'c>,
    holds: bool,
}

/// An operator, as far as this module analyzes operators.
#[derive(Clone, Copy, Debug)]
enum LiteralTest<'c> {
    OneOf(&'c [Value<'static>]),
    /// Greater than, or greater than or equal.
    Above(&'c Value<'static>, bool),
    /// Less than, or less than or equal.
    Below(&'c Value<'static>, bool),
    StartsWith(&'c str),
    EndsWith(&'c str),
    Contains(&'c str),
    /// A value that identifies a unit: anything but a float with a fraction or beyond 2⁵³.
    Unit,
    /// Comparable only with the same operator.
    Other(&'c Operator),
}

/// A reasoner that stops when its budget is spent.
pub(super) struct Reasoner {
    budget: Cell<u32>,
}

impl<'c> Nnf<'c> {
    /// The form that is true for everyone.
    pub(super) fn everyone() -> Self {
        Nnf::All(Vec::new())
    }

    /// The form that is true if a source has a value that identifies a unit.
    pub(super) fn unit(source: &'c Source) -> Self {
        Nnf::Literal(Literal { source, test: LiteralTest::Unit, holds: true })
    }

    pub(super) fn new(condition: &'c Condition) -> Self {
        Self::convert(condition, true)
    }

    fn convert(condition: &'c Condition, holds: bool) -> Self {
        match (condition, holds) {
            (Condition::All { all: parts }, true) | (Condition::Any { any: parts }, false) => {
                Nnf::All(parts.iter().map(|part| Self::convert(part, holds)).collect())
            }
            (Condition::Any { any: parts }, true) | (Condition::All { all: parts }, false) => {
                Nnf::Any(parts.iter().map(|part| Self::convert(part, holds)).collect())
            }
            (Condition::Not { not }, holds) => Self::convert(not, !holds),
            (Condition::Predicate(check), holds) => Nnf::Literal(Literal::new(check, holds)),
        }
    }
}

impl<'c> Literal<'c> {
    fn new(Predicate { source, operator }: &'c Predicate, holds: bool) -> Self {
        let (test, holds) = match operator {
            Operator::In(values) => (LiteralTest::OneOf(values), holds),
            Operator::NotIn(values) => (LiteralTest::OneOf(values), !holds),
            Operator::Eq(value) => (LiteralTest::OneOf(std::slice::from_ref(value)), holds),
            Operator::Ne(value) => (LiteralTest::OneOf(std::slice::from_ref(value)), !holds),
            Operator::Gt(value) => (LiteralTest::Above(value, false), holds),
            Operator::Gte(value) => (LiteralTest::Above(value, true), holds),
            Operator::Lt(value) => (LiteralTest::Below(value, false), holds),
            Operator::Lte(value) => (LiteralTest::Below(value, true), holds),
            Operator::StartsWith(text) => (LiteralTest::StartsWith(text), holds),
            Operator::EndsWith(text) => (LiteralTest::EndsWith(text), holds),
            Operator::Contains(text) => (LiteralTest::Contains(text), holds),
            Operator::Matches(_) | Operator::Semver(_) | Operator::Before(_) | Operator::After(_) => {
                (LiteralTest::Other(operator), holds)
            }
        };
        Self { source, test, holds }
    }
}

impl Reasoner {
    pub(super) fn new(budget: u32) -> Self {
        Self { budget: Cell::new(budget) }
    }

    /// Spends the budget for a number of comparisons; returns `false` if it is exceeded.
    pub(super) fn spend(&self, comparisons: usize) -> bool {
        let left = u32::try_from(comparisons).ok().and_then(|spent| self.budget.get().checked_sub(spent));
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Returns `true` if there is budget left. Without any, nothing more is found.
    pub(super) fn has_budget(&self) -> bool {
        self.budget.get() > 0
    }

    /// Returns `true` if a condition is never true.
    pub(super) fn never(&self, form: &Nnf<'_>) -> bool {
        match form {
            Nnf::Any(parts) => parts.iter().all(|part| self.never(part)),
            Nnf::Literal(literal) => literal.holds && matches!(literal.test, LiteralTest::OneOf([])),
            Nnf::All(parts) => {
                let mut literals = Vec::new();
                parts.iter().for_each(|part| conjuncts(part, &mut literals));
                let contradicts = |one: &Literal<'_>| literals.iter().any(|other| self.excludes(one, other));
                parts.iter().any(|part| self.never(part))
                    || literals.iter().take_while(|_| self.has_budget()).any(|literal| contradicts(literal))
            }
        }
    }

    /// Returns `true` if the second condition is true whenever the first one is.
    pub(super) fn implies(&self, one: &Nnf<'_>, other: &Nnf<'_>) -> bool {
        if !self.spend(1) {
            return false;
        }
        match (one, other) {
            (Nnf::Any(parts), _) => parts.iter().all(|part| self.implies(part, other)),
            (_, Nnf::All(parts)) => parts.iter().all(|part| self.implies(one, part)),
            (Nnf::All(parts), Nnf::Literal(_)) => parts.iter().any(|part| self.implies(part, other)) || self.never(one),
            (Nnf::All(parts), Nnf::Any(others)) => {
                parts.iter().any(|part| self.implies(part, other))
                    || others.iter().any(|other| self.implies(one, other))
                    || self.never(one)
            }
            (Nnf::Literal(literal), Nnf::Any(others)) => {
                others.iter().any(|other| self.implies(one, other)) || self.is_split(literal, other)
            }
            (Nnf::Literal(literal), Nnf::Literal(other)) => self.literal_implies(literal, other),
        }
    }

    /// Returns `true` if each value of a list by itself implies the other condition, possibly different parts of it.
    fn is_split(&self, literal: &Literal<'_>, other: &Nnf<'_>) -> bool {
        match literal.test {
            LiteralTest::OneOf(values) if literal.holds && values.len() != 1 => values.iter().all(|value| {
                let one = Literal { test: LiteralTest::OneOf(std::slice::from_ref(value)), ..*literal };
                self.implies(&Nnf::Literal(one), other)
            }),
            _ => false,
        }
    }

    fn literal_implies(&self, one: &Literal<'_>, other: &Literal<'_>) -> bool {
        one.source == other.source
            && match (one.holds, other.holds) {
                (true, true) => self.test_implies(one.test, other.test),
                (true, false) => self.tests_exclude(one.test, other.test),
                (false, false) => self.test_implies(other.test, one.test),
                (false, true) => false,
            }
    }

    fn excludes(&self, one: &Literal<'_>, other: &Literal<'_>) -> bool {
        let negated = Literal { holds: !other.holds, ..*other };
        self.spend(1) && self.literal_implies(one, &negated)
    }

    /// Returns `true` if the second test is true for every value for which the first one is.
    fn test_implies(&self, one: LiteralTest<'_>, other: LiteralTest<'_>) -> bool {
        match (one, other) {
            (LiteralTest::OneOf(values), _) => self.all_are(values, other, true),
            (LiteralTest::Above(limit, _) | LiteralTest::Below(limit, _), LiteralTest::Unit) => {
                limit.as_text().is_some()
            }
            (
                LiteralTest::StartsWith(_) | LiteralTest::EndsWith(_) | LiteralTest::Contains(_) | LiteralTest::Unit,
                LiteralTest::Unit,
            ) => true,
            (LiteralTest::Above(one, equal), LiteralTest::Above(other, or_equal)) => {
                is_within(one, equal, other, or_equal, Ordering::Greater)
            }
            (LiteralTest::Below(one, equal), LiteralTest::Below(other, or_equal)) => {
                is_within(one, equal, other, or_equal, Ordering::Less)
            }
            (LiteralTest::StartsWith(one), LiteralTest::StartsWith(other)) => one.starts_with(other),
            (LiteralTest::EndsWith(one), LiteralTest::EndsWith(other)) => one.ends_with(other),
            (
                LiteralTest::StartsWith(one) | LiteralTest::EndsWith(one) | LiteralTest::Contains(one),
                LiteralTest::Contains(other),
            ) => one.contains(other),
            (LiteralTest::Other(one), LiteralTest::Other(other)) => one == other,
            _ => false,
        }
    }

    /// Returns `true` if there is no value for which both tests are true.
    fn tests_exclude(&self, one: LiteralTest<'_>, other: LiteralTest<'_>) -> bool {
        match (one, other) {
            (LiteralTest::OneOf(values), test) | (test, LiteralTest::OneOf(values)) => {
                self.all_are(values, test, false)
            }
            (LiteralTest::Above(above, equal), LiteralTest::Below(below, or_equal))
            | (LiteralTest::Below(below, or_equal), LiteralTest::Above(above, equal)) => match above.partial_cmp(below)
            {
                Some(Ordering::Less) => false,
                Some(Ordering::Equal) => !(equal && or_equal),
                // Values above a number are numbers, and values below a text are texts.
                Some(Ordering::Greater) | None => true,
            },
            (LiteralTest::StartsWith(one), LiteralTest::StartsWith(other)) => {
                !one.starts_with(other) && !other.starts_with(one)
            }
            (LiteralTest::EndsWith(one), LiteralTest::EndsWith(other)) => {
                !one.ends_with(other) && !other.ends_with(one)
            }
            _ => false,
        }
    }

    /// Returns `true` if the test certainly has this result for each of the values. Equal values have equal results.
    fn all_are(&self, values: &[Value<'static>], test: LiteralTest<'_>, holds: bool) -> bool {
        let budget = match test {
            LiteralTest::OneOf(others) => values.len().saturating_mul(others.len()),
            _ => values.len(),
        };
        self.spend(budget) && values.iter().all(|value| test.result(value) == Some(holds))
    }
}

impl LiteralTest<'_> {
    /// Returns the result of the test for a value; `None` if it is not known here.
    fn result(self, value: &Value<'_>) -> Option<bool> {
        let text = |test: &dyn Fn(&str) -> bool| Some(value.as_text().is_some_and(test));
        let ordered = |limit: &Value<'_>, wanted, equal| {
            let order = value.partial_cmp(limit);
            Some(order == Some(wanted) || (equal && order == Some(Ordering::Equal)))
        };
        match self {
            LiteralTest::OneOf(values) => Some(values.iter().any(|known| known == value)),
            LiteralTest::Above(limit, equal) => ordered(limit, Ordering::Greater, equal),
            LiteralTest::Below(limit, equal) => ordered(limit, Ordering::Less, equal),
            LiteralTest::StartsWith(part) => text(&|text| text.starts_with(part)),
            LiteralTest::EndsWith(part) => text(&|text| text.ends_with(part)),
            LiteralTest::Contains(part) => text(&|text| text.contains(part)),
            // An integer beyond 2⁵³ equals the float of the same size, which is not a unit.
            LiteralTest::Unit => value.as_text().map(|_| true),
            LiteralTest::Other(_) => None,
        }
    }
}

/// Collects the literals that must all be true.
fn conjuncts<'f, 'c>(form: &'f Nnf<'c>, literals: &mut Vec<&'f Literal<'c>>) {
    match form {
        Nnf::All(parts) => parts.iter().for_each(|part| conjuncts(part, literals)),
        Nnf::Literal(literal) => literals.push(literal),
        Nnf::Any(_) => {}
    }
}

/// Returns `true` if every value beyond one limit, or equal to it, is also beyond the other limit, or equal to it.
fn is_within(one: &Value<'_>, equal: bool, other: &Value<'_>, or_equal: bool, beyond: Ordering) -> bool {
    match one.partial_cmp(other) {
        Some(Ordering::Equal) => or_equal || !equal,
        order => order == Some(beyond),
    }
}
