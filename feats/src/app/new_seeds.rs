//! Seeds that no history has: what need not be looked for again.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;

use crate::model::{Hash, limits};

/// Seeds that the histories do not have: a draft names the same ones at each step, and each would be looked for to the
/// first revision.
///
/// The hash of a revision stands for all revisions before it, so that nothing known here becomes untrue.
#[derive(Default)]
pub(super) struct NewSeeds(Mutex<HashSet<(Hash, String)>>);

/// How many seeds are known to be new, which takes a megabyte.
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
        // A longer one is not a seed, which is a problem of the request.
        let seeds = seeds.into_iter().filter(|seed| seed.len() <= limits::MAX_NAME_CHARACTERS).take(MAX_SEEDS);
        known.extend(seeds.map(|seed| (newest, seed)));
    }
}
