//! Retention: revisions that a store has lost stay in effect until a new one is published.
//!
//! The rule only compares the known revisions with those of the store. So it is the same for a store that was emptied, restored
//! from a backup, or failed over to a replica without the newest revisions.

use std::collections::BTreeMap;

use crate::model::Timestamp;
use crate::store::RevisionStamp;

/// The retained features, by name.
#[derive(Debug, Default)]
pub(super) struct RetainedRevisions(BTreeMap<String, Retention>);

/// The retention of a feature's known revision, of which the store has an older one or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retention {
    /// The revision that the store had when it was last read. A newer one was written since.
    pub(super) stored: RevisionStamp,
    /// The time when the loss was detected.
    pub(super) since: Timestamp,
}

impl RetainedRevisions {
    /// Returns `true` if a revision from a watch, possibly a late one, replaces the known one. Of two revisions with the same
    /// version, the one from the store is right.
    pub(super) fn replaces(&mut self, feature: &str, known: RevisionStamp, found: RevisionStamp) -> bool {
        let retained = self.0.get(feature);
        let is_replaced = found != known
            && (found.version >= known.version
                || retained.is_some_and(|retention| retention.stored.version < found.version));
        if is_replaced || found == known {
            self.0.remove(feature);
        }
        is_replaced
    }

    /// Returns `true` if `found` replaces `known`, where the store was read after `known` was known. If not, and `found` is older or
    /// none, the known revision is retained from now on.
    ///
    /// An older revision replaces the known one if it was written after it: an operator continued without the lost revisions. While a
    /// revision is retained in the same epoch, a newer one than the store had was written since, whatever its time says.
    pub(super) fn compare(
        &mut self,
        feature: &str,
        known: RevisionStamp,
        found: RevisionStamp,
        is_same_epoch: bool,
        written_since: bool,
        now: Timestamp,
    ) -> bool {
        if found.version >= known.version {
            return self.replaces(feature, known, found);
        }
        let is_replaced = found != RevisionStamp::default()
            && match self.0.get(feature) {
                Some(retention) if is_same_epoch && retention.stored.version < found.version => true,
                Some(retention) if retention.stored == found => false,
                _ => written_since,
            };
        if is_replaced {
            self.0.remove(feature);
        } else {
            self.0.entry(feature.to_owned()).or_insert(Retention { stored: found, since: now }).stored = found;
        }
        is_replaced
    }

    /// Ends the retention of a feature.
    pub(super) fn end(&mut self, feature: &str) {
        self.0.remove(feature);
    }

    /// Returns `true` if a feature is retained, and the store was last known to have this version; 0 for none.
    pub(super) fn expects(&self, feature: &str, version: u64) -> bool {
        self.0.get(feature).is_some_and(|retention| retention.stored.version == version)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Retention)> {
        self.0.iter().map(|(feature, retention)| (feature.as_str(), *retention))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Hash;

    const FEATURE: &str = "Feature";

    /// An event of a store, or of a program that follows it.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Publish,
        /// The store loses all but its first `keep` revisions. If it detects that, it begins a new epoch.
        Lose {
            keep: usize,
            is_detected: bool,
        },
        Load,
        /// A revision of this epoch that was the newest arrives, possibly late.
        Arrive {
            age: usize,
        },
    }

    #[derive(Default)]
    struct World {
        history: Vec<RevisionStamp>,
        /// The number of revisions that are older than the current epoch.
        kept: usize,
        written: u8,
        epoch: u64,
        retained: RetainedRevisions,
        known: RevisionStamp,
        /// The epoch that was last read.
        read_epoch: u64,
    }

    impl World {
        fn newest(&self) -> RevisionStamp {
            self.history.last().copied().unwrap_or_default()
        }

        /// Each revision has a unique hash, which grows with time.
        fn publish(&mut self) {
            self.written += 1;
            let mut hash = Hash::default();
            hash.0[0] = self.written;
            self.history.push(RevisionStamp { version: self.newest().version + 1, hash });
        }

        fn load(&mut self) {
            let (known, found) = (self.known, self.newest());
            let (is_same_epoch, since) = (self.read_epoch == self.epoch, found.hash.0[0] > known.hash.0[0]);
            if self.retained.compare(FEATURE, known, found, is_same_epoch, since, Timestamp::from_millis(0)) {
                self.known = found;
            }
            self.read_epoch = self.epoch;
        }

        fn apply(&mut self, event: Event) {
            match event {
                Event::Publish => self.publish(),
                Event::Lose { keep, is_detected } => {
                    self.history.truncate(keep);
                    self.kept = self.history.len();
                    self.epoch += u64::from(is_detected);
                    // A watch ends with a gap, and all states are loaded before other revisions arrive.
                    self.load();
                }
                Event::Load => self.load(),
                Event::Arrive { age } => {
                    let new = &self.history[self.kept..];
                    let Some(found) = new.len().checked_sub(age + 1).map(|index| new[index]) else { return };
                    if self.retained.replaces(FEATURE, self.known, found) {
                        self.known = found;
                    }
                }
            }
        }

        fn retained(&self) -> Option<RevisionStamp> {
            self.retained.iter().next().map(|(_, retention)| retention.stored)
        }
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => Just(Event::Publish),
            1 => (0..6_usize, any::<bool>()).prop_map(|(keep, is_detected)| Event::Lose { keep, is_detected }),
            2 => Just(Event::Load),
            4 => (0..3_usize).prop_map(|age| Event::Arrive { age }),
        ]
    }

    proptest! {
        /// After the store was read, its newest revision is in effect, or a retained one that the store has lost and that is newer than
        /// all revisions it has.
        #[test]
        fn the_revision_in_effect_is_the_newest_or_is_retained(events in prop::collection::vec(event(), 0..60)) {
            let mut world = World::default();
            for event in events {
                world.apply(event);
            }
            world.load();
            match world.retained() {
                None => prop_assert_eq!(world.known, world.newest()),
                Some(stored) => {
                    prop_assert_eq!(stored, world.newest());
                    prop_assert!(world.known.version > stored.version && !world.history.contains(&world.known));
                }
            }
        }

        /// After any losses, a new revision that arrives takes effect, and ends the retention.
        #[test]
        fn a_new_revision_ends_the_retention(events in prop::collection::vec(event(), 0..60), by_load in any::<bool>()) {
            let mut world = World::default();
            for event in events {
                world.apply(event);
            }
            world.load();
            world.publish();
            world.apply(if by_load { Event::Load } else { Event::Arrive { age: 0 } });
            prop_assert_eq!((world.known, world.retained()), (world.newest(), None));
        }

        /// A loss alone does not change the revision in effect.
        #[test]
        fn a_loss_alone_changes_nothing(publishes in 1..9_usize, keeps in prop::collection::vec((0..9_usize, any::<bool>()), 1..5)) {
            let mut world = World::default();
            (0..publishes).for_each(|_| world.publish());
            world.load();
            let known = world.known;
            for (keep, is_detected) in keeps {
                world.apply(Event::Lose { keep, is_detected });
                prop_assert_eq!(world.known, known);
            }
        }
    }
}
