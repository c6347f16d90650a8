//! Conditions whose segments the compiler knows.

use std::marker::PhantomData;
use std::ops::Not;

use crate::model::{Condition, Operator, Predicate, Source, Value};
use crate::registry::{Cons, In, Segment, SegmentOf, Takes};
use crate::registry::{Dynamic, FeatureKey};

/// A condition over the segments `S`: one segment, [`And`] of two such, or [`Untyped`].
///
/// Made by the functions of a segment's handle, such as `Country::is("CA")`, and by [`attribute`]. Conditions of both sorts
/// combine in either order, and the compiler checks every segment in them.
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

/// The segments of two conditions together.
#[derive(Clone, Copy, Debug)]
pub struct And<A, B>(PhantomData<(A, B)>);

/// The first input of a feature.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct First;

/// One of the inputs after the first.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Rest<At>(PhantomData<At>);

/// In the place of a segment: what is checked on publish only.
#[derive(Clone, Copy, Debug)]
pub struct Untyped;

/// The segments `Self` can be taken from the inputs `Inputs`: each has a function for exactly one of them.
///
/// `At` says which; it is inferred. Where several inputs fit, it cannot be, and the condition has to say which one is
/// meant with [`Typed::of`].
#[diagnostic::on_unimplemented(
    message = "the segment `{Self}` does not fit this feature",
    label = "`{Self}` has no function for an input of this feature",
    note = "add a function for one of the feature's inputs to the segment, or decide on another segment"
)]
pub trait AppliesTo<Inputs, At> {}

impl<Inputs> AppliesTo<Inputs, Untyped> for Untyped {}

impl<S, T: ?Sized, Tail> AppliesTo<Cons<In<T>, Tail>, First> for S where S: SegmentOf<T> {}
impl<S, Head, Tail, At> AppliesTo<Cons<Head, Tail>, Rest<At>> for S where S: Segment + AppliesTo<Tail, At> {}
impl<A, B, Inputs, AtA, AtB> AppliesTo<Inputs, (AtA, AtB)> for And<A, B>
where
    A: AppliesTo<Inputs, AtA>,
    B: AppliesTo<Inputs, AtB>,
{
}

/// What can stand as the condition of a rule of the feature `F`.
#[diagnostic::on_unimplemented(
    message = "this condition does not fit the feature `{F}`",
    label = "a segment of this condition has no function for an input of `{F}`",
    note = "where several inputs fit, say which one is meant: `Country::is(\"CA\").of(\"address\")`"
)]
pub trait IntoCondition<F: FeatureKey, At> {
    /// The condition as data.
    fn into_condition(self) -> Condition;
}

/// What a condition combines with: another, or a condition as data.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "write a condition, such as `Country::is(\"CA\")` or `attribute(\"Environment\", \"prod\")`"
)]
pub trait Term {
    /// The segments that the compiler checks.
    type Segments;

    /// The condition as data.
    fn into_data(self) -> Condition;
}

impl<F: Takes<Inputs>, S: AppliesTo<Inputs, At>, Inputs, At> IntoCondition<F, (Inputs, At)> for TypedCondition<S> {
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

    /// Both hold.
    #[must_use]
    pub fn and<T: Term>(self, other: T) -> TypedCondition<And<S, T::Segments>> {
        TypedCondition::new(self.condition.and(other.into_data()))
    }

    /// At least one holds.
    #[must_use]
    pub fn or<T: Term>(self, other: T) -> TypedCondition<And<S, T::Segments>> {
        TypedCondition::new(self.condition.or(other.into_data()))
    }
}

impl<S: Segment> TypedCondition<S> {
    /// A test of the segment; what the functions of its handle call.
    #[doc(hidden)]
    pub fn test(test: Operator) -> Self {
        TypedCondition::new(Condition::segment(S::NAME, test))
    }

    /// Says which input of the feature the segment is taken from, where several fit. Checked on publish.
    pub fn of(self, input: impl Into<String>) -> TypedCondition<Untyped> {
        TypedCondition::new(match self.condition {
            Condition::Predicate(Predicate { source: Source::Segment { segment, .. }, operator: test }) => {
                let of = Some(input.into());
                Condition::Predicate(Predicate { source: Source::Segment { segment, input: of }, operator: test })
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

/// A condition on an attribute that the program gives to all its features. Checked on publish.
///
/// ```
/// let only_in_dev = feats::edit::attribute("Environment", "dev");
/// ```
pub fn attribute(name: impl Into<String>, is: impl Into<Value<'static>>) -> TypedCondition<Untyped> {
    TypedCondition::new(Condition::attribute(name, Operator::Eq(is.into())))
}
