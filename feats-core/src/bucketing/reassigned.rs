//! What a change of an experiment touches: the slots and entry positions whose units may have used something else.

use super::allocation;

use crate::model::{Experiment, Reassigned, ReassignedKind, SLOTS};

impl Experiment {
    /// Unites what is reassigned with what was, and with what the change from an earlier allocation and share of the same
    /// experiment touches.
    pub(crate) fn touch(&mut self, before: &Experiment) {
        self.reassigned =
            Reassigned::united([self.reassigned.as_slice(), &before.reassigned, &between(before, self)].concat());
    }
}

impl Reassigned {
    /// The same in order, without overlaps.
    pub(crate) fn united(mut reassigned: Vec<Reassigned>) -> Vec<Reassigned> {
        reassigned.retain(|reassigned| reassigned.length > 0);
        reassigned.sort_unstable();
        let mut united: Vec<Reassigned> = Vec::new();
        for Reassigned { kind: touch, first, length: count } in reassigned {
            match united.last_mut() {
                Some(Reassigned { kind: last, first: start, length })
                    if *last == touch && first <= start.saturating_add(*length) =>
                {
                    *length = (*length).max(first.saturating_add(count) - *start);
                }
                _ => united.push(Reassigned::new(touch, first, count)),
            }
        }
        united
    }
}

/// What a change touches.
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
