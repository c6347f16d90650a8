//! Holding over: what a store has lost goes on deciding until somebody writes anew.
//!
//! The rule asks nothing but what is known here and what the store has, so it is the same for a store that was emptied,
//! restored from a backup, or failed over to a copy that lacks the newest revisions.

use std::collections::BTreeMap;

use crate::model::Timestamp;
use crate::store::Expected;

/// The features that are held over, by name.
#[derive(Debug, Default)]
pub(super) struct Holds(BTreeMap<String, Hold>);

/// Why a feature's known revision stays, although the store has an older one or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    /// What the store had when it was last asked. Anything else that arrives was written since.
    pub(super) stored: Expected,
    /// When the loss was noticed.
    pub(super) since: Timestamp,
}

impl Holds {
    /// A revision arrives, possibly late: whether it takes the place of the known one. What a store has as its newest of
    /// one version is right, so of two revisions of one version, the one that arrives is taken.
    pub(super) fn arrives(&mut self, feature: &str, known: Expected, found: Expected) -> bool {
        let held = self.0.get(feature);
        let takes = found != known && (found.version >= known.version || held.is_some_and(|hold| hold.stored != found));
        if takes || found == known {
            self.0.remove(feature);
        }
        takes
    }

    /// The store was asked while `known` stood already, and has `found`: whether that takes its place. If not, and it is
    /// older or nothing, the known one is held over from now on.
    ///
    /// An older revision is taken if it was written after the known one: somebody went on without what was lost. While
    /// held, and in the same life of the store, any other one than before was written since, whatever its clock said.
    pub(super) fn compare(
        &mut self,
        feature: &str,
        known: Expected,
        found: Expected,
        same_life: bool,
        written_since: bool,
        now: Timestamp,
    ) -> bool {
        if found.version >= known.version {
            return self.arrives(feature, known, found);
        }
        let takes = found != Expected::default()
            && match self.0.get(feature) {
                Some(hold) if same_life && hold.stored != found => true,
                Some(hold) if hold.stored == found => false,
                _ => written_since,
            };
        if takes {
            self.0.remove(feature);
        } else {
            self.0.entry(feature.to_owned()).or_insert(Hold { stored: found, since: now }).stored = found;
        }
        takes
    }

    /// A feature is held over no longer.
    pub(super) fn end(&mut self, feature: &str) {
        self.0.remove(feature);
    }

    /// Whether a feature is held over and this is the version that the store was known to have; 0 for none.
    pub(super) fn expects(&self, feature: &str, version: u64) -> bool {
        self.0.get(feature).is_some_and(|hold| hold.stored.version == version)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Hold)> {
        self.0.iter().map(|(feature, hold)| (feature.as_str(), *hold))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
