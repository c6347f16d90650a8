//! Sharing of equal parts of declarations and routes, so that ten thousand features need little memory.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use crate::compile::Route;
use crate::model::{ApplicableSegment, Declaration, Implementation};

/// The number of kept items after which those that nothing else uses are dropped for the first time.
const FIRST_CLEANUP: usize = 1_024;

/// A cache of the texts and lists of declarations and routes.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    texts: Cache<str>,
    implementations: Cache<[Implementation]>,
    segments: Cache<[ApplicableSegment]>,
    attributes: Cache<[Arc<str>]>,
}

/// The kept items of one kind.
#[derive(Debug)]
struct Cache<T: ?Sized> {
    items: HashSet<Arc<T>>,
    /// The number of items after which unused ones are dropped.
    cleanup: usize,
}

impl Interner {
    /// Replaces the parts of a declaration with equal ones from the cache.
    pub(crate) fn share(&mut self, declaration: &mut Declaration) {
        let owner = declaration.owner.iter_mut();
        let texts = owner.chain(&mut declaration.expires).chain([&mut declaration.doc]);
        texts.for_each(|text| self.texts.share(text));
        self.implementations.share(&mut declaration.implementations);
        self.segments.share(&mut declaration.segments);
    }

    /// Replaces the names in a route with equal ones from the cache.
    pub(crate) fn share_names(&mut self, route: &mut Route) {
        let Self { texts, attributes, .. } = self;
        route.share_names(|names| attributes.share(names), |rules| texts.share(rules));
    }
}

impl<T: ?Sized + Eq + Hash> Cache<T> {
    fn share(&mut self, item: &mut Arc<T>) {
        match self.items.get(item) {
            Some(cached) => *item = cached.clone(),
            None => {
                if self.items.len() >= self.cleanup {
                    self.items.retain(|item| Arc::strong_count(item) > 1);
                    self.cleanup = (2 * self.items.len()).max(FIRST_CLEANUP);
                }
                self.items.insert(item.clone());
            }
        }
    }
}

impl<T: ?Sized> Default for Cache<T> {
    fn default() -> Self {
        Self { items: HashSet::default(), cleanup: FIRST_CLEANUP }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_are_shared_and_unused_ones_are_dropped() {
        let mut cache = Cache::<str>::default();
        let mut kept: Vec<Arc<str>> = Vec::new();
        for index in 0..10_000 {
            let mut item: Arc<str> = format!("{}", if index % 2 == 0 { index % 100 } else { index }).into();
            cache.share(&mut item);
            if index % 2 == 0 {
                kept.push(item);
            }
        }
        assert!(cache.items.len() <= 2 * FIRST_CLEANUP, "{}", cache.items.len());
        assert!(kept.iter().filter(|item| &***item == "8").all(|item| Arc::ptr_eq(item, &kept[4])));
    }
}
