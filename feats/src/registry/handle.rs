//! The traits of handles, which the macros implement for features and segments.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use super::entry::{FeatureEntry, SegmentEntry};
use crate::model::Value;
use crate::text::quoted;

/// A handle made by [`#[feats::feature]`](macro@crate::feature) or [`#[feats::boolean]`](macro@crate::boolean):
/// an enum with one variant for each implementation.
///
/// ```
/// use feats::Feature;
///
/// #[feats::boolean]
/// pub fn DarkMode() -> bool { false }
///
/// assert_eq!(DarkMode::NAME, "DarkMode");
/// assert_eq!(DarkMode::ALL, [DarkMode::Enabled, DarkMode::Default, DarkMode::Disabled]);
/// assert_eq!("enabled".parse(), Ok(DarkMode::Enabled));
/// ```
pub trait Feature:
    Copy + Eq + Debug + Display + AsRef<str> + FromStr<Err = UnknownImplementation> + Send + Sync + 'static
{
    /// The name of the feature in stores and for operators.
    const NAME: &'static str;
    /// The implementation that is chosen without a state.
    const DEFAULT: Self;
    /// All implementations, in the order of the source.
    const ALL: &'static [Self];

    /// Returns the entry that the macro submitted.
    #[doc(hidden)]
    fn entry() -> &'static FeatureEntry;

    /// Returns the position in [`ALL`](Self::ALL).
    #[doc(hidden)]
    fn position(self) -> u16;
}

/// A feature whose inputs are `Inputs`, a list of [`In`]. Implemented once for each feature.
///
/// `Inputs` is a parameter and not an associated type of [`Feature`], because a public handle may take private types (E0446).
pub trait Takes<Inputs>: Feature {}

/// A handle made by [`#[feats::segment]`](macro@crate::segment).
pub trait Segment: Copy + Debug + Send + Sync + 'static {
    /// The name of the segment in states.
    const NAME: &'static str;

    /// Returns the entry that the macro submitted.
    #[doc(hidden)]
    fn entry() -> &'static SegmentEntry;
}

/// A segment that has a function for `T` (`str` for `&str`).
#[diagnostic::on_unimplemented(
    message = "the segment `{Self}` has no function for `{T}`",
    label = "add `fn name(value: &{T}) -> …` to the segment `{Self}`"
)]
pub trait SegmentOf<T: ?Sized>: Segment {}

/// The type of an input, in a list of [`Cons`] and [`Nil`].
#[derive(Debug)]
pub struct In<T: ?Sized>(PhantomData<T>);

/// A list of inputs: the first one and the rest.
#[derive(Debug)]
pub struct Cons<Head, Tail>(PhantomData<(Head, Tail)>);

/// The end of a list of inputs.
#[derive(Debug)]
pub struct Nil;

/// The error of parsing a text that is not the name of an implementation of the feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownImplementation {
    feature: &'static str,
    given: String,
    known: Vec<&'static str>,
}

/// Parses the wire name of an implementation. The macros call it in `FromStr`.
pub fn parse<F: Feature>(text: &str) -> Result<F, UnknownImplementation> {
    F::ALL.iter().copied().find(|known| known.as_ref() == text).ok_or_else(|| UnknownImplementation {
        feature: F::NAME,
        given: text.to_owned(),
        known: F::entry().implementations.iter().map(|implementation| implementation.name).collect(),
    })
}

impl Display for UnknownImplementation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has no implementation {}; it has {}", self.feature, quoted(&self.given), self.known.join(", "))
    }
}

impl std::error::Error for UnknownImplementation {}

/// A type that the function of a segment may return.
#[diagnostic::on_unimplemented(
    message = "a segment cannot return `{Self}`",
    label = "return a string, an integer of at most 64 bits, `f64`, `bool`, or `Option` of one"
)]
pub trait SegmentValue<'a> {
    /// Converts into the value; `None` if the subject has none.
    fn into_value(self) -> Option<Value<'a>>;
}

impl<'a, T: SegmentValue<'a>> SegmentValue<'a> for Option<T> {
    #[inline]
    fn into_value(self) -> Option<Value<'a>> {
        self.and_then(T::into_value)
    }
}

macro_rules! segment_values {
    ($($value:ty)*) => {$(
        impl<'a> SegmentValue<'a> for $value {
            #[inline]
            fn into_value(self) -> Option<Value<'a>> {
                Some(Value::from(self))
            }
        }
    )*};
}

segment_values!(&'a str String Cow<'a, str> i8 i16 i32 i64 isize u8 u16 u32 u64 usize f64 bool);
