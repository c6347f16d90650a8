//! The allocation planner: completes the seeds and slots of a new state, which it takes over from the state before.
//!
//! A writer says shares; who owns which slots follows from who owned them. See [`division`] for who moves.

use std::collections::BTreeSet;

use super::audience;
use super::counterparts::{Counterpart, Counterparts};
use super::division;
use super::experiment::Experiment;
use super::impact::{Effect, Impact, ImpactLine, Part};
use super::selector::{RANDOM, Ramp, RampFrom, Rollout, Run, Selector};
use super::slots::SLOTS;
use super::state::{SelectorPath, State};
use super::time::Timestamp;
use super::transition::{self, Served, Transition};
use super::warnings;
use crate::error::Problem;

/// Plans who owns which slots in a new state.
pub struct AllocationPlanner<'a> {
    /// The newest state, as stored.
    pub base: &'a State,
    /// The version that the new state gets.
    pub version: u64,
    /// The instant of publishing.
    pub now: Timestamp,
    /// The default implementation, which stands in for an absent `otherwise`.
    pub default: &'a str,
    /// Experiments that the newest state does not have, each as the last revision had it that did.
    pub earlier: &'a [Experiment],
}

impl AllocationPlanner<'_> {
    /// Completes the seeds, slots and ramps of a valid state, with `seed` as the source of new seeds.
    pub fn plan(&self, state: &mut State, mut seed: impl FnMut() -> String) {
        let seeds = state.selectors().filter_map(|(_, selector)| selector.rollout()?.seed.clone()).collect();
        let rules = state.rules.iter_mut().map(|rule| (SelectorPath::Rule(0, rule.name.as_str()), &mut rule.select));
        let otherwise = state.otherwise.iter_mut().map(|selector| (SelectorPath::Otherwise, selector));
        for (place, selector) in rules.chain(otherwise) {
            if let Some(rollout) = selector.rollout_mut() {
                rollout.weights.values_mut().for_each(|weight| *weight = weight.rounded());
                self.rollout(place, rollout, &seeds, &mut seed);
            }
            if let Some(experiment) = selector.experiment_mut() {
                experiment.share = experiment.share.rounded();
                self.touch(experiment);
            }
        }
    }

    /// Unites what an experiment touches with what it did in the state before, also one that comes back.
    pub fn touch(&self, experiment: &mut Experiment) {
        if let Some(before) = self.same_experiment(experiment) {
            experiment.touch(before);
        }
    }

    /// Experiments by other units than the one whose seed they use: their units would be taken for its own.
    pub fn foreign_seeds(&self, state: &State) -> Vec<Problem> {
        let experiments = state.selectors().filter_map(|(place, selector)| Some((place, selector.experiment()?)));
        let foreign = experiments.filter_map(|(place, experiment)| {
            let known = &self.same_experiment(experiment)?.rollout;
            (!has_units_of(known, &experiment.rollout)).then(|| {
                let message = format!("this is the seed of an experiment by {}; leave it out for a new one", known.by);
                Problem::new(format!("{}.experiment.seed", place.path()), message)
            })
        });
        foreign.collect()
    }

    /// The experiment of the same seed, as it was last.
    fn same_experiment(&self, experiment: &Experiment) -> Option<&Experiment> {
        let seed = experiment.rollout.seed.as_ref()?;
        let standing = self.base.selectors().filter_map(|(_, selector)| selector.experiment());
        standing.chain(self.earlier).find(|before| before.rollout.seed.as_ref() == Some(seed))
    }

    /// Whom a planned state moves.
    pub fn impact(&self, state: &State) -> Impact {
        let mut impact = Impact::default();
        if state.pinned != self.base.pinned {
            self.pin(&mut impact, state);
        }
        let pin_lines = impact.lines.len();
        if state.overrides != self.base.overrides {
            impact.push(Part::Overrides, Effect::Audience);
        }
        let counterparts = Counterparts::new(&self.base.rules, &state.rules);
        for (index, rule) in state.rules.iter().enumerate() {
            let part = Part::Rule(rule.name.clone());
            match counterparts.get(index) {
                None => impact.push(part, Effect::Audience),
                Some(Counterpart { index: before_index, rule: before, reordered }) => {
                    if before.when != rule.when || reordered {
                        impact.push(part.clone(), Effect::Audience);
                    }
                    let before = (&before.select, transition::following(self.base, before_index, self.default));
                    let after = (&rule.select, transition::following(state, index, self.default));
                    self.selectors(&mut impact, &part, before, after);
                }
            }
        }
        for rule in counterparts.removed() {
            impact.push(Part::Rule(rule.name.clone()), Effect::Audience);
        }
        let default = Selector::Static(self.default.to_owned());
        let (before, after) = (self.base.otherwise.as_ref(), state.otherwise.as_ref());
        let outside = || Some(self.default.to_owned());
        let (before, after) = (before.unwrap_or(&default), after.unwrap_or(&default));
        self.selectors(&mut impact, &Part::Otherwise, (before, outside()), (after, outside()));
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
            self.limit_claim(&mut impact, state);
        }
        impact
    }

    /// Notes what keeps the units of the parts from being everyone who moves: a pin, overrides, and rules that answer before.
    fn limit_claim(&self, impact: &mut Impact, state: &State) {
        let has_front = [self.base, state].iter().any(|state| state.pinned.is_some() || !state.overrides.is_empty());
        impact.is_estimate |= has_front
            || (impact.is_exact() && {
                let unreached = [self.base, state].map(warnings::unreached).concat();
                impact.lines.iter().any(|line| unreached.contains(&line.part))
            });
    }

    fn rollout(
        &self,
        place: SelectorPath<'_>,
        rollout: &mut Rollout,
        seeds: &BTreeSet<String>,
        seed: &mut impl FnMut() -> String,
    ) {
        let shares = division::weighted(&rollout.weights);
        if let Some(ramp) = rollout.ramp.as_mut().filter(|ramp| ramp.start.is_empty()) {
            ramp.start = self.now.to_string();
        }
        let before = self.same_rollout(place, rollout, seeds);
        let inherited = before.and_then(|before| before.seed.clone());
        rollout.seed.get_or_insert_with(|| inherited.unwrap_or_else(seed));
        if before.is_some_and(|before| before.ramp == rollout.ramp && division::weighted(&before.weights) == shares)
            && division::agrees(&rollout.slots, &shares)
        {
            return;
        }
        let standing = before.and_then(|before| self.division(before));
        let from = self.ramp_from(place, rollout, before, standing.as_deref());
        if !division::agrees(&rollout.slots, &shares) {
            rollout.slots = match from.as_deref().or(standing.as_deref()) {
                Some(division) => division::redivide(division, &shares, self.version),
                None => division::initial(&shares, self.version),
            };
        }
        if let Some(ramp) = &mut rollout.ramp {
            self.keep_pace(ramp, before.and_then(|before| before.ramp.as_ref()));
            ramp.from = Some(RampFrom::Slots(from.or(standing).unwrap_or_else(|| rollout.slots.clone())));
        }
    }

    /// What a ramp starts from, unless it is where the rollout stands now: what the writer names, or the static choice
    /// that the rollout takes the place of.
    fn ramp_from(
        &self,
        place: SelectorPath<'_>,
        rollout: &Rollout,
        before: Option<&Rollout>,
        standing: Option<&[Run]>,
    ) -> Option<Vec<Run>> {
        let ramp = rollout.ramp.as_ref()?;
        match &ramp.from {
            Some(RampFrom::Weights(weights)) => Some(match standing {
                Some(standing) => division::redivide(standing, &division::weighted(weights), self.version),
                None => division::initial(&division::weighted(weights), self.version),
            }),
            // The start of the ramp before, carried along by an edit of something else, is history.
            Some(RampFrom::Slots(runs)) => (before.and_then(Rollout::ramp_slots) != Some(runs)).then(|| runs.clone()),
            None if before.is_some() => None,
            None => match self.in_place(place)? {
                Selector::Static(name) => Some(vec![Run(name.clone(), SLOTS, self.version)]),
                Selector::Rollout(_) | Selector::Experiment(_) => None,
            },
        }
    }

    /// A ramp that goes on to another target starts now and keeps its end.
    fn keep_pace(&self, ramp: &mut Ramp, before: Option<&Ramp>) {
        let same = before.is_some_and(|before| before.start == ramp.start && before.duration == ramp.duration);
        if let (true, Some((start, end))) = (same, ramp.span())
            && start < self.now
        {
            ramp.start = self.now.to_string();
            ramp.duration = super::time::duration_text(end.since(self.now));
        }
    }

    /// The division of a rollout at the instant of publishing; `None` if what stands is none, and so is quarantined
    /// everywhere.
    fn division(&self, rollout: &Rollout) -> Option<Vec<Run>> {
        let runs = rollout.division_at(self.now);
        division::is_whole(&runs).then_some(runs)
    }

    /// The same rollout in the state before: the one with its seed; failing that, for a rollout without a seed, the one
    /// in the same place by the same units, unless the new state has that one, `seeds` says, in another place.
    fn same_rollout(&self, place: SelectorPath<'_>, rollout: &Rollout, seeds: &BTreeSet<String>) -> Option<&Rollout> {
        if let Some(seed) = &rollout.seed {
            let standing = self.base.selectors().filter_map(|(_, selector)| selector.rollout());
            let mut known = standing.chain(self.earlier.iter().map(|experiment| &experiment.rollout));
            return known.find(|before| before.seed.as_ref() == Some(seed) && has_units_of(before, rollout));
        }
        let before = self.in_place(place)?.rollout()?;
        let elsewhere = before.seed.as_ref().is_some_and(|seed| seeds.contains(seed));
        (has_units_of(before, rollout) && !elsewhere).then_some(before)
    }

    fn in_place(&self, place: SelectorPath<'_>) -> Option<&Selector> {
        match place {
            SelectorPath::Rule(_, name) => {
                self.base.rules.iter().find(|rule| rule.name == name).map(|rule| &rule.select)
            }
            SelectorPath::Otherwise => self.base.otherwise.as_ref(),
        }
    }

    fn pin(&self, impact: &mut Impact, state: &State) {
        match (&self.base.pinned, &state.pinned) {
            (Some(from), Some(to)) => {
                impact.push(Part::Pinned, Effect::Moved { from: from.clone(), to: to.clone(), percent: 100.0 });
            }
            _ => impact.push(Part::Pinned, Effect::Audience),
        }
    }

    /// What changes for the units of a part, by its selectors before and after and what follows each.
    fn selectors(
        &self,
        impact: &mut Impact,
        part: &Part,
        (before, outside_before): (&Selector, Option<String>),
        (after, outside_after): (&Selector, Option<String>),
    ) {
        if before == after {
            return;
        }
        if let (Some(old), Some(new)) = (before.rollout(), after.rollout())
            && (old.seed != new.seed || !has_units_of(old, new))
        {
            impact.push(part.clone(), Effect::Reshuffled);
            return;
        }
        let Some(before_division) = self.standing(before) else {
            impact.push(part.clone(), Effect::Audience);
            return;
        };
        let [share, new_share] = [before, after].map(|selector| selector.experiment().map_or(100.0, |one| one.share.0));
        if share != new_share {
            impact.push(part.clone(), Effect::Share { from: share, to: new_share });
        }
        // A ramp may be under way already: one whose start is past, or one that a rollback brings back.
        let start = self.standing(after).unwrap_or_else(|| target(after));
        let entry = transition::entry(after);
        let standing = Served { division: before_division, entry: transition::entry(before), outside: outside_before };
        let started = Served { division: start, entry, outside: outside_after };
        let ended = Served { division: target(after), ..started.clone() };
        let ramp = after.rollout().and_then(|rollout| rollout.ramp.as_ref()?.span());
        for (from, to, ramp) in [(&standing, &started, None), (&started, &ended, ramp)] {
            let transition = Transition::between(from, to);
            for (from, to, measure) in transition.moves() {
                let remembered = measure.by_slot > 0
                    && before.experiment().is_some()
                    && after.experiment().is_some_and(|experiment| experiment.rollout.weights.contains_key(from));
                let effect = Effect::moved(from, to, transition::percent(measure.total));
                impact.lines.push(ImpactLine { part: part.clone(), effect, ramp, remembered });
            }
            impact.is_estimate |= transition.unknown().next().is_some();
        }
        // Whose history may differ from the slot, and what is drawn again each time, is in no measure.
        let is_measured = |selector: &Selector| {
            selector.rollout().is_none_or(|rollout| rollout.by != RANDOM)
                && selector.experiment().is_none_or(|experiment| experiment.touched.is_empty())
        };
        impact.is_estimate |= !is_measured(before) || !is_measured(after);
    }

    /// Where a selector stands at the instant of publishing.
    pub(super) fn standing(&self, selector: &Selector) -> Option<Vec<Run>> {
        match selector.rollout() {
            Some(rollout) => self.division(rollout),
            None => Some(target(selector)),
        }
    }
}

/// Where a selector ends: a static choice is all slots of one implementation.
pub(super) fn target(selector: &Selector) -> Vec<Run> {
    let dealt = selector.rollout().map(|rollout| rollout.slots.clone());
    dealt.unwrap_or_else(|| selector.choices().map(|name| Run(name.to_owned(), SLOTS, 0)).collect())
}

fn has_units_of(a: &Rollout, b: &Rollout) -> bool {
    a.by == b.by && a.of == b.of
}
