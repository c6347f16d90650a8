//! The values of a subject during one evaluation.

use std::cell::OnceCell;

use crate::compile::route::source::Source;

use crate::model::{Subject, Value};

/// The subject's values; those used in more than one place are cached.
pub(crate) struct Values<'a, S: ?Sized, const N: usize> {
    subject: &'a S,
    cached: [OnceCell<Option<Value<'a>>>; N],
}

impl<'a, S: ?Sized, const N: usize> Values<'a, S, N> {
    #[inline]
    pub(crate) fn new(subject: &'a S) -> Self {
        Self { subject, cached: [const { OnceCell::new() }; N] }
    }
}

impl<'a, S: ?Sized> Values<'a, S, 0> {
    /// Creates values without a cache, for callers that may compute a segment repeatedly.
    pub(crate) fn uncached(subject: &'a S) -> Self {
        Self { subject, cached: [] }
    }
}

impl<S: Subject + ?Sized, const N: usize> Values<'_, S, N> {
    /// Visits the subject's attributes, ordered by the bytes of their names.
    pub(crate) fn for_each_attribute(&self, visit: &mut dyn FnMut(&str, &Value<'_>)) {
        self.subject.for_each_attribute(visit);
    }

    #[inline]
    pub(crate) fn with<R>(&self, source: Source, use_value: impl FnOnce(Option<&Value<'_>>) -> R) -> R {
        match self.cached.get(usize::from(source.cache_index)) {
            None => use_value(self.subject.value(source.position).as_ref()),
            Some(cell) => use_value(cell.get_or_init(|| self.subject.value(source.position)).as_ref()),
        }
    }
}
