//! The values of a subject while one decision is made.

use std::cell::OnceCell;

use crate::compile::route::source::Source;

use crate::model::{Subject, Value};

/// The subject's values; those that are looked at in more than one place are remembered.
pub(crate) struct Values<'a, S: ?Sized, const N: usize> {
    subject: &'a S,
    remembered: [OnceCell<Option<Value<'a>>>; N],
}

impl<'a, S: ?Sized, const N: usize> Values<'a, S, N> {
    #[inline]
    pub(crate) fn new(subject: &'a S) -> Self {
        Self { subject, remembered: [const { OnceCell::new() }; N] }
    }
}

impl<'a, S: ?Sized> Values<'a, S, 0> {
    /// Nothing is remembered: for those who may ask a segment as often as they like.
    pub(crate) fn asked_anew(subject: &'a S) -> Self {
        Self { subject, remembered: [] }
    }
}

impl<S: Subject + ?Sized, const N: usize> Values<'_, S, N> {
    #[inline]
    pub(crate) fn with<R>(&self, source: Source, use_value: impl FnOnce(Option<&Value<'_>>) -> R) -> R {
        match self.remembered.get(usize::from(source.memory)) {
            None => use_value(self.subject.value(source.position).as_ref()),
            Some(memory) => use_value(memory.get_or_init(|| self.subject.value(source.position)).as_ref()),
        }
    }
}
