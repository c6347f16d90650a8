//! Applying revisions of the store to the snapshot.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use super::change_log::ChangeLog;
use super::fallback_file::FallbackStates;
use super::incoming::{Incoming, Shortcut};
use super::replica::{Replica, Seen, WriterState, locked, stamp};
use crate::compile::Route;
use crate::model::{Declaration, Entry};
use crate::runtime::{FeatureRevision, FlagStatus, QuarantinedRevision, Snapshot};
use crate::store::RevisionStamp;
use crate::tasks::Source;

/// An update of the snapshot. It holds the writers' lock, so updates do not overlap.
pub(super) struct SnapshotUpdate<'a> {
    replica: &'a Replica,
    pub(super) state: MutexGuard<'a, WriterState>,
    before: Arc<Snapshot>,
    after: Option<Snapshot>,
    routed: Vec<usize>,
    /// `true` to notify those that wait for changes.
    is_changed: bool,
    /// The number of revisions that were queued.
    queued: usize,
    /// The number of unresolved features before the update.
    unresolved: usize,
    begun: Instant,
}

impl Replica {
    /// Applies revisions from a watch, in any order. Each was the newest of its feature when the store was read.
    pub(crate) fn apply(&self, entries: Vec<Entry>) {
        let lines: Vec<_> = entries.iter().map(ChangeLog::describe).collect();
        let incoming = self.all_incoming(entries);
        let mut log = ChangeLog::default();
        let mut update = self.update();
        for (incoming, line) in incoming.into_iter().zip(lines) {
            let (feature, known) = (&incoming.entry.feature, update.known(&incoming.entry.feature));
            let found = RevisionStamp::after(&incoming.entry);
            if update.state.retained.replaces(feature, known, found) {
                log.add(line, known, found);
                update.put(incoming);
            }
        }
        update.finish();
        log.write();
    }

    /// Applies a revision that this program has appended. If the known revision is still the one that its author saw, the appended one
    /// is the newest, whatever its version. Returns `true` if it is in effect already, and `false` if it must be compiled first.
    pub(crate) fn wrote(&self, seen: Option<&Arc<FeatureRevision>>, incoming: Incoming) -> bool {
        let line = ChangeLog::describe(&incoming.entry);
        let mut log = ChangeLog::default();
        let mut update = self.update();
        let (feature, known) = (&incoming.entry.feature, update.known(&incoming.entry.feature));
        let (found, follows) = (RevisionStamp::after(&incoming.entry), seen.is_some_and(|seen| stamp(seen) == known));
        let is_replaced = match follows {
            true => {
                update.state.retained.end(feature);
                true
            }
            // The follower may have applied the revision already, and it may be waiting to be compiled.
            false => update.state.retained.replaces(feature, known, found) || found == known,
        };
        if is_replaced {
            log.add(line, known, found);
        }
        let decides = !is_replaced || update.put(incoming);
        update.finish();
        log.write();
        decides
    }

    /// Applies all revisions of a store. `seen` are the known revisions before it was read: where the store has less than that, the
    /// known revision is retained.
    pub(super) fn reconcile(&self, mut seen: Seen, loaded: Vec<Entry>, epoch: String) {
        let known_epoch = self.health.set_epoch(epoch.clone());
        let is_same_epoch = known_epoch.as_ref().is_none_or(|known| *known == epoch);
        let now = self.cell.now();
        // Revisions of the first load are not logged one by one.
        let is_new = |entry: &Entry| seen.get(entry.feature.as_str()) != Some(&RevisionStamp::after(entry));
        let is_logged = |entry: &&Entry| known_epoch.is_some() && is_new(entry);
        let lines: Vec<_> =
            loaded.iter().map(|entry| Some(entry).filter(is_logged).and_then(ChangeLog::describe)).collect();
        let incoming = self.all_incoming(loaded);
        let mut log = ChangeLog::default();
        let mut update = self.update();
        let before = update.state.retained.len();
        for (incoming, line) in incoming.into_iter().zip(lines) {
            let entry = &incoming.entry;
            let (known, found) = (update.known(&entry.feature), RevisionStamp::after(entry));
            let is_replaced = if seen.remove(entry.feature.as_str()) == Some(known) {
                let since = found.version < known.version && update.written_since(entry);
                update.state.retained.compare(&entry.feature, known, found, is_same_epoch, since, now)
            } else {
                update.state.retained.replaces(&entry.feature, known, found)
            };
            if is_replaced {
                log.add(line, known, found);
                update.put(incoming);
            }
        }
        for (feature, known) in seen {
            if update.known(&feature) == known {
                update.state.retained.compare(&feature, known, RevisionStamp::default(), is_same_epoch, false, now);
            }
        }
        let retained = update.state.retained.len();
        update.finish();
        log.write();
        if !is_same_epoch || retained > before {
            self.warn_of_retained(!is_same_epoch, retained);
        }
    }

