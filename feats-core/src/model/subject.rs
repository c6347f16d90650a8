//! Subjects of decisions, as typed inputs or as a map of attributes.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::fmt;

use arrayvec::ArrayVec;

use super::catalog::ApplicableSegment;
use super::value::Value;

/// The subject of a decision: provides the values of a feature's applicable segments.
pub trait Subject {
    /// Returns the value of the segment at an index of [`Declaration::segments`](super::Declaration::segments);
    /// `None` if the subject has none.
    fn value(&self, position: u16) -> Option<Value<'_>>;

    /// Visits all attributes of the subject, ordered by the bytes of their names. A subject with typed inputs has none.
    fn for_each_attribute(&self, visit: &mut dyn FnMut(&str, &Value<'_>)) {
        let _ = visit;
    }
}

/// One argument of a feature's implementations.
///
/// Text has its own variant because `&str` is not [`Any`].
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// A value of any `'static` type.
    Any(&'a dyn Any),
    /// A `&str`.
    Text(&'a str),
}

/// A function that computes the value of a segment from an input.
pub type SegmentFn = for<'a> fn(Input<'a>) -> Option<Value<'a>>;

/// An applicable segment in code: its input, and its function for that input.
#[derive(Clone, Copy, Debug)]
pub struct SegmentBinding {
    /// The index of the input among the feature's arguments.
    pub input: usize,
    /// The segment's function for that input's type.
    pub extract: SegmentFn,
}

/// Values by segment name: the subject of a decision without typed inputs.
///
/// Created with [`attributes!`](crate::attributes). Names and values may borrow: up to [`INLINE_ATTRIBUTES`] attributes that
/// borrow the `&str`s of a request allocate nothing. A later value of a name replaces the earlier one.
///
/// For a condition that names an input, the attribute `"<input>.<segment>"` takes precedence over `"<segment>"`.
///
/// ```
/// use feats::{Attributes, Value, attributes};
///
/// let header = String::from("CA");
/// let attributes = attributes! { "Country" => header.as_str(), "UserId" => 42 };
/// assert_eq!(attributes.get("Country"), Some(&Value::from("CA")));
/// let owned: Attributes<'static> = attributes.into_owned();
/// # drop(owned);
/// ```
#[derive(Clone, Default)]
pub struct Attributes<'a>(Entries<'a>);

/// The number of [`Attributes`] that are stored without heap allocation.
pub const INLINE_ATTRIBUTES: usize = 16;

/// Names and values.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "the entries of most requests are kept inline, not on the heap")]
enum Entries<'a> {
    /// In the order of insertion: few names are compared one by one, which costs less than to keep them sorted.
    Inline(ArrayVec<Entry<'a>, INLINE_ATTRIBUTES>),
    /// Sorted by name.
    Heap(Vec<Entry<'a>>),
}

/// The entries, sorted by name.
struct SortedEntries<'e, 'a> {
    entries: &'e [Entry<'a>],
    /// The sorted entries, if they are stored in another order.
    order: Option<ArrayVec<&'e Entry<'a>, INLINE_ATTRIBUTES>>,
    next: usize,
}

type Entry<'a> = (Cow<'a, str>, Value<'a>);

/// Attributes as the subject of one feature.
#[derive(Clone, Copy, Debug)]
pub struct AttributeSubject<'a> {
    /// The values.
    pub attributes: &'a Attributes<'a>,
    /// The feature's applicable segments.
    pub segments: &'a [ApplicableSegment],
}

impl<'a> Input<'a> {
    /// Creates an input from a value other than a `&str`.
    #[inline]
    pub fn new<T: Any>(value: &'a T) -> Self {
        Input::Any(value)
    }

    /// Returns the value, if it has the type `T`.
    #[inline]
    pub fn get<T: Any>(self) -> Option<&'a T> {
        match self {
            Input::Any(value) => value.downcast_ref(),
            Input::Text(_) => None,
        }
    }

    /// Returns the text, if the input is text.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Input::Text(text) => Some(text),
            Input::Any(_) => None,
        }
    }

    /// Returns the type of the value; `str` for text.
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

impl<'a> Attributes<'a> {
    /// Creates an empty set of attributes.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a name.
    #[inline]
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Value<'a>>) {
        self.0.insert((name.into(), value.into()));
    }

    /// Returns the value of a name.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let entry = match &self.0 {
            Entries::Inline(entries) => entries.iter().find(|(known, _)| is_same(known, name)),
            Entries::Heap(entries) => entries.get(position(entries, name).ok()?),
        };
        entry.map(|(_, value)| value)
    }

    /// Returns all names and values, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.0.sorted().map(|(name, value)| (name.as_ref(), value))
    }

    /// Returns the number of attributes.
    pub fn len(&self) -> usize {
        self.0.as_slice().len()
    }

    /// Returns `true` if there are no attributes.
    pub fn is_empty(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    /// Converts the attributes into ones that own their names and values.
    pub fn into_owned(self) -> Attributes<'static> {
        let owned = |(name, value): Entry<'_>| (Cow::Owned(name.into_owned()), value.into_owned());
        Attributes(match self.0 {
            Entries::Inline(entries) => Entries::Inline(entries.into_iter().map(owned).collect()),
            Entries::Heap(entries) => Entries::Heap(entries.into_iter().map(owned).collect()),
        })
    }

    fn get_qualified(&self, input: &str, segment: &str) -> Option<&Value<'a>> {
        let found = self.0.as_slice().iter().find(|(name, _)| {
            name.strip_prefix(input).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| rest == segment)
        });
        found.map(|(_, value)| value)
    }
}

