//! Sharing of equal parts of declarations, so that ten thousand features need little memory.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::model::{ApplicableSegment, Declaration, Implementation};

/// A cache of the texts and lists of declarations.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    texts: HashSet<Arc<str>>,
    implementations: HashSet<Arc<[Implementation]>>,
    segments: HashSet<Arc<[ApplicableSegment]>>,
}

impl Interner {
    /// Replaces the parts of a declaration with equal ones from the cache.
    pub(crate) fn share(&mut self, declaration: &mut Declaration) {
        let owner = declaration.owner.iter_mut();
        let texts = owner.chain(&mut declaration.expires).chain([&mut declaration.doc]);
        texts.for_each(|text| share(&mut self.texts, text));
        share(&mut self.implementations, &mut declaration.implementations);
        share(&mut self.segments, &mut declaration.segments);
    }
}

fn share<T: ?Sized + Eq + Hash>(cache: &mut HashSet<Arc<T>>, item: &mut Arc<T>) {
    match cache.get(item) {
        Some(cached) => *item = cached.clone(),
        None => drop(cache.insert(item.clone())),
    }
}
