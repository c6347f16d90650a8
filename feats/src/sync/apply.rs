//! Arrivals: what the store says, and what that changes in the snapshot.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use super::arrival_log::ArrivalLog;
use super::fallback_file::FallbackStates;
use super::incoming::{Incoming, Shortcut};
use super::replica::{Replica, Seen, WriterState, locked, mark};
use crate::compile::Route;
use crate::model::{Declaration, Entry};
use crate::runtime::{FeatureRevision, Snapshot, Unusable};
use crate::store::RevisionStamp;
use crate::tasks::Source;

/// A new snapshot in the making. Nobody else makes one meanwhile.
pub(super) struct SnapshotUpdate<'a> {
    replica: &'a Replica,
    pub(super) state: MutexGuard<'a, WriterState>,
    before: Arc<Snapshot>,
    after: Option<Snapshot>,
    routed: Vec<usize>,
    /// Whether somebody may wait for what has happened.
    is_changed: bool,
    /// How many revisions were queued.
    queued: usize,
    /// How many orphans there were before.
    unresolved: usize,
    begun: Instant,
}

impl Replica {
    /// Revisions arrive, in whatever order: each was the newest of its feature when the store was asked.
    pub(crate) fn apply(&self, entries: Vec<Entry>) {
        let lines: Vec<_> = entries.iter().map(ArrivalLog::describe).collect();
        let incoming = self.all_incoming(entries);
        let mut log = ArrivalLog::default();
        let mut swap = self.update();
        for (incoming, line) in incoming.into_iter().zip(lines) {
            let (feature, known) = (&incoming.entry.feature, swap.known(&incoming.entry.feature));
            let found = RevisionStamp::after(&incoming.entry);
            if swap.state.retained.replaces(feature, known, found) {
                log.add(line, known, found);
                swap.put(incoming);
            }
        }
        swap.finish();
        log.write();
    }

    /// A revision of one's own was appended. If what its author saw still stands, it stood before the append, which then
    /// is the newest one whatever its number. Gives whether it decides already, and not only once it is compiled.
    pub(crate) fn wrote(&self, seen: Option<&Arc<FeatureRevision>>, incoming: Incoming) -> bool {
        let line = ArrivalLog::describe(&incoming.entry);
        let mut log = ArrivalLog::default();
        let mut swap = self.update();
        let (feature, known) = (&incoming.entry.feature, swap.known(&incoming.entry.feature));
        let (found, follows) = (RevisionStamp::after(&incoming.entry), seen.is_some_and(|seen| mark(seen) == known));
        let takes = match follows {
            true => {
                swap.state.retained.end(feature);
                true
            }
            // Where the follower was quicker, the revision may be known and wait for being compiled.
            false => swap.state.retained.replaces(feature, known, found) || found == known,
        };
        if takes {
            log.add(line, known, found);
        }
        let decides = !takes || swap.put(incoming);
        swap.finish();
        log.write();
        decides
    }

    /// All that a store has arrives. It was asked when what was seen was known already: where it has less than that, the
    /// known revision is held over.
    pub(super) fn reconcile(&self, mut seen: Seen, loaded: Vec<Entry>, epoch: String) {
        let known_epoch = self.health.set_epoch(epoch.clone());
        let same_life = known_epoch.as_ref().is_none_or(|known| *known == epoch);
        let now = self.cell.now();
        // The first load is one line, that of the start.
        let is_new = |entry: &Entry| seen.get(entry.feature.as_str()) != Some(&RevisionStamp::after(entry));
        let is_told = |entry: &&Entry| known_epoch.is_some() && is_new(entry);
        let lines: Vec<_> =
            loaded.iter().map(|entry| Some(entry).filter(is_told).and_then(ArrivalLog::describe)).collect();
        let incoming = self.all_incoming(loaded);
        let mut log = ArrivalLog::default();
        let mut swap = self.update();
        let before = swap.state.retained.len();
        for (incoming, line) in incoming.into_iter().zip(lines) {
            let entry = &incoming.entry;
            let (known, found) = (swap.known(&entry.feature), RevisionStamp::after(entry));
            let takes = if seen.remove(entry.feature.as_str()) == Some(known) {
                let since = found.version < known.version && swap.written_since(entry);
                swap.state.retained.compare(&entry.feature, known, found, same_life, since, now)
            } else {
                swap.state.retained.replaces(&entry.feature, known, found)
            };
            if takes {
                log.add(line, known, found);
                swap.put(incoming);
            }
        }
        for (feature, stood) in seen {
            if swap.known(&feature) == stood {
                swap.state.retained.compare(&feature, stood, RevisionStamp::default(), same_life, false, now);
            }
        }
        let held = swap.state.retained.len();
        swap.finish();
        log.write();
        if !same_life || held > before {
            self.warn_of_retained(!same_life, held);
        }
    }