impl<'a> Entries<'a> {
    fn as_slice(&self) -> &[Entry<'a>] {
        match self {
            Entries::Inline(entries) => entries,
            Entries::Heap(entries) => entries,
        }
    }

    fn sorted(&self) -> SortedEntries<'_, 'a> {
        let entries = self.as_slice();
        let order = match self {
            Entries::Heap(_) => None,
            Entries::Inline(entries) => {
                let mut order: ArrayVec<&Entry<'a>, INLINE_ATTRIBUTES> = entries.iter().collect();
                order.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
                Some(order)
            }
        };
        SortedEntries { entries, order, next: 0 }
    }

    fn insert(&mut self, entry: Entry<'a>) {
        match self {
            Entries::Inline(entries) => match entries.iter_mut().find(|(known, _)| is_same(known, &entry.0)) {
                Some(known) => *known = entry,
                None => {
                    if let Err(full) = entries.try_push(entry) {
                        let mut more = Vec::with_capacity(2 * INLINE_ATTRIBUTES);
                        more.extend(entries.drain(..));
                        more.push(full.element());
                        more.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
                        *self = Entries::Heap(more);
                    }
                }
            },
            Entries::Heap(entries) => match position(entries, &entry.0) {
                Ok(index) => {
                    if let Some(known) = entries.get_mut(index) {
                        *known = entry;
                    }
                }
                Err(index) => entries.insert(index, entry),
            },
        }
    }
}

impl<'e, 'a> Iterator for SortedEntries<'e, 'a> {
    type Item = &'e Entry<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.next;
        self.next += 1;
        match &self.order {
            Some(order) => order.get(index).copied(),
            None => self.entries.get(index),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let rest = self.entries.len().saturating_sub(self.next);
        (rest, Some(rest))
    }
}

impl ExactSizeIterator for SortedEntries<'_, '_> {}

/// Compares names. Most names differ in their length or first byte, which costs less to compare than texts.
#[inline]
fn is_same(known: &str, name: &str) -> bool {
    known.len() == name.len() && known.as_bytes().first() == name.as_bytes().first() && known == name
}

/// Returns the index of a name among sorted entries, or the index at which to insert it.
fn position(entries: &[Entry<'_>], name: &str) -> Result<usize, usize> {
    entries.binary_search_by(|(known, _)| known.as_ref().cmp(name))
}

impl Default for Entries<'_> {
    #[inline]
    fn default() -> Self {
        Entries::Inline(ArrayVec::new_const())
    }
}

/// Compares names and values, regardless of where they are stored.
impl PartialEq<Attributes<'_>> for Attributes<'_> {
    fn eq(&self, other: &Attributes<'_>) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'a, K: Into<Cow<'a, str>>, V: Into<Value<'a>>> Extend<(K, V)> for Attributes<'a> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        pairs.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl<'a, K: Into<Cow<'a, str>>, V: Into<Value<'a>>> FromIterator<(K, V)> for Attributes<'a> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut attributes = Self::new();
        attributes.extend(pairs);
        attributes
    }
}

impl<'a> AttributeSubject<'a> {
    /// Returns the value of the segment at an index, like [`value`](Subject::value).
    pub fn get(self, index: u16) -> Option<Value<'a>> {
        let applicable = self.segments.get(usize::from(index))?;
        let input = applicable.input.as_deref();
        let qualified = input.and_then(|input| self.attributes.get_qualified(input, &applicable.segment));
        qualified.or_else(|| self.attributes.get(&applicable.segment)).map(Value::borrowed)
    }
}

impl Subject for AttributeSubject<'_> {
    fn value(&self, index: u16) -> Option<Value<'_>> {
        self.get(index)
    }

    fn for_each_attribute(&self, visit: &mut dyn FnMut(&str, &Value<'_>)) {
        self.attributes.iter().for_each(|(name, value)| visit(name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes;

    #[test]
    fn later_values_replace_earlier_ones_and_names_are_sorted_inline_and_on_the_heap() {
        for count in [0, 1, INLINE_ATTRIBUTES, INLINE_ATTRIBUTES + 1, 100] {
            let names: Vec<String> = (0..count).map(|index| format!("{:02}", (index * 37) % 101)).collect();
            let mut attributes: Attributes<'_> = names.iter().map(|name| (name, "before")).collect();
            attributes.extend(names.iter().zip(0_u64..));
            assert_eq!(attributes.len(), count);
            assert!(attributes.iter().is_sorted_by_key(|(name, _)| name.to_owned()));
            for (name, index) in names.iter().zip(0_u64..) {
                assert_eq!(attributes.get(name), Some(&Value::from(index)));
            }
            assert_eq!(attributes.get("absent"), None);
            let owned = attributes.clone().into_owned();
            assert_eq!(owned, attributes);
        }
    }

    #[test]
    fn integers_floats_bools_and_text_keep_their_types() {
        let (id, user) = (42_i64, String::from("42"));
        let attributes = attributes! { "user_id" => id, "user" => &user, "is_admin" => true, "horses" => 9001.5, user.as_str() => 1 };
        let kinds: Vec<_> = attributes.iter().map(|(name, value)| (name, value.kind().to_string())).collect();
        let expected = [
            ("42", "an integer"),
            ("horses", "a float"),
            ("is_admin", "a bool"),
            ("user", "text"),
            ("user_id", "an integer"),
        ];
        assert_eq!(kinds.iter().map(|(name, kind)| (*name, kind.as_str())).collect::<Vec<_>>(), expected);
        assert_ne!(attributes.get("user"), attributes.get("user_id"));
    }
}
