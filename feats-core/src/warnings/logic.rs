//! What follows from conditions, whoever the subject is: which can never hold, and which hold wherever another one does.
//!
//! Everything here is sound and nothing complete: what cannot be seen at once, or within a bounded effort, is not claimed.
//! A subject may have a value of any type, or none, so that declared types prove nothing.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::model::{Check, Condition, Source, Test, Value};

/// A condition whose negations stand at its checks, where three-valued logic lets them be moved to.
#[derive(Clone, Debug)]
pub(super) enum Form<'c> {
    All(Vec<Form<'c>>),
    Any(Vec<Form<'c>>),
    Claim(Claim<'c>),
}

/// There is a value that the test can read, and the test of it holds, or does not. Text that is not a version or not a time
/// makes no claim about one, so that nothing follows from a test and its negation together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'c> {
    source: &'c Source,
    test: Known<'c>,
    holds: bool,
}

/// A test as far as this module knows tests.
#[derive(Clone, Copy, Debug)]
enum Known<'c> {
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
    Other(&'c Test),
}

/// Draws conclusions, until the effort is spent.
pub(super) struct Reasoner {
    effort: Cell<u32>,
}

impl<'c> Form<'c> {
    /// Whatever the subject is.
    pub(super) fn everyone() -> Self {
        Form::All(Vec::new())
    }

    /// Where a source has a value that rollouts and experiments can count by.
    pub(super) fn unit(source: &'c Source) -> Self {
        Form::Claim(Claim { source, test: Known::Unit, holds: true })
    }

    pub(super) fn of(condition: &'c Condition) -> Self {
        Self::read(condition, true)
    }

    fn read(condition: &'c Condition, holds: bool) -> Self {
        match (condition, holds) {
            (Condition::All { all: parts }, true) | (Condition::Any { any: parts }, false) => {
                Form::All(parts.iter().map(|part| Self::read(part, holds)).collect())
            }
            (Condition::Any { any: parts }, true) | (Condition::All { all: parts }, false) => {
                Form::Any(parts.iter().map(|part| Self::read(part, holds)).collect())
            }
            (Condition::Not { not }, holds) => Self::read(not, !holds),
            (Condition::Check(check), holds) => Form::Claim(Claim::of(check, holds)),
        }
    }
}

impl<'c> Claim<'c> {
    fn of(Check { source, test }: &'c Check, holds: bool) -> Self {
        let (test, holds) = match test {
            Test::In(values) => (Known::OneOf(values), holds),
            Test::NotIn(values) => (Known::OneOf(values), !holds),
            Test::Eq(value) => (Known::OneOf(std::slice::from_ref(value)), holds),
            Test::Ne(value) => (Known::OneOf(std::slice::from_ref(value)), !holds),
            Test::Gt(value) => (Known::Above(value, false), holds),
            Test::Gte(value) => (Known::Above(value, true), holds),
            Test::Lt(value) => (Known::Below(value, false), holds),
            Test::Lte(value) => (Known::Below(value, true), holds),
            Test::StartsWith(text) => (Known::StartsWith(text), holds),
            Test::EndsWith(text) => (Known::EndsWith(text), holds),
            Test::Contains(text) => (Known::Contains(text), holds),
            Test::Matches(_) | Test::Semver(_) | Test::Before(_) | Test::After(_) => (Known::Other(test), holds),
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
    pub(super) fn never(&self, form: &Form<'_>) -> bool {
        match form {
            Form::Any(parts) => parts.iter().all(|part| self.never(part)),
            Form::Claim(claim) => claim.holds && matches!(claim.test, Known::OneOf([])),
            Form::All(parts) => {
                let mut claims = Vec::new();
                parts.iter().for_each(|part| conjuncts(part, &mut claims));
                let contradicts = |one: &Claim<'_>| claims.iter().any(|other| self.excludes(one, other));
                parts.iter().any(|part| self.never(part))
                    || claims.iter().take_while(|_| self.goes_on()).any(|claim| contradicts(claim))
            }
        }
    }

    /// Whether wherever one condition holds, the other one does.
    pub(super) fn implies(&self, one: &Form<'_>, other: &Form<'_>) -> bool {
        if !self.spend(1) {
            return false;
        }
        match (one, other) {
            (Form::Any(parts), _) => parts.iter().all(|part| self.implies(part, other)),
            (_, Form::All(parts)) => parts.iter().all(|part| self.implies(one, part)),
            (Form::All(parts), Form::Claim(_)) => parts.iter().any(|part| self.implies(part, other)) || self.never(one),
            (Form::All(parts), Form::Any(others)) => {
                parts.iter().any(|part| self.implies(part, other))
                    || others.iter().any(|other| self.implies(one, other))
                    || self.never(one)
            }
            (Form::Claim(claim), Form::Any(others)) => {
                others.iter().any(|other| self.implies(one, other)) || self.is_split(claim, other)
            }
            (Form::Claim(claim), Form::Claim(other)) => self.claim_implies(claim, other),
        }
    }

    /// Whether each value of a list by itself leads to the other condition: some to this part of it, some to that.
    fn is_split(&self, claim: &Claim<'_>, other: &Form<'_>) -> bool {
        match claim.test {
            Known::OneOf(values) if claim.holds && values.len() != 1 => values.iter().all(|value| {
                let one = Claim { test: Known::OneOf(std::slice::from_ref(value)), ..*claim };
                self.implies(&Form::Claim(one), other)
            }),
            _ => false,
        }
    }

    fn claim_implies(&self, one: &Claim<'_>, other: &Claim<'_>) -> bool {
        one.source == other.source
            && match (one.holds, other.holds) {
                (true, true) => self.test_implies(one.test, other.test),
                (true, false) => self.tests_exclude(one.test, other.test),
                (false, false) => self.test_implies(other.test, one.test),
                (false, true) => false,
            }
    }

    fn excludes(&self, one: &Claim<'_>, other: &Claim<'_>) -> bool {
        let negated = Claim { holds: !other.holds, ..*other };
        self.spend(1) && self.claim_implies(one, &negated)
    }

    /// Whether every value of which one test holds, the other one holds of too.
    fn test_implies(&self, one: Known<'_>, other: Known<'_>) -> bool {
        match (one, other) {
            (Known::OneOf(values), _) => self.all_are(values, other, true),
            (Known::Above(limit, _) | Known::Below(limit, _), Known::Unit) => limit.as_text().is_some(),
            (Known::StartsWith(_) | Known::EndsWith(_) | Known::Contains(_) | Known::Unit, Known::Unit) => true,
            (Known::Above(one, equal), Known::Above(other, or_equal)) => {
                is_within(one, equal, other, or_equal, Ordering::Greater)
            }
            (Known::Below(one, equal), Known::Below(other, or_equal)) => {
                is_within(one, equal, other, or_equal, Ordering::Less)
            }
            (Known::StartsWith(one), Known::StartsWith(other)) => one.starts_with(other),
            (Known::EndsWith(one), Known::EndsWith(other)) => one.ends_with(other),
            (Known::StartsWith(one) | Known::EndsWith(one) | Known::Contains(one), Known::Contains(other)) => {
                one.contains(other)
            }
            (Known::Other(one), Known::Other(other)) => one == other,
            _ => false,
        }
    }

    /// Whether there is no value of which both hold.
    fn tests_exclude(&self, one: Known<'_>, other: Known<'_>) -> bool {
        match (one, other) {
            (Known::OneOf(values), test) | (test, Known::OneOf(values)) => self.all_are(values, test, false),
            (Known::Above(above, equal), Known::Below(below, or_equal))
            | (Known::Below(below, or_equal), Known::Above(above, equal)) => match above.partial_cmp(below) {
                Some(Ordering::Less) => false,
                Some(Ordering::Equal) => !(equal && or_equal),
                // What is above a number is a number, and what is below a text is a text.
                Some(Ordering::Greater) | None => true,
            },
            (Known::StartsWith(one), Known::StartsWith(other)) => !one.starts_with(other) && !other.starts_with(one),
            (Known::EndsWith(one), Known::EndsWith(other)) => !one.ends_with(other) && !other.ends_with(one),
            _ => false,
        }
    }

    /// Whether a test surely says this of every one of the values. Values that are equal are equal to every test.
    fn all_are(&self, values: &[Value<'static>], test: Known<'_>, holds: bool) -> bool {
        let effort = match test {
            Known::OneOf(others) => values.len().saturating_mul(others.len()),
            _ => values.len(),
        };
        self.spend(effort) && values.iter().all(|value| test.says(value) == Some(holds))
    }
}

impl Known<'_> {
    /// What the test says of a value; `None` if that is not known here.
    fn says(self, value: &Value<'_>) -> Option<bool> {
        let text = |test: &dyn Fn(&str) -> bool| Some(value.as_text().is_some_and(test));
        let ordered = |limit: &Value<'_>, wanted, equal| {
            let order = value.partial_cmp(limit);
            Some(order == Some(wanted) || (equal && order == Some(Ordering::Equal)))
        };
        match self {
            Known::OneOf(values) => Some(values.iter().any(|known| known == value)),
            Known::Above(limit, equal) => ordered(limit, Ordering::Greater, equal),
            Known::Below(limit, equal) => ordered(limit, Ordering::Less, equal),
            Known::StartsWith(part) => text(&|text| text.starts_with(part)),
            Known::EndsWith(part) => text(&|text| text.ends_with(part)),
            Known::Contains(part) => text(&|text| text.contains(part)),
            // An integer beyond 2⁵³ equals the float of the same size, and that is not a unit.
            Known::Unit => value.as_text().map(|_| true),
            Known::Other(_) => None,
        }
    }
}

/// What a condition claims at once.
fn conjuncts<'f, 'c>(form: &'f Form<'c>, claims: &mut Vec<&'f Claim<'c>>) {
    match form {
        Form::All(parts) => parts.iter().for_each(|part| conjuncts(part, claims)),
        Form::Claim(claim) => claims.push(claim),
        Form::Any(_) => {}
    }
}

/// Whether what lies beyond one limit, or on it, lies beyond the other one too, or on it.
fn is_within(one: &Value<'_>, equal: bool, other: &Value<'_>, or_equal: bool, beyond: Ordering) -> bool {
    match one.partial_cmp(other) {
        Some(Ordering::Equal) => or_equal || !equal,
        order => order == Some(beyond),
    }
}
