//! Arrivals: what the store says, and what that changes in the snapshot.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::last_known_good::Remembered;
use super::replica::{Ledger, Replica, Seen, locked, mark};
use crate::engine::{Compiled, Context, Quarantine, Route, Snapshot, Stage, Standing, compile};
use crate::error::Problem;
use crate::model::{Declaration, Entry, Packed, State};
use crate::store::Expected;
use crate::tasks::Source;

/// A new snapshot in the making. Nobody else makes one meanwhile.
struct Swap<'a> {
    replica: &'a Replica,
    ledger: MutexGuard<'a, Ledger>,
    before: Arc<Snapshot>,
    after: Option<Snapshot>,
    routed: Vec<usize>,
}

impl Replica {
    /// Revisions arrive, in whatever order: each was the newest of its feature when the store was asked.
    pub(crate) fn apply(&self, entries: Vec<Entry>) {
        let mut swap = self.swap();
        for entry in entries {
            let (known, found) = (swap.known(&entry.feature), Expected::after(&entry));
            if swap.ledger.holds.arrives(&entry.feature, known, found) {
                swap.put(entry);
            }
        }
        swap.finish();
    }

    /// A revision of one's own was appended. If what its author saw still stands, it stood before the append, which then
    /// is the newest one whatever its number.
    pub(crate) fn wrote(&self, seen: Option<&Arc<Standing>>, entry: Entry) {
        let mut swap = self.swap();
        let known = swap.known(&entry.feature);
        if seen.is_some_and(|seen| mark(seen) == known) {
            swap.ledger.holds.end(&entry.feature);
            swap.put(entry);
        } else if swap.ledger.holds.arrives(&entry.feature, known, Expected::after(&entry)) {
            swap.put(entry);
        }
        swap.finish();
    }

    /// All that a store has arrives. It was asked when what was seen was known already: where it has less than that, the
    /// known revision is held over.
    pub(super) fn reconcile(&self, mut seen: Seen, loaded: Vec<Entry>, epoch: String) {
        let known_epoch = self.set_status(|status| status.epoch.replace(epoch.clone()));
        let same_life = known_epoch.is_none_or(|known| known == epoch);
        let now = self.live.now();
        let mut swap = self.swap();
        let before = swap.ledger.holds.len();
        for entry in loaded {
            let (known, found) = (swap.known(&entry.feature), Expected::after(&entry));
            let takes = if seen.remove(entry.feature.as_str()) == Some(known) {
                let since = found.version < known.version && swap.written_since(&entry);
                swap.ledger.holds.compare(&entry.feature, known, found, same_life, since, now)
            } else {
                swap.ledger.holds.arrives(&entry.feature, known, found)
            };
            if takes {
                swap.put(entry);
            }
        }
        for (feature, stood) in seen {
            if swap.known(&feature) == stood {
                swap.ledger.holds.compare(&feature, stood, Expected::default(), same_life, false, now);
            }
        }
        let held = swap.ledger.holds.len();
        swap.finish();
        if !same_life || held > before {
            self.warn_of_holds(!same_life, held);
        }
    }

    /// The revisions that decided when a program last ran. Once the store was read, those that it lacks are held over;
    /// until then they are the best there is.
    pub(super) fn recall(&self, remembered: Remembered, store_was_read: bool) {
        let now = self.live.now();
        let mut swap = self.swap();
        let before = swap.ledger.holds.len();
        for entry in remembered.entries {
            let (stored, recalled) = (swap.known(&entry.feature), Expected::after(&entry));
            if recalled.version <= stored.version {
                continue;
            }
            let stays = store_was_read && {
                let since = swap.known_entry(&entry.feature).is_some_and(|stored| is_later(&stored, &entry));
                swap.ledger.holds.compare(&entry.feature, recalled, stored, true, since, now)
            };
            if !stays {
                swap.put(entry);
            }
        }
        let held = swap.ledger.holds.len();
        swap.finish();
        if held > before {
            let of_another_life = remembered.epoch.is_some() && remembered.epoch != self.epoch();
            self.warn_of_holds(of_another_life, held);
        }
    }

    fn warn_of_holds(&self, another_life: bool, held: usize) {
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
        let mut swap = self.swap();
        let mut waiting = Vec::new();
        {
            let mut features = self.features.write().unwrap_or_else(PoisonError::into_inner);
            for declaration in declarations {
                let name = declaration.name.clone();
                if features.add(declaration).is_some() {
                    waiting.extend(swap.ledger.undeclared.remove(&*name));
                }
            }
        }
        waiting.into_iter().for_each(|entry| swap.put(entry));
        swap.finish();
    }

    /// Tells all features of the code what the current snapshot has for them.
    pub(crate) fn announce_routes(&self) {
        let _writing = locked(&self.ledger);
        let snapshot = self.live.load_full();
        snapshot.standings().for_each(|(position, _)| (self.routed)(position));
    }

