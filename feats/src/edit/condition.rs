//! Conditions whose segments the Rust compiler checks.

use std::marker::PhantomData;
use std::ops::Not;

use crate::model::{Condition, Operator, Predicate, Source, Value};
use crate::registry::{Cons, In, Segment, SegmentOf, Takes};
use crate::registry::{Dynamic, FeatureKey};

/// A condition on the segments `S`: one segment, [`And`] of two of these, or [`Untyped`].
///
/// Created by the functions of a segment, such as `Country::is("CA")`, and by [`attribute`]. The two kinds combine in either
/// order, and the compiler checks every segment in the result.
///
/// ```
/// # pub struct User { pub country: String }
/// # #[feats::segment] pub trait Country { fn user(user: &User) -> &str { &user.country } }
/// use feats::edit::attribute;
/// let in_production = attribute("Environment", "prod");
/// let condition = in_production.and(Country::is("CA").or(!Country::is_in(["US", "MX"])));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TypedCondition<S> {
    condition: Condition,
    segments: PhantomData<fn() -> S>,
}

/// The segments of two conditions.
#[derive(Clone, Copy, Debug)]
pub struct And<A, B>(PhantomData<(A, B)>);

/// The index of the first input of a feature.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct First;

/// The index of an input after the first one.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Rest<Index>(PhantomData<Index>);

/// A placeholder for conditions and selectors that are checked only when they are published.
#[derive(Clone, Copy, Debug)]
pub struct Untyped;

/// The segments `Self` apply to the inputs `Inputs`: each has a function for exactly one of the inputs.
///
/// `Index` is the index of that input and is inferred. If a segment applies to several inputs, it cannot be inferred; select one
/// with [`TypedCondition::of`].
#[diagnostic::on_unimplemented(
    message = "the segment `{Self}` does not apply to this feature",
    label = "`{Self}` has no function for an input of this feature",
    note = "add a function for one of the feature's inputs to the segment, or use another segment"
)]
pub trait AppliesTo<Inputs, Index> {}

impl<Inputs> AppliesTo<Inputs, Untyped> for Untyped {}

impl<S, T: ?Sized, Tail> AppliesTo<Cons<In<T>, Tail>, First> for S where S: SegmentOf<T> {}
impl<S, Head, Tail, Index> AppliesTo<Cons<Head, Tail>, Rest<Index>> for S where S: Segment + AppliesTo<Tail, Index> {}
impl<A, B, Inputs, IndexA, IndexB> AppliesTo<Inputs, (IndexA, IndexB)> for And<A, B>
where
    A: AppliesTo<Inputs, IndexA>,
    B: AppliesTo<Inputs, IndexB>,
{
}

/// A conversion into the condition of a rule of the feature `F`.
#[diagnostic::on_unimplemented(
    message = "this condition does not apply to the feature `{F}`",
    label = "a segment of this condition has no function for an input of `{F}`",
    note = "if a segment applies to several inputs, select one: `Country::is(\"CA\").of(\"address\")`"
)]
pub trait IntoCondition<F: FeatureKey, Index> {
    /// Converts into a condition as data.
    fn into_condition(self) -> Condition;
}

/// An operand of [`TypedCondition::and`] and [`TypedCondition::or`]: a typed condition, or a condition as data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "write a condition, such as `Country::is(\"CA\")` or `attribute(\"Environment\", \"prod\")`"
)]
pub trait Term {
    /// The segments that the compiler checks.
    type Segments;

    /// Converts into a condition as data.
    fn into_data(self) -> Condition;
}

impl<F: Takes<Inputs>, S: AppliesTo<Inputs, Index>, Inputs, Index> IntoCondition<F, (Inputs, Index)>
    for TypedCondition<S>
{
    fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<S> IntoCondition<Dynamic, Untyped> for TypedCondition<S> {
    fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<F: FeatureKey> IntoCondition<F, Untyped> for Condition {
    fn into_condition(self) -> Condition {
        self
    }
}

impl<S> TypedCondition<S> {
    fn new(condition: Condition) -> Self {
        Self { condition, segments: PhantomData }
    }

    /// Returns a condition that holds if both conditions hold.
    #[must_use]
    pub fn and<T: Term>(self, other: T) -> TypedCondition<And<S, T::Segments>> {
        TypedCondition::new(self.condition.and(other.into_data()))
    }

    /// Returns a condition that holds if at least one of the conditions holds.
    #[must_use]
    pub fn or<T: Term>(self, other: T) -> TypedCondition<And<S, T::Segments>> {
        TypedCondition::new(self.condition.or(other.into_data()))
    }
}

impl<S: Segment> TypedCondition<S> {
    /// Creates a predicate on the segment. Called by the generated functions of segments.
    #[doc(hidden)]
    pub fn test(operator: Operator) -> Self {
        TypedCondition::new(Condition::segment(S::NAME, operator))
    }

    /// Selects the input of the feature that the segment reads, if it applies to several. The name of the input is checked when
    /// the condition is published.
    pub fn of(self, input: impl Into<String>) -> TypedCondition<Untyped> {
        TypedCondition::new(match self.condition {
            Condition::Predicate(Predicate { source: Source::Segment { segment, .. }, operator }) => {
                let input = Some(input.into());
                Condition::Predicate(Predicate { source: Source::Segment { segment, input }, operator })
            }
            other => other,
        })
    }
}

impl<S> Term for TypedCondition<S> {
    type Segments = S;

    fn into_data(self) -> Condition {
        self.condition
    }
}

impl Term for Condition {
    type Segments = Untyped;

    fn into_data(self) -> Condition {
        self
    }
}

impl<S> Not for TypedCondition<S> {
    type Output = TypedCondition<S>;

    fn not(self) -> TypedCondition<S> {
        TypedCondition::new(!self.condition)
    }
}

impl<S> From<TypedCondition<S>> for Condition {
    fn from(typed: TypedCondition<S>) -> Condition {
        typed.condition
    }
}

/// Returns a condition that holds if the [attribute](crate::AppBuilder::attribute) of the program equals the value. The name of the
/// attribute is checked when the condition is published.
///
/// ```
/// let only_in_dev = feats::edit::attribute("Environment", "dev");
/// ```
pub fn attribute(name: impl Into<String>, value: impl Into<Value<'static>>) -> TypedCondition<Untyped> {
    TypedCondition::new(Condition::attribute(name, Operator::Eq(value.into())))
}
