//! What a change of an experiment touches: the slots and entry positions whose units may have used something else.

use super::division;

use crate::model::{Experiment, SLOTS, Touch, Touched};

impl Experiment {
    /// Unites what is touched with what was, and with what the change from an earlier division and share of the same
    /// experiment touches.
    pub(crate) fn touch(&mut self, before: &Experiment) {
        self.touched = Touched::united([self.touched.as_slice(), &before.touched, &between(before, self)].concat());
    }
}

impl Touched {
    /// The same in order, without overlaps.
    pub(crate) fn united(mut touched: Vec<Touched>) -> Vec<Touched> {
        touched.retain(|touched| touched.2 > 0);
        touched.sort_unstable();
        let mut united: Vec<Touched> = Vec::new();
        for Touched(touch, first, count) in touched {
            match united.last_mut() {
                Some(Touched(last, start, length)) if *last == touch && first <= start.saturating_add(*length) => {
                    *length = (*length).max(first.saturating_add(count) - *start);
                }
                _ => united.push(Touched(touch, first, count)),
            }
        }
        united
    }
}

/// What a change touches.
fn between(before: &Experiment, after: &Experiment) -> Vec<Touched> {
    let (old, new) = (&before.rollout.slots, &after.rollout.slots);
    if !division::is_whole(old) || !division::is_whole(new) {
        return vec![Touched(Touch::Slot, 0, SLOTS), Touched(Touch::Entry, 0, SLOTS)];
    }
    let mut first = 0;
    let mut touched = Vec::new();
    for stretch in division::overlay(old, new) {
        if stretch.from.0 != stretch.to.0 {
            touched.push(Touched(Touch::Slot, first, stretch.length));
        }
        first += stretch.length;
    }
    let shares = [before.share, after.share].map(|share| share.slots().unwrap_or(SLOTS));
    let [smaller, larger] = if shares[0] < shares[1] { shares } else { [shares[1], shares[0]] };
    touched.push(Touched(Touch::Entry, smaller, larger - smaller));
    touched
}
