//! The pages of histories that are kept.

use std::sync::Arc;

use super::cache::{Cache, OVERHEAD_BYTES};
use super::generations::Kept;
use crate::model::Entry;

/// The maximum number of pages in a cache.
const MAX_PAGES: usize = 4_096;

/// The maximum number of bytes of the pages in a cache.
const MAX_PAGE_BYTES: usize = 32 << 20;

/// The pages, by their feature, `before` and limit.
pub(super) type PageCache = Cache<(String, u64, usize), Arc<[Entry]>>;

pub(super) fn cache() -> PageCache {
    Cache::new(MAX_PAGES, MAX_PAGE_BYTES)
}

/// Returns the page to keep if no later append can change it.
pub(super) fn keep(before: u64, limit: usize, page: &[Entry]) -> Option<Kept<Arc<[Entry]>>> {
    let (first, last) = (page.first()?, page.last()?);
    let is_full = page.len() == limit || last.version == 1;
    let is_unchanging = first.version.checked_add(1) == Some(before) && is_full && !page.iter().any(Entry::is_missing);
    let size = |entry: &Entry| OVERHEAD_BYTES + entry.bytes.len() + entry.feature.len() + entry.id.len();
    let bytes = OVERHEAD_BYTES + page.iter().map(size).sum::<usize>();
    is_unchanging.then(|| Kept { value: page.into(), bytes, ttl: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(before: u64, limit: usize, versions: &[u64]) -> bool {
        let page = versions.iter().map(|version| Entry { id: "i".to_owned(), ..Entry::missing("F", *version) });
        keep(before, limit, &page.collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn a_page_is_kept_if_no_append_can_change_it() {
        assert!(is_kept(5, 2, &[4, 3]) && is_kept(3, 100, &[2, 1]) && is_kept(2, usize::MAX, &[1]));
        assert!(!is_kept(6, 2, &[4, 3]), "version 5 can still be appended");
        assert!(!is_kept(5, 3, &[4, 3]), "the store returned less than it has");
        assert!(!is_kept(1, 3, &[]) && !is_kept(5, 0, &[]));
        assert!(keep(2, 1, &[Entry::missing("F", 1)]).is_none(), "a lost revision can be put back");
    }
}
