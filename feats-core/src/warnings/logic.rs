//! What follows from conditions, whoever the subject is: which can never hold, and which hold wherever another one does.
//!
//! Everything here is sound and nothing complete: what cannot be seen at once, or within a bounded effort, is not claimed.
//! A subject may have a value of any type, or none, so that declared types prove nothing.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::model::{Condition, Operator, Predicate, Source, Value};

/// A condition whose negations stand at its checks, where three-valued logic lets them be moved to.
#[derive(Clone, Debug)]
pub(super) enum Nnf<'c> {
    All(Vec<Nnf<'c>>),
    Any(Vec<Nnf<'c>>),
    Claim(Literal<'c>),
}

/// There is a value that the test can read, and the test of it holds, or does not. Text that is not a version or not a time
/// makes no claim about one, so that nothing follows from a test and its negation together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'c> {
    source: &'c Source,
    test: LiteralTest<'c>,
    holds: bool,
}

/// A test as far as this module knows tests.
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
    /// A value that rollouts and experiments can count by: anything but a float with a fraction or beyond 2⁵³.
    Unit,
    /// Comparable with itself alone.
    Other(&'c Operator),
}

/// Draws conclusions, until the effort is spent.
pub(super) struct Reasoner {
    effort: Cell<u32>,
}

impl<'c> Nnf<'c> {
    /// Whatever the subject is.
    pub(super) fn everyone() -> Self {
        Nnf::All(Vec::new())
    }

    /// Where a source has a value that rollouts and experiments can count by.
    pub(super) fn unit(source: &'c Source) -> Self {
        Nnf::Claim(Literal { source, test: LiteralTest::Unit, holds: true })
    }

    pub(super) fn of(condition: &'c Condition) -> Self {
        Self::read(condition, true)
    }

    fn read(condition: &'c Condition, holds: bool) -> Self {
        match (condition, holds) {
            (Condition::All { all: parts }, true) | (Condition::Any { any: parts }, false) => {
                Nnf::All(parts.iter().map(|part| Self::read(part, holds)).collect())
            }
            (Condition::Any { any: parts }, true) | (Condition::All { all: parts }, false) => {
                Nnf::Any(parts.iter().map(|part| Self::read(part, holds)).collect())
            }
            (Condition::Not { not }, holds) => Self::read(not, !holds),
            (Condition::Predicate(check), holds) => Nnf::Claim(Literal::of(check, holds)),
        }
    }
}

impl<'c> Literal<'c> {
    fn of(Predicate { source, operator: test }: &'c Predicate, holds: bool) -> Self {
        let (test, holds) = match test {
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
                (LiteralTest::Other(test), holds)
            }
        };
        Self { source, test, holds }
    }
}

impl Reasoner {
    pub(super) fn new(effort: u32) -> Self {
        Self { effort: Cell::new(effort) }
    }

    /// Whether there is effort left for so many comparisons.
    pub(super) fn spend(&self, comparisons: usize) -> bool {
        let left = u32::try_from(comparisons).ok().and_then(|spent| self.effort.get().checked_sub(spent));
        self.effort.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether there is effort left at all: where there is none, nothing more is found.
    pub(super) fn goes_on(&self) -> bool {
        self.effort.get() > 0
    }

    /// Whether a condition holds for nobody.
    pub(super) fn never(&self, form: &Nnf<'_>) -> bool {
        match form {
            Nnf::Any(parts) => parts.iter().all(|part| self.never(part)),
            Nnf::Claim(claim) => claim.holds && matches!(claim.test, LiteralTest::OneOf([])),
            Nnf::All(parts) => {
                let mut claims = Vec::new();
                parts.iter().for_each(|part| conjuncts(part, &mut claims));
                let contradicts = |one: &Literal<'_>| claims.iter().any(|other| self.excludes(one, other));
                parts.iter().any(|part| self.never(part))
                    || claims.iter().take_while(|_| self.goes_on()).any(|claim| contradicts(claim))
            }
        }
    }

    /// Whether wherever one condition holds, the other one does.
    pub(super) fn implies(&self, one: &Nnf<'_>, other: &Nnf<'_>) -> bool {
        if !self.spend(1) {
            return false;
        }
        match (one, other) {
            (Nnf::Any(parts), _) => parts.iter().all(|part| self.implies(part, other)),
            (_, Nnf::All(parts)) => parts.iter().all(|part| self.implies(one, part)),
            (Nnf::All(parts), Nnf::Claim(_)) => parts.iter().any(|part| self.implies(part, other)) || self.never(one),
            (Nnf::All(parts), Nnf::Any(others)) => {
                parts.iter().any(|part| self.implies(part, other))
                    || others.iter().any(|other| self.implies(one, other))
                    || self.never(one)
            }
            (Nnf::Claim(claim), Nnf::Any(others)) => {
                others.iter().any(|other| self.implies(one, other)) || self.is_split(claim, other)
            }
            (Nnf::Claim(claim), Nnf::Claim(other)) => self.claim_implies(claim, other),
        }
    }

    /// Whether each value of a list by itself leads to the other condition: some to this part of it, some to that.
    fn is_split(&self, claim: &Literal<'_>, other: &Nnf<'_>) -> bool {
        match claim.test {
            LiteralTest::OneOf(values) if claim.holds && values.len() != 1 => values.iter().all(|value| {
                let one = Literal { test: LiteralTest::OneOf(std::slice::from_ref(value)), ..*claim };
                self.implies(&Nnf::Claim(one), other)
            }),
            _ => false,
        }
    }

    fn claim_implies(&self, one: &Literal<'_>, other: &Literal<'_>) -> bool {
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
        self.spend(1) && self.claim_implies(one, &negated)
    }

    /// Whether every value of which one test holds, the other one holds of too.
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

    /// Whether there is no value of which both hold.
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
                // What is above a number is a number, and what is below a text is a text.
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

    /// Whether a test surely says this of every one of the values. Values that are equal are equal to every test.
    fn all_are(&self, values: &[Value<'static>], test: LiteralTest<'_>, holds: bool) -> bool {
        let effort = match test {
            LiteralTest::OneOf(others) => values.len().saturating_mul(others.len()),
            _ => values.len(),
        };
        self.spend(effort) && values.iter().all(|value| test.says(value) == Some(holds))
    }
}

impl LiteralTest<'_> {
    /// What the test says of a value; `None` if that is not known here.
    fn says(self, value: &Value<'_>) -> Option<bool> {
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
            // An integer beyond 2⁵³ equals the float of the same size, and that is not a unit.
            LiteralTest::Unit => value.as_text().map(|_| true),
            LiteralTest::Other(_) => None,
        }
    }
}

/// What a condition claims at once.
fn conjuncts<'f, 'c>(form: &'f Nnf<'c>, claims: &mut Vec<&'f Literal<'c>>) {
    match form {
        Nnf::All(parts) => parts.iter().for_each(|part| conjuncts(part, claims)),
        Nnf::Claim(claim) => claims.push(claim),
        Nnf::Any(_) => {}
    }
}

/// Whether what lies beyond one limit, or on it, lies beyond the other one too, or on it.
fn is_within(one: &Value<'_>, equal: bool, other: &Value<'_>, or_equal: bool, beyond: Ordering) -> bool {
    match one.partial_cmp(other) {
        Some(Ordering::Equal) => or_equal || !equal,
        order => order == Some(beyond),
    }
}
