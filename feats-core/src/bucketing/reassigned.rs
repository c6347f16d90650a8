//! The reassigned units of an experiment: slots and entry positions whose units may have used another implementation.

use super::allocation;

use crate::model::{Experiment, Reassigned, ReassignedKind, SLOTS};

impl Experiment {
    /// Extends the reassigned ranges by those of an earlier version of the experiment, and by those of the change from that
    /// version to this one.
    pub(crate) fn extend_reassigned(&mut self, before: &Experiment) {
        self.reassigned =
            Reassigned::merged([self.reassigned.as_slice(), &before.reassigned, &between(before, self)].concat());
    }
}

impl Reassigned {
    /// Returns the same ranges, sorted and without overlaps.
    pub(crate) fn merged(mut ranges: Vec<Reassigned>) -> Vec<Reassigned> {
        ranges.retain(|range| range.length > 0);
        ranges.sort_unstable();
        let mut merged: Vec<Reassigned> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if last.kind == range.kind && range.first <= last.first.saturating_add(last.length) => {
                    last.length = last.length.max(range.first.saturating_add(range.length) - last.first);
                }
                _ => merged.push(range),
            }
        }
        merged
    }
}

/// Returns the ranges that a change reassigns.
fn between(before: &Experiment, after: &Experiment) -> Vec<Reassigned> {
    let (old, new) = (&before.rollout.slots, &after.rollout.slots);
    if !allocation::is_whole(old) || !allocation::is_whole(new) {
        return vec![Reassigned::new(ReassignedKind::Slot, 0, SLOTS), Reassigned::new(ReassignedKind::Entry, 0, SLOTS)];
    }
    let mut first = 0;
    let mut reassigned = Vec::new();
    for stretch in allocation::overlay(old, new) {
        if stretch.from.implementation != stretch.to.implementation {
            reassigned.push(Reassigned::new(ReassignedKind::Slot, first, stretch.length));
        }
        first += stretch.length;
    }
    let shares = [before.share, after.share].map(|share| share.slots().unwrap_or(SLOTS));
    let [smaller, larger] = if shares[0] < shares[1] { shares } else { [shares[1], shares[0]] };
    reassigned.push(Reassigned::new(ReassignedKind::Entry, smaller, larger - smaller));
    reassigned
}
