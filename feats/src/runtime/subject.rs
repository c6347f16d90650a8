//! Sources of subjects: the arguments of a call, or attributes by name.

use std::sync::Arc;

use crate::compile::Route;
use crate::model::{ApplicableSegment, AttributeSubject, Attributes, Subject, Value};
use crate::registry::Arguments;

/// The source of the subject of a decision. The route determines which names a flag uses, so the subject is created once the
/// route is known.
pub(crate) trait SubjectSource {
    type Subject<'r>: Subject
    where
        Self: 'r;

    /// Calls a function with the subject for a route. It is not returned, because arguments would be copied.
    fn with_subject<'r, R>(&'r self, route: &'r Route, decide: impl FnOnce(&Self::Subject<'r>) -> R) -> R;
}

/// Attributes as the source of a subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedAttributes<'a> {
    pub(crate) attributes: &'a Attributes<'a>,
    /// Attributes that apply where `attributes` has no value of the name.
    pub(crate) shared: Option<&'a Attributes<'a>>,
    /// The applicable segments of a declared feature; empty for a flag.
    pub(crate) segments: &'a [ApplicableSegment],
}

/// The subject of [`NamedAttributes`].
#[derive(Clone, Copy)]
pub(crate) struct NamedSubject<'r> {
    source: NamedAttributes<'r>,
    /// The attributes that the route of a flag uses.
    names: &'r [Arc<str>],
}

impl<'a> SubjectSource for Arguments<'a> {
    type Subject<'r>
        = Arguments<'r>
    where
        'a: 'r;

    #[inline(always)]
    fn with_subject<'r, R>(&'r self, _: &'r Route, decide: impl FnOnce(&Arguments<'r>) -> R) -> R {
        decide(self)
    }
}

impl<'a> SubjectSource for NamedAttributes<'a> {
    type Subject<'r>
        = NamedSubject<'r>
    where
        'a: 'r;

    #[inline(always)]
    fn with_subject<'r, R>(&'r self, route: &'r Route, decide: impl FnOnce(&NamedSubject<'r>) -> R) -> R {
        decide(&NamedSubject { source: *self, names: route.attributes() })
    }
}

impl NamedSubject<'_> {
    /// Returns the value of a segment of a feature that code declares.
    #[inline(never)]
    fn segment(&self, position: u16) -> Option<Value<'_>> {
        let NamedAttributes { attributes, shared, segments } = self.source;
        let find = |attributes| AttributeSubject { attributes, segments }.get(position);
        find(attributes).or_else(|| find(shared?))
    }
}

impl Subject for NamedSubject<'_> {
    #[inline]
    fn value(&self, position: u16) -> Option<Value<'_>> {
        let NamedAttributes { attributes, shared, .. } = self.source;
        let Some(name) = self.names.get(usize::from(position)) else { return self.segment(position) };
        let found = attributes.get(name).or_else(|| shared?.get(name));
        found.map(Value::borrowed)
    }

    fn for_each_attribute(&self, visit: &mut dyn FnMut(&str, &Value<'_>)) {
        let NamedAttributes { attributes, shared, .. } = self.source;
        let mut shared = shared.into_iter().flat_map(Attributes::iter).peekable();
        // Both are sorted by name.
        for (name, value) in attributes.iter() {
            while let Some((earlier, value)) = shared.next_if(|(other, _)| *other < name) {
                visit(earlier, value);
            }
            shared.next_if(|(other, _)| *other == name);
            visit(name, value);
        }
        shared.for_each(|(name, value)| visit(name, value));
    }
}