    /// Applies the revisions of the fallback file. If the store was read, those that it has lost are retained; otherwise they are in
    /// effect until it is read.
    pub(super) fn apply_fallback(&self, fallback: FallbackStates, store_was_read: bool) {
        let now = self.cell.now();
        let incoming = self.all_incoming(fallback.entries);
        let mut update = self.update();
        let before = update.state.retained.len();
        for incoming in incoming {
            let entry = &incoming.entry;
            let (stored, saved) = (update.known(&entry.feature), RevisionStamp::after(entry));
            if saved.version <= stored.version {
                continue;
            }
            let is_outdated = store_was_read && {
                let since = update.known_entry(&entry.feature).is_some_and(|stored| is_later(&stored, entry));
                update.state.retained.compare(&entry.feature, saved, stored, true, since, now)
            };
            if !is_outdated {
                update.put(incoming);
            }
        }
        let retained = update.state.retained.len();
        update.finish();
        if retained > before {
            let is_new_epoch = fallback.epoch.is_some() && fallback.epoch != self.health.epoch();
            self.warn_of_retained(is_new_epoch, retained);
        }
    }

    fn warn_of_retained(&self, is_new_epoch: bool, retained: usize) {
        let what = match is_new_epoch {
            true => "the store was emptied or restored",
            false => "the store has lost its newest revisions",
        };
        if retained == 0 {
            tracing::info!("{what}; no revision was lost");
            return;
        }
        // The status lists the features.
        let then = "the last known revisions stay in effect; `feats restore` puts them back";
        self.warnings.set(Source::Loss, format!("{what}; {then}"));
    }

    /// Adds features that only other programs declare.
    pub(crate) fn add_features(&self, declarations: impl IntoIterator<Item = Declaration>) {
        let mut update = self.update();
        let (mut waiting, mut known) = (Vec::new(), Vec::new());
        {
            let mut features = self.features.write().unwrap_or_else(PoisonError::into_inner);
            for declaration in declarations {
                let name = declaration.name.clone();
                match features.add(declaration) {
                    Some(_) => waiting.extend(update.state.undeclared.remove(&*name)),
                    // The state of a flag may be that of the declared feature by now.
                    None if features.is_flag(&name) => known.push(name),
                    None => {}
                }
            }
        }
        for name in known {
            let is_flag = update.known_entry(&name).is_some_and(|entry| FlagStatus::read(&entry.bytes).is_flag());
            let position = self.features(|features| {
                features.position(&name).filter(|position| features.must_change_kind(*position, is_flag))
            });
            position.into_iter().for_each(|position| self.change_kind(position));
        }
        for entry in waiting {
            update.put(Incoming::new_to_program(entry));
        }
        update.finish();
    }

    /// Notifies all features of the code that have a route in the current snapshot.
    pub(crate) fn announce_routes(&self) {
        let _writing = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        snapshot.revisions().for_each(|(position, _)| (self.routed)(position));
    }

    /// Returns the next feature with an invalid newest revision and no known valid one. It stays the next one until it is
    /// [resolved](Self::resolve).
    pub(super) fn next_unresolved(&self) -> Option<(usize, Arc<FeatureRevision>)> {
        let mut state = locked(&self.writer_state);
        let snapshot = self.cell.load_full();
        let unresolved =
            |position: &usize| snapshot.revision(*position).filter(|known| known.lacks_last_valid()).cloned();
        state.unresolved.retain(|position| unresolved(position).is_some());
        state.unresolved.first().and_then(|position| Some((*position, unresolved(position)?)))
    }

    /// Sets the last valid route of an unresolved feature, if there is one, unless the feature has changed by now.
    pub(super) fn resolve(&self, position: usize, unresolved: &Arc<FeatureRevision>, last_valid: Option<Arc<Route>>) {
        let mut update = self.update();
        if !update.revision(position).is_some_and(|revision| Arc::ptr_eq(revision, unresolved)) {
            return;
        }
        update.state.unresolved.remove(&position);
        if let (Some(_), Some(quarantine)) = (&last_valid, &unresolved.quarantine) {
            // A pinned feature keeps its pin.
            let route = unresolved.route.clone().or_else(|| last_valid.clone());
            let quarantine = Some(Box::new(QuarantinedRevision { problems: quarantine.problems.clone(), last_valid }));
            let FeatureRevision { version, hash, removed, flag, .. } = **unresolved;
            let (bytes, uncompiled) = (unresolved.bytes.clone(), None);
            let (counters, values) = Default::default();
            let revision = FeatureRevision {
                version,
                hash,
                bytes,
                route,
                quarantine,
                uncompiled,
                removed,
                flag,
                counters,
                values,
            };
            update.set(position, revision);
        }
        update.finish();
    }

