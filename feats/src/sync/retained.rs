//! Holding over: what a store has lost goes on deciding until somebody writes anew.
//!
//! The rule asks nothing but what is known here and what the store has, so it is the same for a store that was emptied,
//! restored from a backup, or failed over to a copy that lacks the newest revisions.

use std::collections::BTreeMap;

use crate::model::Timestamp;
use crate::store::RevisionStamp;

/// The features that are held over, by name.
#[derive(Debug, Default)]
pub(super) struct RetainedRevisions(BTreeMap<String, Retention>);

/// Why a feature's known revision stays, although the store has an older one or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retention {
    /// What the store had when it was last asked. Anything newer that arrives was written since.
    pub(super) stored: RevisionStamp,
    /// When the loss was noticed.
    pub(super) since: Timestamp,
}

impl RetainedRevisions {
    /// A revision arrives, possibly late: whether it takes the place of the known one. What a store has as its newest of
    /// one version is right, so of two revisions of one version, the one that arrives is taken.
    pub(super) fn replaces(&mut self, feature: &str, known: RevisionStamp, found: RevisionStamp) -> bool {
        let held = self.0.get(feature);
        let takes = found != known
            && (found.version >= known.version || held.is_some_and(|hold| hold.stored.version < found.version));
        if takes || found == known {
            self.0.remove(feature);
        }
        takes
    }

    /// The store was asked while `known` stood already, and has `found`: whether that takes its place. If not, and it is
    /// older or nothing, the known one is held over from now on.
    ///
    /// An older revision is taken if it was written after the known one: somebody went on without what was lost. While held,
    /// and in the same life of the store, a newer one than the store had was written since, whatever its clock said.
    pub(super) fn compare(
        &mut self,
        feature: &str,
        known: RevisionStamp,
        found: RevisionStamp,
        same_epoch: bool,
        written_since: bool,
        now: Timestamp,
    ) -> bool {
        if found.version >= known.version {
            return self.replaces(feature, known, found);
        }
        let takes = found != RevisionStamp::default()
            && match self.0.get(feature) {
                Some(hold) if same_epoch && hold.stored.version < found.version => true,
                Some(hold) if hold.stored == found => false,
                _ => written_since,
            };
        if takes {
            self.0.remove(feature);
        } else {
            self.0.entry(feature.to_owned()).or_insert(Retention { stored: found, since: now }).stored = found;
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

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Retention)> {
        self.0.iter().map(|(feature, hold)| (feature.as_str(), *hold))
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

    /// What can happen to a store and to a program that follows it.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        Publish,
        /// The store goes back to so many revisions, in another life or without noticing.
        Lose {
            keep: usize,
            noticed: bool,
        },
        Load,
        /// A revision of this life that was the newest arrives, late or in time.
        Arrive {
            age: usize,
        },
    }

    #[derive(Default)]
    struct World {
        history: Vec<RevisionStamp>,
        /// The length of history since which all of it was written in this life of the store.
        kept: usize,
        written: u8,
        life: u64,
        holds: RetainedRevisions,
        known: RevisionStamp,
        /// The life that was last read.
        read: u64,
    }

    impl World {
        fn newest(&self) -> RevisionStamp {
            self.history.last().copied().unwrap_or_default()
        }

        /// Each revision has a hash of its own, which grows with time.
        fn publish(&mut self) {
            self.written += 1;
            let mut hash = Hash::default();
            hash.0[0] = self.written;
            self.history.push(RevisionStamp { version: self.newest().version + 1, hash });
        }

        fn load(&mut self) {
            let (known, found) = (self.known, self.newest());
            let (same_life, since) = (self.read == self.life, found.hash.0[0] > known.hash.0[0]);
            if self.holds.compare(FEATURE, known, found, same_life, since, Timestamp::from_millis(0)) {
                self.known = found;
            }
            self.read = self.life;
        }

        fn happen(&mut self, event: Event) {
            match event {
                Event::Publish => self.publish(),
                Event::Lose { keep, noticed } => {
                    self.history.truncate(keep);
                    self.kept = self.history.len();
                    self.life += u64::from(noticed);
                    // Watching ends with a gap, and everything is loaded before anything else arrives.
                    self.load();
                }
                Event::Load => self.load(),
                Event::Arrive { age } => {
                    let new = &self.history[self.kept..];
                    let Some(found) = new.len().checked_sub(age + 1).map(|at| new[at]) else { return };
                    if self.holds.replaces(FEATURE, self.known, found) {
                        self.known = found;
                    }
                }
            }
        }

        fn held(&self) -> Option<RevisionStamp> {
            self.holds.iter().next().map(|(_, hold)| hold.stored)
        }
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => Just(Event::Publish),
            1 => (0..6_usize, any::<bool>()).prop_map(|(keep, noticed)| Event::Lose { keep, noticed }),
            2 => Just(Event::Load),
            4 => (0..3_usize).prop_map(|age| Event::Arrive { age }),
        ]
    }

    proptest! {
        /// After the store was read, a program decides by its newest revision, or holds over one that the store has lost
        /// and that is newer than all it has.
        #[test]
        fn what_decides_is_the_newest_or_is_held_over(events in prop::collection::vec(event(), 0..60)) {
            let mut world = World::default();
            for event in events {
                world.happen(event);
            }
            world.load();
            match world.held() {
                None => prop_assert_eq!(world.known, world.newest()),
                Some(stored) => {
                    prop_assert_eq!(stored, world.newest());
                    prop_assert!(world.known.version > stored.version && !world.history.contains(&world.known));
                }
            }
        }

        /// Whatever was lost: once somebody writes anew and that arrives, it decides, and nothing is held over.
        #[test]
        fn what_is_written_anew_decides(events in prop::collection::vec(event(), 0..60), by_load in any::<bool>()) {
            let mut world = World::default();
            for event in events {
                world.happen(event);
            }
            world.load();
            world.publish();
            world.happen(if by_load { Event::Load } else { Event::Arrive { age: 0 } });
            prop_assert_eq!((world.known, world.held()), (world.newest(), None));
        }

        /// A loss by itself takes nothing back.
        #[test]
        fn a_loss_by_itself_changes_nothing(publishes in 1..9_usize, keeps in prop::collection::vec((0..9_usize, any::<bool>()), 1..5)) {
            let mut world = World::default();
            (0..publishes).for_each(|_| world.publish());
            world.load();
            let known = world.known;
            for (keep, noticed) in keeps {
                world.happen(Event::Lose { keep, noticed });
                prop_assert_eq!(world.known, known);
            }
        }
    }
}
