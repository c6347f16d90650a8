//! Subjects: whom a decision is about, as typed inputs or as a map of attributes.

use std::any::{Any, TypeId};
use std::fmt;

use super::catalog::FittingSegment;
use super::value::Value;

/// Whom a decision is about: gives the values that a feature's fitting segments have.
pub trait Subject {
    /// The value of the segment at a position of [`Declaration::segments`](super::Declaration::segments);
    /// `None` if the subject has none.
    fn value(&self, position: u16) -> Option<Value<'_>>;
}

/// One argument of a feature's implementations.
///
/// Text is a case of its own because `&str` is not [`Any`].
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// A value of any type without borrows.
    Any(&'a dyn Any),
    /// A `&str`.
    Text(&'a str),
}

/// How a segment takes its value from an input.
pub type Extract = for<'a> fn(Input<'a>) -> Option<Value<'a>>;

/// A fitting segment as code: which input it is taken from, and how.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The position of the input among the feature's arguments.
    pub input: usize,
    /// The segment's function for that input's type.
    pub extract: Extract,
}

/// Values by segment name: whom a decision is about when there are no typed inputs.
///
/// Made with [`attributes!`](crate::attributes). Where a condition says of which input it speaks, the attribute
/// `"<input>.<segment>"` is taken before `"<segment>"`.
#[derive(Clone, Default, PartialEq)]
pub struct Attributes(Vec<(String, Value<'static>)>);

/// Attributes as the subject of one feature.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The values.
    pub attributes: &'a Attributes,
    /// The feature's fitting segments.
    pub segments: &'a [FittingSegment],
}

impl<'a> Input<'a> {
    /// The input for a value that is no text.
    #[inline]
    pub fn of<T: Any>(value: &'a T) -> Self {
        Input::Any(value)
    }

    /// The value, if it is of that type.
    #[inline]
    pub fn get<T: Any>(self) -> Option<&'a T> {
        match self {
            Input::Any(value) => value.downcast_ref(),
            Input::Text(_) => None,
        }
    }

    /// The text, if it is one.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Input::Text(text) => Some(text),
            Input::Any(_) => None,
        }
    }

    /// The type of the value; `str` for text.
    pub fn type_id(self) -> TypeId {
        match self {
            Input::Any(value) => value.type_id(),
            Input::Text(_) => TypeId::of::<str>(),
        }
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Input")
    }
}

impl Attributes {
    /// No attributes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value<'static>>) {
        let (name, value) = (name.into(), value.into());
        match self.0.binary_search_by(|(known, _)| known.as_str().cmp(&name)) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value<'static>> {
        let at = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// All names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'static>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    fn get_of(&self, of: &str, segment: &str) -> Option<&Value<'static>> {
        let found = self.0.iter().find(|(name, _)| {
            name.strip_prefix(of).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| rest == segment)
        });
        found.map(|(_, value)| value)
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Into<String>, V: Into<Value<'static>>> FromIterator<(K, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut attributes = Self::new();
        for (name, value) in pairs {
            attributes.insert(name, value);
        }
        attributes
    }
}

impl Subject for Named<'_> {
    fn value(&self, position: u16) -> Option<Value<'_>> {
        let fitting = self.segments.get(usize::from(position))?;
        let of = fitting.of.as_deref().and_then(|of| self.attributes.get_of(of, &fitting.segment));
        of.or_else(|| self.attributes.get(&fitting.segment)).map(Value::borrowed)
    }
}