    fn all_incoming(&self, entries: Vec<Entry>) -> Vec<Incoming> {
        entries.into_iter().map(|entry| self.incoming(entry, None)).collect()
    }

    pub(super) fn update(&self) -> SnapshotUpdate<'_> {
        let state = locked(&self.writer_state);
        let (before, unresolved_before) = (self.cell.load_full(), state.unresolved.len());
        SnapshotUpdate {
            replica: self,
            state,
            before,
            after: None,
            routed: Vec::new(),
            is_changed: false,
            queued: 0,
            unresolved: unresolved_before,
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

    /// Returns `true` if a revision was written after the known one.
    fn written_since(&self, entry: &Entry) -> bool {
        self.known_entry(&entry.feature).is_some_and(|known| is_later(entry, &known))
    }

    /// Installs what takes effect without compiling, and queues the revision for the rest. Without a declaration of its feature, keeps
    /// the revision until there is one. Returns `true` if nothing must be compiled before it is in effect.
    pub(super) fn put(&mut self, incoming: Incoming) -> bool {
        let Incoming { entry, shortcut, has_patterns } = incoming;
        // The store takes precedence over a source.
        self.state.sourced.remove(&entry.feature);
        let Some(position) = self.position(&entry) else {
            self.state.undeclared.insert(entry.feature.clone(), entry);
            return true;
        };
        let (before, found) = (self.revision(position).cloned(), RevisionStamp::after(&entry));
        let queued = self.state.queue.get(position).map(|queued| RevisionStamp::after(queued));
        let is_queued = queued == Some(found);
        let is_installed = |before: &Arc<FeatureRevision>| stamp(before) == found && before.uncompiled.is_none();
        if !is_queued && before.as_ref().is_some_and(is_installed) {
            // If a newer one is queued, the store has lost it.
            self.cancel(position);
            return true;
        }
        let is_newest = is_queued || queued.is_none();
        let revision = match &shortcut {
            Shortcut::None => None,
            Shortcut::Removed => Some(FeatureRevision::valid(&entry, None)),
            Shortcut::Compiled(route) => Some(FeatureRevision::valid(&entry, Some(route.clone()))),
            Shortcut::Pin(pin) => before.as_deref().and_then(|before| pin.on_rules_of(before, is_newest, &entry)),
        };
        if let Some(revision) = revision {
            self.cancel(position);
            self.set(position, revision);
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

    /// Returns the position of the feature of a revision. A flag needs no declaration, so its first revision adds it. In a program that
    /// does not declare the name, a state of a flag makes it a flag.
    fn position(&mut self, entry: &Entry) -> Option<usize> {
        let is_flag = FlagStatus::read(&entry.bytes).is_flag();
        let known = self.replica.features(|features| {
            let position = features.position(&entry.feature)?;
            Some((position, !entry.removed && features.must_change_kind(position, is_flag)))
        });
        match known {
            Some((position, must_change)) => {
                if must_change {
                    self.replica.change_kind(position);
                }
                Some(position)
            }
            None => is_flag.then(|| self.replica.add_flag(&entry.feature)).flatten(),
        }
    }

    fn cancel(&mut self, position: usize) {
        self.is_changed |= self.state.queue.cancel(position);
    }

    pub(super) fn set(&mut self, position: usize, mut revision: FeatureRevision) {
        revision.counters = self.replica.counter_indexes(position, revision.route.as_deref());
        if revision.lacks_last_valid() {
            self.state.unresolved.insert(position);
        }
        self.after.get_or_insert_with(|| Snapshot::clone(&self.before)).set(position, revision);
        self.routed.push(position);
        self.is_changed = true;
    }

    /// Notifies subscribers of the changes, in the order in which they were made.
    fn notify_subscribers(&mut self) {
        let after = self.replica.cell.load_full();
        let mut notified = BTreeSet::new();
        for position in self.routed.iter().copied().filter(|position| notified.insert(*position)) {
            let name = || self.replica.declaration(position).map(|declaration| declaration.name.clone());
            if let Some(new) = after.revision(position) {
                self.replica.feed.notify(name, self.before.revision(position).map(Arc::as_ref), new);
            }
        }
    }

    pub(super) fn finish(mut self) {
        let positions = self.replica.features(|features| features.positions().clone());
        if !Arc::ptr_eq(&positions, self.snapshot().positions()) {
            self.after.get_or_insert_with(|| Snapshot::clone(&self.before)).set_positions(positions);
        }
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
