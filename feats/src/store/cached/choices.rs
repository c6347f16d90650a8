//! The assignments that are kept.

use std::sync::Arc;
use std::time::Duration;

use super::cache::{Cache, OVERHEAD_BYTES};
use super::generations::Kept;

/// The maximum number of assignments in a cache.
const MAX_ASSIGNMENTS: usize = 100_000;

/// The maximum number of bytes of the assignments in a cache.
const MAX_ASSIGNMENT_BYTES: usize = 16 << 20;

/// An experiment and a unit.
pub(super) type UnitKey = (String, String);

/// The choices of units; `None` for a unit that has none.
pub(super) type ChoiceCache = Cache<UnitKey, Option<Arc<str>>>;

pub(super) fn cache() -> ChoiceCache {
    Cache::new(MAX_ASSIGNMENTS, MAX_ASSIGNMENT_BYTES)
}

/// Returns what to keep of an answer about a unit: its choice for ever, that it has none for `negative`.
pub(super) fn keep(key: &UnitKey, choice: Option<&str>, negative: Duration) -> Option<Kept<Option<Arc<str>>>> {
    let ttl = choice.is_none().then_some(negative);
    let bytes = OVERHEAD_BYTES + key.0.len() + key.1.len() + choice.map_or(0, str::len);
    (ttl != Some(Duration::ZERO)).then(|| Kept { value: choice.map(Into::into), bytes, ttl })
}
