//! Sharing what declarations have in common, so that ten thousand features fit into little memory.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::model::{ApplicableSegment, Declaration, Implementation};

/// Knows texts and lists that were seen before.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    texts: HashSet<Arc<str>>,
    implementations: HashSet<Arc<[Implementation]>>,
    segments: HashSet<Arc<[ApplicableSegment]>>,
}

impl Interner {
    /// Replaces the parts of a declaration by equal ones that were seen before.
    pub(crate) fn share(&mut self, declaration: &mut Declaration) {
        let owner = declaration.owner.iter_mut();
        let texts = owner.chain(&mut declaration.expires).chain([&mut declaration.doc]);
        texts.for_each(|text| share(&mut self.texts, text));
        share(&mut self.implementations, &mut declaration.implementations);
        share(&mut self.segments, &mut declaration.segments);
    }
}

fn share<T: ?Sized + Eq + Hash>(seen: &mut HashSet<Arc<T>>, item: &mut Arc<T>) {
    match seen.get(item) {
        Some(same) => *item = same.clone(),
        None => drop(seen.insert(item.clone())),
    }
}
