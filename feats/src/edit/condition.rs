//! Conditions whose segments the compiler knows.

use std::marker::PhantomData;
use std::ops::Not;

use crate::app::{Named, Target};
use crate::model::{Check, Condition, Source, Test, Value};
use crate::registry::{Cons, In, Segment, SegmentOf, Takes};

/// A condition over the segments `S`: one segment, or [`And`] of two such.
///
/// Made by the functions of a segment's handle, such as `Country::is("CA")`.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed<S> {
    condition: Condition,
    segments: PhantomData<fn() -> S>,
}

/// The segments of two conditions together.
#[derive(Clone, Copy, Debug)]
pub struct And<A, B>(PhantomData<(A, B)>);

/// The first input of a feature.
#[derive(Clone, Copy, Debug)]
pub struct Here;

/// One of the inputs after the first.
#[derive(Clone, Copy, Debug)]
pub struct There<At>(PhantomData<At>);

/// A condition that is checked on publish only.
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
pub trait Fits<Inputs, At> {}

impl<S, T: ?Sized, Tail> Fits<Cons<In<T>, Tail>, Here> for S where S: SegmentOf<T> {}
impl<S, Head, Tail, At> Fits<Cons<Head, Tail>, There<At>> for S where S: Segment + Fits<Tail, At> {}
impl<A, B, Inputs, AtA, AtB> Fits<Inputs, (AtA, AtB)> for And<A, B>
where
    A: Fits<Inputs, AtA>,
    B: Fits<Inputs, AtB>,
{
}

/// What can stand as the condition of a rule of the feature `F`.
#[diagnostic::on_unimplemented(
    message = "this condition does not fit the feature `{F}`",
    label = "a segment of this condition has no function for an input of `{F}`",
    note = "where several inputs fit, say which one is meant: `Country::is(\"CA\").of(\"address\")`"
)]
pub trait When<F: Target, At> {
    /// The condition as data.
    fn into_condition(self) -> Condition;
}

impl<F: Takes<Inputs>, S: Fits<Inputs, At>, Inputs, At> When<F, (Inputs, At)> for Typed<S> {
    fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<S> When<Named, Untyped> for Typed<S> {
    fn into_condition(self) -> Condition {
        self.condition
    }
}

impl<F: Target> When<F, Untyped> for Condition {
    fn into_condition(self) -> Condition {
        self
    }
}

impl<S> Typed<S> {
    fn new(condition: Condition) -> Self {
        Self { condition, segments: PhantomData }
    }

    /// Both hold.
    #[must_use]
    pub fn and<T>(self, other: Typed<T>) -> Typed<And<S, T>> {
        Typed::new(self.condition.and(other.condition))
    }

    /// At least one holds.
    #[must_use]
    pub fn or<T>(self, other: Typed<T>) -> Typed<And<S, T>> {
        Typed::new(self.condition.or(other.condition))
    }
}

impl<S: Segment> Typed<S> {
    /// A test of the segment; what the functions of its handle call.
    #[doc(hidden)]
    pub fn test(test: Test) -> Self {
        Typed::new(Condition::segment(S::NAME, test))
    }

    /// Says which input of the feature the segment is taken from, where several fit. Checked on publish.
    pub fn of(self, input: impl Into<String>) -> Condition {
        match self.condition {
            Condition::Check(Check { source: Source::Segment { segment, .. }, test }) => {
                let of = Some(input.into());
                Condition::Check(Check { source: Source::Segment { segment, of }, test })
            }
            other => other,
        }
    }
}

impl<S> Not for Typed<S> {
    type Output = Typed<S>;

    fn not(self) -> Typed<S> {
        Typed::new(!self.condition)
    }
}

impl<S> From<Typed<S>> for Condition {
    fn from(typed: Typed<S>) -> Condition {
        typed.condition
    }
}

/// A condition on an attribute that the program gives to all its features. Checked on publish.
///
/// ```
/// let only_in_dev = feats::edit::attribute("Environment", "dev");
/// ```
pub fn attribute(name: impl Into<String>, is: impl Into<Value<'static>>) -> Condition {
    Condition::attribute(name, Test::Eq(is.into()))
}
