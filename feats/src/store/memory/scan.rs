//! Pages of a map in memory, in the order of its two names.

use dashmap::DashMap;
use dashmap::mapref::one::Ref;

use crate::error::Result;
use crate::store::Scan;
use crate::store::scan::{NamePosition, decode_position, encode_position};

/// A page of the names in a map. The values are read when the page is [mapped](Self::map).
pub(super) struct NamePage<'a, V> {
    map: &'a DashMap<NamePosition, V>,
    names: Vec<NamePosition>,
    next: Option<String>,
}

/// Returns a page of a map. Names that are added meanwhile may be missing.
pub(super) fn page_of<'a, V>(
    map: &'a DashMap<NamePosition, V>,
    after: Option<&str>,
    limit: usize,
) -> Result<NamePage<'a, V>> {
    let after = decode_position(after)?;
    let names = map.iter().map(|entry| entry.key().clone());
    let mut names: Vec<NamePosition> = names.filter(|name| after.as_ref().is_none_or(|after| name > after)).collect();
    names.sort_unstable();
    let limit = limit.max(1);
    let is_last = names.len() <= limit;
    names.truncate(limit);
    let next = names.last().filter(|_| !is_last).map(encode_position);
    Ok(NamePage { map, names, next })
}

impl<V> NamePage<'_, V> {
    /// Converts the entries that the map still has. An entry for which `convert` returns `None` is left out.
    pub(super) fn map<T>(self, convert: impl Fn(NamePosition, Ref<'_, NamePosition, V>) -> Option<T>) -> Scan<T> {
        let entries = self.names.into_iter().filter_map(|name| {
            let value = self.map.get(&name)?;
            convert(name, value)
        });
        Scan { entries: entries.collect(), next: self.next }
    }
}
