//! Measurement of a change: the parts whose units it moves, and their shares.

use super::counterparts::{Counterpart, Counterparts};
use super::transition::{self, PartAllocation, Transition};
use super::{Effect, Impact, ImpactLine, audience};
use crate::warnings;

use crate::bucketing::AllocationPlanner;
use crate::model::{SLOTS, Selector, SlotRange, State, StatePart};

impl AllocationPlanner<'_> {
    /// Returns the impact of a planned state.
    pub fn impact(&self, state: &State) -> Impact {
        let (base, state) = (self.base.effective(), state.effective());
        AllocationPlanner { base: &base, ..*self }.impact_of(&state)
    }

    fn impact_of(&self, state: &State) -> Impact {
        let mut impact = Impact::default();
        if state.pinned != self.base.pinned {
            self.add_pin_effect(&mut impact, state);
        }
        let pin_lines = impact.lines.len();
        if state.overrides != self.base.overrides {
            impact.push(StatePart::Overrides, Effect::Audience);
        }
        let counterparts = Counterparts::new(&self.base.rules, &state.rules);
        for (index, rule) in state.rules.iter().enumerate() {
            let part = StatePart::Rule(rule.name.clone());
            match counterparts.get(index) {
                None => impact.push(part, Effect::Audience),
                Some(Counterpart { index: before_index, rule: before, reordered }) => {
                    if before.when != rule.when || reordered {
                        impact.push(part.clone(), Effect::Audience);
                    }
                    let before = (&before.select, transition::following(self.base, before_index, self.default));
                    let after = (&rule.select, transition::following(state, index, self.default));
                    self.add_selector_effects(&mut impact, &part, before, after);
                }
            }
        }
        for rule in counterparts.removed() {
            impact.push(StatePart::Rule(rule.name.clone()), Effect::Audience);
        }
        let default = Selector::Static(self.default.to_owned());
        let (before, after) = (self.base.otherwise.as_ref(), state.otherwise.as_ref());
        let outside = || Some(self.default.to_owned());
        let (before, after) = (before.unwrap_or(&default), after.unwrap_or(&default));
        self.add_selector_effects(&mut impact, &StatePart::Otherwise, (before, outside()), (after, outside()));
        for part in audience::reassigned(self.base, state) {
            let known = impact.lines.iter().any(|line| line.part == part && line.effect == Effect::Reshuffled);
            if !known {
                impact.push(part, Effect::Reshuffled);
            }
        }
        let has_more = impact.lines.len() > pin_lines;
        if has_more || state.pinned == self.base.pinned {
            impact.still_pinned.clone_from(&state.pinned);
        }
        if has_more {
            self.mark_estimate(&mut impact, state);
        }
        impact
    }

    /// Marks the impact as an estimate if other units move too, because of a pin, overrides, or earlier rules.
    fn mark_estimate(&self, impact: &mut Impact, state: &State) {
        let has_front = [self.base, state].iter().any(|state| state.pinned.is_some() || !state.overrides.is_empty());
        impact.is_estimate |= has_front
            || (impact.is_exact() && {
                let unreached = [self.base, state].map(warnings::unreached).concat();
                impact.lines.iter().any(|line| unreached.contains(&line.part))
            });
    }

    fn add_pin_effect(&self, impact: &mut Impact, state: &State) {
        match (&self.base.pinned, &state.pinned) {
            (Some(from), Some(to)) => {
                impact.push(StatePart::Pinned, Effect::Moved { from: from.clone(), to: to.clone(), percent: 100.0 });
            }
            _ => impact.push(StatePart::Pinned, Effect::Audience),
        }
    }

    /// Adds the effects on the units of a part, given its selectors before and after, and what follows each.
    fn add_selector_effects(
        &self,
        impact: &mut Impact,
        part: &StatePart,
        (before, outside_before): (&Selector, Option<String>),
        (after, outside_after): (&Selector, Option<String>),
    ) {
        if before == after {
            return;
        }
        if let (Some(old), Some(new)) = (before.rollout(), after.rollout())
            && (old.seed != new.seed || !old.has_units_of(new))
        {
            impact.push(part.clone(), Effect::Reshuffled);
            return;
        }
        let before_allocation = self.current_allocation(before).filter(|_| after.gate().is_none());
        let Some(before_allocation) = before_allocation else {
            impact.push(part.clone(), Effect::Audience);
            return;
        };
        let [share, new_share] = [before, after].map(|selector| selector.experiment().map_or(100.0, |one| one.share.0));
        if share != new_share {
            impact.push(part.clone(), Effect::Share { from: share, to: new_share });
        }
        // A ramp may be in progress already: its start is in the past, or a rollback restores it.
        let start = self.current_allocation(after).unwrap_or_else(|| target(after));
        let entry = transition::entry(after);
        let current =
            PartAllocation { allocation: before_allocation, entry: transition::entry(before), outside: outside_before };
        let started = PartAllocation { allocation: start, entry, outside: outside_after };
        let ended = PartAllocation { allocation: target(after), ..started.clone() };
        let ramp = after.rollout().and_then(|rollout| rollout.ramp.as_ref()?.span());
        for (from, to, ramp) in [(&current, &started, None), (&started, &ended, ramp)] {
            let transition = Transition::between(from, to);
            for (from, to, measure) in transition.moves() {
                let sticky = measure.by_slot > 0
                    && before.experiment().is_some()
                    && after.experiment().is_some_and(|experiment| experiment.rollout.weights.contains_key(from));
                let effect = Effect::moved(from, to, transition::percent(measure.total));
                impact.lines.push(ImpactLine { part: part.clone(), effect, ramp, sticky });
            }
            impact.is_estimate |= transition.unknown().next().is_some();
        }
        // Units whose history may differ, and random draws, are not measured.
        let is_measured = |selector: &Selector| {
            selector.rollout().is_none_or(|rollout| !rollout.by.is_random())
                && selector.experiment().is_none_or(|experiment| experiment.reassigned.is_empty())
        };
        impact.is_estimate |= !is_measured(before) || !is_measured(after);
    }

    /// Returns the allocation of a selector at the time of publishing.
    pub(super) fn current_allocation(&self, selector: &Selector) -> Option<Vec<SlotRange>> {
        match selector.rollout() {
            Some(rollout) => self.allocation(rollout),
            // The units of a gate depend on their attributes.
            None if selector.gate().is_some() => None,
            None => Some(target(selector)),
        }
    }
}

/// Returns the final allocation of a selector: for a static choice, all slots of one implementation.
pub(super) fn target(selector: &Selector) -> Vec<SlotRange> {
    let slots = selector.rollout().map(|rollout| rollout.slots.clone());
    slots.unwrap_or_else(|| selector.choices().map(|name| SlotRange::new(name, SLOTS, 0)).collect())
}