    /// A feature whose newest revision cannot be used and that has nothing good from before. It is the next one until it
    /// is [settled](Self::settle).
    pub(super) fn next_orphan(&self) -> Option<(usize, Arc<Standing>)> {
        let mut ledger = locked(&self.ledger);
        let snapshot = self.live.load_full();
        let orphan = |position: &usize| snapshot.standing(*position).filter(|standing| is_orphan(standing)).cloned();
        ledger.orphans.retain(|position| orphan(position).is_some());
        ledger.orphans.first().and_then(|position| Some((*position, orphan(position)?)))
    }

    /// Gives an orphan what decided before, if there was something, unless it has changed by now.
    pub(super) fn settle(&self, position: usize, orphan: &Arc<Standing>, last_good: Option<Arc<Route>>) {
        let mut swap = self.swap();
        if !swap.standing(position).is_some_and(|standing| Arc::ptr_eq(standing, orphan)) {
            return;
        }
        swap.ledger.orphans.remove(&position);
        if let (Some(_), Some(entry), Some(declaration)) = (&last_good, orphan.to_entry(), self.declaration(position)) {
            let standing = self.stand(&declaration, last_good, &entry);
            swap.set(position, standing);
        }
        swap.finish();
    }

    /// The route of a revision, and what is wrong with it. A tombstone has neither.
    pub(super) fn compiled(&self, declaration: &Declaration, entry: &Entry) -> Compiled {
        let context =
            Context { declaration, attributes: &self.attributes, stage: Stage::Stored, version: entry.version };
        match entry.read() {
            Ok(revision) if revision.is_removed() => Compiled { route: None, problems: Vec::new() },
            Ok(revision) => compile(&State::from_json(revision.state_json()), context),
            Err(error) => Compiled { route: None, problems: vec![Problem::new("", error.message())] },
        }
    }

    /// What stands by a revision. One that cannot be used hurts its own feature only, which keeps its last good route.
    fn stand(&self, declaration: &Declaration, last_good: Option<Arc<Route>>, entry: &Entry) -> Standing {
        let compiled = self.compiled(declaration, entry);
        let good = compiled.problems.is_empty();
        let last_good = last_good.filter(|_| !good);
        Standing {
            version: entry.version,
            hash: entry.hash,
            bytes: Packed::new(&entry.bytes),
            route: compiled.route.map(Arc::new).or_else(|| last_good.clone()),
            quarantine: (!good).then(|| Box::new(Quarantine { problems: compiled.problems, last_good })),
            removed: entry.removed,
        }
    }

    fn swap(&self) -> Swap<'_> {
        let ledger = locked(&self.ledger);
        Swap { replica: self, ledger, before: self.live.load_full(), after: None, routed: Vec::new() }
    }
}

impl Swap<'_> {
    fn snapshot(&self) -> &Snapshot {
        self.after.as_ref().unwrap_or(&self.before)
    }

    fn standing(&self, position: usize) -> Option<&Arc<Standing>> {
        self.snapshot().standing(position)
    }

    fn known(&self, feature: &str) -> Expected {
        self.replica.known(&self.ledger, self.snapshot(), feature)
    }

    fn known_entry(&self, feature: &str) -> Option<Entry> {
        self.replica.known_entry(&self.ledger, self.snapshot(), feature)
    }

    /// Whether a revision was written after the one that is known.
    fn written_since(&self, entry: &Entry) -> bool {
        self.known_entry(&entry.feature).is_some_and(|known| is_later(entry, &known))
    }

    /// Puts a revision in its place, or keeps it until somebody declares its feature.
    fn put(&mut self, entry: Entry) {
        let replica = self.replica;
        let found = replica.features(|features| {
            let position = features.position(&entry.feature)?;
            Some((position, features.get(position)?.clone()))
        });
        let Some((position, declaration)) = found else {
            self.ledger.undeclared.insert(entry.feature.clone(), entry);
            return;
        };
        let last_good = self.standing(position).and_then(|before| before.last_good().cloned());
        let standing = replica.stand(&declaration, last_good, &entry);
        for problem in standing.quarantine.iter().flat_map(|quarantine| &quarantine.problems) {
            tracing::warn!(feature = %declaration.name, version = entry.version, %problem, "revision quarantined");
        }
        if is_orphan(&standing) {
            self.ledger.orphans.insert(position);
        }
        self.set(position, standing);
    }

    fn set(&mut self, position: usize, standing: Standing) {
        self.after.get_or_insert_with(|| Snapshot::clone(&self.before)).set(position, standing);
        self.routed.push(position);
    }

    fn finish(self) {
        if let Some(snapshot) = self.after {
            self.replica.live.store(snapshot);
            self.routed.into_iter().for_each(|position| (self.replica.routed)(position));
            self.replica.changes.send_modify(|count| *count += 1);
        }
    }
}

fn is_orphan(standing: &Standing) -> bool {
    standing.quarantine.as_ref().is_some_and(|quarantine| quarantine.last_good.is_none())
}

fn is_later(entry: &Entry, other: &Entry) -> bool {
    let time = |entry: &Entry| entry.read().ok().map(|revision| revision.time());
    matches!((time(entry), time(other)), (Some(entry), Some(other)) if entry > other)
}