    /// The revisions that decided when a program last ran. Once the store was read, those that it lacks are held over;
    /// until then they are the best there is.
    pub(super) fn apply_fallback(&self, remembered: FallbackStates, store_was_read: bool) {
        let now = self.cell.now();
        let incoming = self.all_incoming(remembered.entries);
        let mut swap = self.update();
        let before = swap.state.retained.len();
        for incoming in incoming {
            let entry = &incoming.entry;
            let (stored, recalled) = (swap.known(&entry.feature), RevisionStamp::after(entry));
            if recalled.version <= stored.version {
                continue;
            }
            let stays = store_was_read && {
                let since = swap.known_entry(&entry.feature).is_some_and(|stored| is_later(&stored, entry));
                swap.state.retained.compare(&entry.feature, recalled, stored, true, since, now)
            };
            if !stays {
                swap.put(incoming);
            }
        }
        let held = swap.state.retained.len();
        swap.finish();
        if held > before {
            let of_another_life = remembered.epoch.is_some() && remembered.epoch != self.health.epoch();
            self.warn_of_retained(of_another_life, held);
        }
    }

    fn warn_of_retained(&self, another_life: bool, held: usize) {
        let what =
            if another_life { "the store was emptied or restored" } else { "the store has lost newest revisions" };
        if held == 0 {
            tracing::info!("{what}: nothing was lost");
            return;
        }
        // Which features these are, and how many are left of them, is in the status.
        let then = "the last known revisions go on deciding; `feats restore` puts them back";
        self.warnings.set(Source::Loss, format!("{what}: {then}"));
    }

    /// Adds features of other programs that this one has no declaration of.
    pub(crate) fn add_features(&self, declarations: impl IntoIterator<Item = Declaration>) {
        let mut swap = self.update();
        let mut waiting = Vec::new();
        {
            let mut features = self.features.write().unwrap_or_else(PoisonError::into_inner);
            for declaration in declarations {
                let name = declaration.name.clone();
                if features.add(declaration).is_some() {
                    waiting.extend(swap.state.undeclared.remove(&*name));
                }
            }
        }
        for entry in waiting {
            swap.put(Incoming::plain(entry));
        }
        swap.finish();
    }

    /// Tells all features of the code what the current snapshot has for them.
    pub(crate) fn announce_routes(&self) {
        let _writing = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        snapshot.revisions().for_each(|(position, _)| (self.routed)(position));
    }

    /// A feature whose newest revision cannot be used and that has nothing good from before. It is the next one until it
    /// is [settled](Self::settle).
    pub(super) fn next_unresolved(&self) -> Option<(usize, Arc<FeatureRevision>)> {
        let mut ledger = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let orphan = |position: &usize| snapshot.revision(*position).filter(|known| known.lacks_last_valid()).cloned();
        ledger.unresolved.retain(|position| orphan(position).is_some());
        ledger.unresolved.first().and_then(|position| Some((*position, orphan(position)?)))
    }

    /// Gives an orphan what decided before, if there was something, unless it has changed by now.
    pub(super) fn resolve(&self, position: usize, orphan: &Arc<FeatureRevision>, last_valid: Option<Arc<Route>>) {
        let mut swap = self.update();
        if !swap.revision(position).is_some_and(|standing| Arc::ptr_eq(standing, orphan)) {
            return;
        }
        swap.state.unresolved.remove(&position);
        if let (Some(_), Some(quarantine)) = (&last_valid, &orphan.quarantine) {
            // A pinned one keeps its pin.
            let route = orphan.route.clone().or_else(|| last_valid.clone());
            let quarantine = Some(Box::new(Unusable { problems: quarantine.problems.clone(), last_valid }));
            let (version, hash, bytes, removed) = (orphan.version, orphan.hash, orphan.bytes.clone(), orphan.removed);
            let counters = Box::default();
            swap.set(
                position,
                FeatureRevision { version, hash, bytes, route, quarantine, uncompiled: None, removed, counters },
            );
        }
        swap.finish();
    }

    fn all_incoming(&self, entries: Vec<Entry>) -> Vec<Incoming> {
        entries.into_iter().map(|entry| self.incoming(entry, None)).collect()
    }

    pub(super) fn update(&self) -> SnapshotUpdate<'_> {
        let ledger = locked(&self.writer_state);
        let (before, orphans) = (self.cell.load_full(), ledger.unresolved.len());
        SnapshotUpdate {
            replica: self,
            state: ledger,
            before,
            after: None,
            routed: Vec::new(),
            is_changed: false,
            queued: 0,
            unresolved: orphans,
            begun: Instant::now(),
        }
    }
}

