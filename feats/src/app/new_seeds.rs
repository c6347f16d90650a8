//! A cache of seeds that no revision in the history has.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;

use crate::model::{Hash, limits};

/// A cache of seeds that the history of a feature does not have. A draft names the same seeds at each step, and each search
/// would read the history back to the first revision.
///
/// The key is the hash of the newest revision, which covers all revisions before it, so that entries never become outdated.
#[derive(Default)]
pub(super) struct NewSeeds(Mutex<HashSet<(Hash, String)>>);

/// The maximum number of cached seeds, which take about one megabyte.
const MAX_SEEDS: usize = 4_096;

impl NewSeeds {
    pub(super) fn contains(&self, newest: Hash, seed: &str) -> bool {
        self.0.lock().is_ok_and(|known| known.contains(&(newest, seed.to_owned())))
    }

    pub(super) fn extend(&self, newest: Hash, seeds: BTreeSet<String>) {
        let Ok(mut known) = self.0.lock() else { return };
        if known.len().saturating_add(seeds.len()) > MAX_SEEDS {
            known.clear();
        }
        // A longer text is not a valid seed; the check of the request reports it.
        let seeds = seeds.into_iter().filter(|seed| seed.len() <= limits::MAX_NAME_CHARACTERS).take(MAX_SEEDS);
        known.extend(seeds.map(|seed| (newest, seed)));
    }
}