impl SnapshotUpdate<'_> {
    fn snapshot(&self) -> &Snapshot {
        self.after.as_ref().unwrap_or(&self.before)
    }

    pub(super) fn revision(&self, position: usize) -> Option<&Arc<FeatureRevision>> {
        self.snapshot().revision(position)
    }

    fn known(&self, feature: &str) -> RevisionStamp {
        self.replica.known(&self.state, self.snapshot(), feature)
    }

    fn known_entry(&self, feature: &str) -> Option<Entry> {
        self.replica.known_entry(&self.state, self.snapshot(), feature)
    }

    /// Whether a revision was written after the one that is known.
    fn written_since(&self, entry: &Entry) -> bool {
        self.known_entry(&entry.feature).is_some_and(|known| is_later(entry, &known))
    }

    /// Puts a revision in its place as far as it decides at once, and queues it for the rest; or keeps it until somebody
    /// declares its feature. Gives whether nothing has to be compiled before it decides.
    fn put(&mut self, incoming: Incoming) -> bool {
        let Incoming { entry, shortcut, has_patterns } = incoming;
        let Some(position) = self.replica.features(|features| features.position(&entry.feature)) else {
            self.state.undeclared.insert(entry.feature.clone(), entry);
            return true;
        };
        let (before, found) = (self.revision(position).cloned(), RevisionStamp::after(&entry));
        let queued = self.state.queue.get(position).map(|queued| RevisionStamp::after(queued));
        let is_queued = queued == Some(found);
        let is_installed = |before: &Arc<FeatureRevision>| mark(before) == found && before.uncompiled.is_none();
        if !is_queued && before.as_ref().is_some_and(is_installed) {
            // Where a newer one waits, the store has lost that.
            self.cancel(position);
            return true;
        }
        let is_newest = is_queued || queued.is_none();
        let standing = match &shortcut {
            Shortcut::None => None,
            Shortcut::Removed => Some(FeatureRevision::good(&entry, None)),
            Shortcut::Compiled(route) => Some(FeatureRevision::good(&entry, Some(route.clone()))),
            Shortcut::Pin(pin) => before.as_deref().and_then(|before| pin.on_rules_of(before, is_newest, &entry)),
        };
        if let Some(standing) = standing {
            self.cancel(position);
            self.set(position, standing);
            return true;
        }
        let pin = match &shortcut {
            Shortcut::Pin(pin) => pin.alone(before.as_deref(), &entry),
            _ => None,
        };
        let decides = pin.is_some();
        if is_queued {
            return decides;
        }
        self.state.queue.push(position, entry, decides, has_patterns);
        self.queued += 1;
        if let Some(pin) = pin {
            self.set(position, pin);
        }
        decides
    }

    fn cancel(&mut self, position: usize) {
        self.is_changed |= self.state.queue.cancel(position);
    }

    pub(super) fn set(&mut self, position: usize, mut standing: FeatureRevision) {
        standing.counters = self.replica.counter_places(position, standing.route.as_deref());
        if standing.lacks_last_valid() {
            self.state.unresolved.insert(position);
        }
        self.after.get_or_insert_with(|| Snapshot::clone(&self.before)).set(position, standing);
        self.routed.push(position);
        self.is_changed = true;
    }

    /// Tells what decides now, in the order in which it was set.
    fn notify_subscribers(&mut self) {
        let after = self.replica.cell.load_full();
        let mut told = BTreeSet::new();
        for position in self.routed.iter().copied().filter(|position| told.insert(*position)) {
            let name = || self.replica.declaration(position).map(|declaration| declaration.name.clone());
            if let Some(new) = after.revision(position) {
                self.replica.feed.notify(name, self.before.revision(position).map(Arc::as_ref), new);
            }
        }
    }

    pub(super) fn finish(mut self) {
        if let Some(snapshot) = self.after.take() {
            self.replica.cell.store(snapshot);
            let installed = Instant::now();
            self.state.installed = Some((installed, installed.saturating_duration_since(self.begun)));
            self.routed.iter().for_each(|position| (self.replica.routed)(*position));
            self.notify_subscribers();
        }
        if self.is_changed {
            self.replica.changes.send_modify(|count| *count += 1);
        }
        if self.queued > 0 {
            self.replica.queued.notify_one();
        }
        if self.queued > 1 {
            self.replica.queued.notify_one();
        }
        if self.state.unresolved.len() > self.unresolved {
            self.replica.unresolved.notify_one();
        }
    }
}

fn is_later(entry: &Entry, other: &Entry) -> bool {
    let time = |entry: &Entry| entry.decode().ok().map(|revision| revision.time());
    matches!((time(entry), time(other)), (Some(entry), Some(other)) if entry > other)
}
